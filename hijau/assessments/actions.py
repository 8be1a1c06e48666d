"""The verbs of judging: open a round, answer, attach, submit; verdicts and targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments.models import Answer, Assessment, Evidence, Round, Status, Target, Verdict
from hijau.audit import book
from hijau.files.intake import take_in
from hijau.instruments.models import Version
from hijau.lib.exact import PLACES
from hijau.lib.refused import Refused
from hijau.notices.actions import tell
from hijau.organisation.models import Kind, Organisation, under
from hijau.ui.figures import written_exact
from scoring.formula import Indicator
from scoring.instrument import Question
from scoring.interpret import RefusedToScore
from scoring.numbers import format_exact
from scoring.provenance import Label
from scoring.score import Score, classify
from scoring.score import score as compute

book.declare(
    round_opened=gettext_lazy("Putaran dibuka"),
    round_closed=gettext_lazy("Putaran ditutup"),
    answer_saved=gettext_lazy("Jawaban disimpan"),
    evidence_attached=gettext_lazy("Bukti dilampirkan"),
    evidence_withdrawn=gettext_lazy("Bukti ditarik"),
    assessment_submitted=gettext_lazy("Penilaian mandiri dikirim"),
    verdict_recorded=gettext_lazy("Hasil dari luar dicatat"),
    verdict_withdrawn=gettext_lazy("Hasil dari luar ditarik"),
    target_set=gettext_lazy("Target ditetapkan"),
)


# ---- Rounds --------------------------------------------------------------------------------------


def open_round(
    government: Organisation,
    version: Version,
    units: Iterable[Organisation],
    *,
    name: str,
    year: int,
    opens_on: dt.date,
    closes_on: dt.date,
    by: User | None,
    form: str = "",
    is_example: bool = False,
) -> Round:
    """Open a round for these units. Refused without units, or with a name that is taken."""
    units = list(dict.fromkeys(units))
    with book.recorded("round.opened", government, by=by, instrument=version.identifier) as record:
        if not units:
            raise Refused(_("Pilih sekurang-kurangnya satu unit yang dinilai."))
        if closes_on < opens_on:
            raise Refused(_("Tanggal ditutup harus sama dengan atau sesudah tanggal dibuka."))
        if any(unit.root != government or unit.kind == Kind.GOVERNMENT for unit in units):
            raise Refused(_("Hanya perangkat daerah dan unit milik sendiri yang dapat dinilai."))
        if version.government_id not in (None, government.pk):
            raise Refused(_("Instrumen ini milik pemerintah daerah lain."))
        if Round.objects.filter(government=government, year=year, name=name).exists():
            raise Refused(_("Sudah ada putaran “%s” pada tahun itu. Beri nama lain.") % name)
        if form and form not in version.rule.forms:
            raise Refused(_("Formulir “%s” tidak ada pada instrumen ini.") % form)
        try:
            compute(version.rule, {}, form=form or None)
        except RefusedToScore as error:
            raise Refused(str(error)) from error
        opened = Round.objects.create(
            government=government,
            version=version,
            form=form,
            name=name,
            year=year,
            opens_on=opens_on,
            closes_on=closes_on,
            opened_by=by,
            is_example=is_example,
        )
        Assessment.objects.bulk_create(Assessment(round=opened, unit=unit) for unit in units)
        _assign_targets(government, version, year)
        record.details |= {"round": opened.pk, "units": len(units)}
        return opened


def close_round(opened: Round, *, by: User) -> None:
    """Close a round before its day; nothing can be answered in it any more."""
    with book.recorded("round.closed", opened, by=by):
        if not Round.objects.filter(pk=opened.pk, closed_at=None).update(closed_at=timezone.now()):
            raise Refused(_("Putaran ini sudah ditutup."))


# ---- Answers -------------------------------------------------------------------------------------


def save_answer(
    assessment: Assessment,
    code: str,
    value: Fraction | None,
    *,
    by: User,
    not_applicable: bool = False,
    note: str | None = None,
    seen: int | None = None,
) -> tuple[Score, list[Answer]]:
    """Save one answer at once; the score that the answers now make, and the answers.

    `seen` is the version of the answer that the officer had before them; when another was saved
    since, by a colleague or in another tab, this one is refused and that one stays. A `value` of
    None clears the answer.
    """
    question = _question(assessment, code)
    with book.recorded("answer.saved", assessment, by=by, code=code) as record:
        _check_value(question, value)
        answers = {answer.code: answer for answer in assessment.answers.all()}
        answer = answers.setdefault(code, Answer(assessment=assessment, code=code, version=0))
        overtaken = seen is not None and seen != answer.version
        if overtaken and (answer.value, answer.not_applicable) != (value, not_applicable):
            raise Refused(
                _("%(code)s sudah diisi di tempat lain: %(now)s. Muat ulang, lalu putuskan.")
                % {"code": code, "now": _spoken(question, answer)},
                [answer],
            )
        answer.value, answer.not_applicable, answer.by = value, not_applicable, by
        answer.note = answer.note if note is None else note.strip()
        answer.version, answer.at = answer.version + 1, timezone.now()
        answer.save()
        given = list(answers.values())
        score = _score(assessment, given)
        if not _keep(assessment, score, sum(answer.is_given for answer in given)):
            _must_be_open(assessment)
        record.details |= {
            "value": None if value is None else format_exact(value),
            "not_applicable": not_applicable,
            "version": answer.version,
        }
        return score, given


def _question(assessment: Assessment, code: str) -> Question:
    for question in assessment.questions:
        if question.code == code:
            return question
    raise Refused(_("Indikator “%s” tidak ada pada instrumen ini.") % code)


def _must_be_open(assessment: Assessment) -> None:
    """Read again inside the transaction: a colleague may just have submitted."""
    now = Assessment.objects.select_related("round").only(
        "status", "round__closed_at", "round__opens_on", "round__closes_on"
    )
    fresh = now.get(pk=assessment.pk)
    if fresh.status != Status.DRAFT:
        raise Refused(_("Penilaian ini sudah dikirim, jadi tidak dapat diubah lagi."))
    if not fresh.round.is_open:
        raise Refused(_("Putaran ini tidak sedang dibuka. Hubungi Bagian Organisasi."))


def _check_value(question: Question, value: Fraction | None) -> None:
    if value is None:
        return
    if not question.low <= value <= question.high:
        raise Refused(
            _("Nilai %(code)s harus dari %(low)s sampai %(high)s.")
            % {
                "code": question.code,
                "low": written_exact(question.low),
                "high": written_exact(question.high),
            }
        )
    if (value * 10**question.decimals).denominator != 1:
        raise Refused(
            _("Nilai %(code)s paling banyak %(decimals)d angka di belakang koma.")
            % {"code": question.code, "decimals": question.decimals}
        )


def _spoken(question: Question, answer: Answer) -> str:
    if answer.value is None:
        return _("tidak berlaku") if answer.not_applicable else _("dikosongkan")
    for option in question.options:
        if option.value == answer.value:
            return f"“{option.text}”"
    return written_exact(answer.value)


def _score(assessment: Assessment, answers: Iterable[Answer]) -> Score:
    try:
        return assessment.score(answers)
    except RefusedToScore as error:
        raise Refused(str(error)) from error


def _keep(assessment: Assessment, score: Score, answered: int) -> bool:
    """Keep the figures beside the assessment, so that lists need not score again.

    False, and nothing kept, when the assessment is not open (any more) for its unit.
    """
    publish = score.instrument.publish
    kept = {
        "answered": answered,
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "exact": score.exact,
        "exact_low": score.step.low,
        "exact_high": score.step.high,
        "band": score.band.code if score.band else "",
        "zone": score.zone or "",
        "estimate": score.estimate,
        "parts": {
            f"{step.node.name.level}:{step.node.name.code}": [
                None if figure is None else format_exact(publish.round(figure))
                for figure in (step.value, step.low, step.high)
            ]
            for step in score.step.walk()
            if not isinstance(step.node, Indicator) and not step.not_applicable
        },
    }
    open_now = Assessment.objects.filter(
        pk=assessment.pk, status=Status.DRAFT, round__in=Round.objects.open()
    )
    if not open_now.update(**kept):
        return False
    for name, figure in kept.items():
        setattr(assessment, name, figure)
    return True


def attach_evidence(
    assessment: Assessment, code: str, upload: UploadedFile, *, by: User
) -> Evidence:
    """Attach a file to an indicator. Refused when its content is not an allowed kind."""
    _question(assessment, code)
    with book.recorded("evidence.attached", assessment, by=by, code=code) as record:
        _must_be_open(assessment)
        file = take_in(upload, assessment.unit.root, by=by)
        evidence = Evidence.objects.create(assessment=assessment, code=code, file=file)
        record.details |= {"file": file.pk, "sha256": file.sha256}
        return evidence


def withdraw_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a file out of the assessment; the file itself is kept."""
    with book.recorded("evidence.withdrawn", evidence, by=by, code=evidence.code):
        _must_be_open(evidence.assessment)
        current = Evidence.objects.filter(pk=evidence.pk, withdrawn_at=None)
        if not current.update(withdrawn_at=timezone.now()):
            raise Refused(_("Bukti ini sudah ditarik."))


def submit_assessment(assessment: Assessment, *, by: User) -> None:
    """Close the self-assessment; from now on the unit cannot change it."""
    with book.recorded("assessment.submitted", assessment, by=by) as record:
        _must_be_open(assessment)
        answers = list(assessment.answers.all())
        if unanswered := assessment.unanswered(answers):
            raise Refused(
                _("%d indikator belum dijawab. Lengkapi dahulu, lalu kirim.") % len(unanswered),
                unanswered,
            )
        given = sum(answer.is_given for answer in answers)
        _keep(assessment, _score(assessment, answers), given)
        done = Assessment.objects.filter(pk=assessment.pk, status=Status.DRAFT).update(
            status=Status.SUBMITTED, submitted_at=timezone.now(), submitted_by=by
        )
        if not done:
            raise Refused(_("Penilaian ini sudah dikirim."))
        assessment.refresh_from_db(fields=["status", "submitted_at"])
        record.details["answers"] = given
        organisers = User.objects.holding(Role.ORGANISER, assessment.unit.root)
        tell(
            organisers,
            _("%(unit)s mengirim penilaian mandiri") % {"unit": assessment.unit.short_name},
            _("%(unit)s telah mengirim “%(round)s”. Jawaban dan buktinya dapat dilihat di Hijau.")
            % {"unit": assessment.unit.name, "round": assessment.round},
        )


# ---- Verdicts from outside, and targets ----------------------------------------------------------


def record_verdict(
    organisation: Organisation,
    *,
    family: str,
    year: int,
    label: Label,
    source_name: str,
    by: User | None,
    value: Fraction | None = None,
    category: str = "",
    zone: str = "",
    source_url: str = "",
    note: str = "",
    is_example: bool = False,
) -> Verdict:
    """Enter a result from outside with its source; a second source stands beside the first."""
    with book.recorded("verdict.recorded", organisation, by=by, family=family, year=year) as record:
        if value is None and not category and not zone:
            raise Refused(_("Isi nilainya, kategorinya, atau zonanya."))
        if not source_name:
            raise Refused(_("Sebutkan sumbernya: surat, piagam, atau berita."))
        if year > timezone.localdate().year:
            raise Refused(_("Tahun %d belum berlangsung. Periksa tahunnya.") % year)
        version = _version_for(organisation, family, year)
        if value is not None:
            _must_be_plausible(version, value)
            if zone and not note:
                _must_agree(version, value, zone)
        again = Verdict.objects.filter(
            organisation=organisation,
            family=family,
            year=year,
            value=value,
            category=category,
            zone=zone,
            source_name=source_name,
            source_url=source_url,
            withdrawn_at=None,
        )
        if again.exists():
            raise Refused(_("Hasil dari sumber ini sudah dicatat."))
        verdict = Verdict.objects.create(
            organisation=organisation,
            family=family,
            version=version,
            year=year,
            value=value,
            category=category,
            zone=zone,
            label=label,
            source_name=source_name,
            source_url=source_url,
            note=note,
            recorded_by=by,
            is_example=is_example,
        )
        record.details["verdict"] = verdict.pk
        return verdict


def withdraw_verdict(verdict: Verdict, *, by: User) -> None:
    """Withdraw a result that was entered by mistake; it stays in the record."""
    with book.recorded("verdict.withdrawn", verdict, by=by):
        current = Verdict.objects.filter(pk=verdict.pk, withdrawn_at=None)
        if not current.update(withdrawn_at=timezone.now()):
            raise Refused(_("Hasil ini sudah ditarik."))


def set_target(
    organisation: Organisation,
    *,
    version: Version,
    year: int,
    floor: str,
    aim: str,
    by: User | None,
    source_name: str = "",
    source_url: str = "",
    is_example: bool = False,
) -> Target:
    """Set floor and aim of a year by the codes of the instrument's bands ("B" and "A")."""
    with book.recorded(
        "target.set",
        organisation,
        by=by,
        instrument=version.identifier,
        year=year,
        floor=floor,
        aim=aim,
    ) as record:
        bands = {band.code: band for band in version.rule.bands}
        if floor not in bands or aim not in bands:
            raise Refused(_("Pilih kategori yang ada pada instrumennya."))
        if bands[aim].low < bands[floor].low:
            raise Refused(_("Sasaran tidak boleh lebih rendah daripada batas minimal."))
        target, _made = Target.objects.update_or_create(
            organisation=organisation,
            version=version,
            year=year,
            defaults={
                "floor": bands[floor].low,
                "floor_name": bands[floor].zone or bands[floor].label.id,
                "aim": bands[aim].low,
                "aim_name": bands[aim].zone or bands[aim].label.id,
                "source_name": source_name,
                "source_url": source_url,
                "is_example": is_example,
            },
        )
        _assign_targets(organisation.root, version, year)
        record.details["target"] = target.pk
        return target


def _assign_targets(government: Organisation, version: Version, year: int) -> None:
    """Give each assessment of the year its nearest target: its own, its agency's, or the city's."""
    targets = Target.objects.filter(
        under([government.place], "organisation__path"),
        version__identifier=version.identifier,
        year=year,
    ).select_related("organisation")
    for target in sorted(targets, key=lambda target: len(target.place)):
        Assessment.objects.filter(
            under([target.place], "unit__path"),
            round__version__identifier=version.identifier,
            round__year=year,
        ).update(target=target)


def _version_for(organisation: Organisation, family: str, year: int) -> Version | None:
    """The instrument of a family that was in force in a year; its last day decides.

    The government's own comes before the one that is shipped.
    """
    return (
        Version.objects.filter(family=family)
        .filter(Q(government=organisation.root) | Q(government=None))
        .in_force(dt.date(year, 12, 31))
        .order_by(F("government").asc(nulls_last=True), "-valid_from")
        .first()
    )


HIGHEST = 1000
"""No figure from before the first known instrument is higher; it keeps a slip of the hand out."""


def _must_be_plausible(version: Version | None, value: Fraction) -> None:
    if (value * 10**PLACES).denominator != 1:
        raise Refused(_("Nilai paling banyak %d angka di belakang koma.") % PLACES)
    if version is None:
        if not 0 <= value <= HIGHEST:
            raise Refused(_("Nilai harus dari 0 sampai %d.") % HIGHEST)
        return
    publish = version.rule.publish
    if not publish.low <= value <= publish.high:
        raise Refused(
            _("Nilai harus dari %(low)s sampai %(high)s menurut %(title)s.")
            % {
                "low": written_exact(publish.low),
                "high": written_exact(publish.high),
                "title": version.title,
            }
        )


def _must_agree(version: Version | None, value: Fraction, zone: str) -> None:
    """A zone that its own figure contradicts is most likely a slip; a note says that it is not.

    "Hijau" alone is right for "hijau pekat", too: the Ombudsman's own papers know only the former.
    """
    if version is None or not version.rule.bands:
        return
    right = classify(version.rule, value).zone or ""
    if right and not right.startswith(zone):
        raise Refused(
            _(
                "Nilai %(value)s adalah zona %(right)s, bukan %(zone)s. Bila sumbernya memang "
                "menyebut demikian, jelaskan pada catatan."
            )
            % {"value": written_exact(value), "right": right, "zone": zone}
        )
