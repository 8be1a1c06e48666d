"""The charter, the public consultation, and what stands elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hijau.files.intake import examine
from hijau.lib.refused import Refused
from hijau.lib.seen import SeenForm
from hijau.organisation.models import Organisation
from hijau.services.models import OPEN, AttachmentKind, Group, Standard, Where
from hijau.ui.fields import DayInput

LONGEST_PAGE = 2 * 1024 * 1024
LONGEST_TEXT = 100_000


class CharterForm(SeenForm):
    """The three promises that the law asks for, each in a field of its own."""

    promise = forms.CharField(
        label=_("1. Janji dan kesanggupan melayani sesuai standar"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    improvement = forms.CharField(
        label=_("2. Melayani sesuai kewajiban dan memperbaiki diri terus-menerus"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sanction = forms.CharField(
        label=_("3. Kesediaan menerima sanksi dan/atau memberi kompensasi"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CallForm(forms.Form):
    """To what a forum is called."""

    subject = forms.CharField(label=_("Pokok bahasan"), max_length=200)
    held_on = forms.DateField(label=_("Tanggal"), widget=DayInput())
    where = forms.CharField(label=_("Tempat"), max_length=200)
    invited = forms.MultipleChoiceField(
        label=_("Unsur masyarakat yang diundang"),
        choices=Group.choices,
        initial=[group.value for group in Group],
        widget=forms.CheckboxSelectMultiple,
    )
    standards = forms.ModelMultipleChoiceField(
        Standard.objects.none(),
        label=_("Rancangan yang dibahas"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, unit: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Standard.objects.filter(service__unit=unit, stage__in=OPEN).with_names()
        self.fields["standards"].queryset = offered.order_by("service__name")  # type: ignore[attr-defined]
        self.fields["standards"].initial = offered

    def given(self) -> dict[str, Any]:
        return {
            **self.cleaned_data,
            "invited": [Group(code) for code in self.cleaned_data["invited"]],
            "standards": list(self.cleaned_data["standards"]),
        }


class ReportForm(SeenForm):
    """Who came, by group; what was said; what changed because of it."""

    minutes = forms.CharField(
        label=_("Notula"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Tulis pokok pembicaraan, tanpa nama orang."),
    )
    changes = forms.CharField(
        label=_("Yang berubah karena forum ini"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in Group:
            self.fields[group.value] = forms.IntegerField(
                label=_now("Hadir: %s") % group.label.lower(), min_value=0, max_value=9999,
                required=False,
            )  # fmt: skip
        self.order_fields([*Group.values, "minutes", "changes"])

    def given(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "attended": {group: given[group.value] or 0 for group in Group},
            "minutes": given["minutes"],
            "changes": given["changes"],
            "seen": given["seen"],
        }


class AttachmentForm(forms.Form):
    kind = forms.ChoiceField(label=_("Jenis"), choices=AttachmentKind.choices)
    file = forms.FileField(label=_("Berkas"), max_length=255, allow_empty_file=True)


class PostingForm(forms.Form):
    """What stands elsewhere: confirmed to be the same, or read from a page or a file."""

    SAME, PAGE = "same", "page"

    where = forms.ChoiceField(label=_("Di mana"), choices=Where.choices)
    address = forms.CharField(
        label=_("Alamat atau letaknya"),
        max_length=500,
        required=False,
        help_text=_("Tautan halaman, atau misalnya: ruang tunggu lantai 1."),
    )
    seen_on = forms.DateField(label=_("Dilihat pada"), widget=DayInput())
    how = forms.ChoiceField(
        label=_("Hasilnya"),
        choices=[
            (SAME, _("Sudah saya cocokkan: sama dengan standar yang berlaku")),
            (PAGE, _("Bandingkan dengan isi halaman atau berkas di bawah ini")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Isi halaman (tempelkan)"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    file = forms.FileField(
        label=_("Berkas (PDF atau halaman HTML yang disimpan)"),
        required=False,
        max_length=255,
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_on"].initial = timezone.localdate()

    def given(self) -> dict[str, Any]:
        """What the action takes. Refused when there is nothing to compare with."""
        given = self.cleaned_data
        text = ""
        if given["how"] == self.PAGE:
            text = given["text"] or (words_of(given["file"]) if given["file"] else "")
            if not text.strip():
                raise Refused(_now("Tempelkan isi halamannya, atau kirim berkasnya."))
        return {
            "where": Where(given["where"]),
            "address": given["address"],
            "seen_on": given["seen_on"],
            "text": text,
        }


class _Words(HTMLParser):
    """The words of a page; what a browser does not show is left out."""

    HIDDEN = frozenset({"script", "style", "template", "noscript"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in self.HIDDEN

    def handle_endtag(self, tag: str) -> None:
        if tag in self.HIDDEN and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def words_of(upload: UploadedFile) -> str:
    """The words of a PDF, or of a page that was saved as HTML. Nothing of the file is kept."""
    name = (upload.name or "").lower()
    if name.endswith((".html", ".htm")):
        if (upload.size or 0) > LONGEST_PAGE:
            raise Refused(_now("Halaman ini terlalu besar. Tempelkan isinya saja."))
        words = _Words()
        words.feed(upload.read().decode("utf-8", "replace"))
        words.close()
        return _plain(" ".join(words.found))
    seen = examine(upload)
    if seen.look is None or not seen.look.words.strip():
        raise Refused(
            _now(
                "Teks berkas ini tidak dapat dibaca. Kirim PDF yang bukan pindaian, atau tempelkan."
            )
        )
    return _plain(seen.look.words)


def _plain(text: str) -> str:
    """Without what no database takes, and no longer than what may be pasted."""
    return " ".join(text.replace("\0", " ").split())[:LONGEST_TEXT]
