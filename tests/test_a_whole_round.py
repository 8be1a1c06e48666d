"""A whole round of the demonstration's city, from opening to the report, in a real browser.

Seven units, each with an officer; two verifiers for each unit, one at a desk, one in the field; one
objection. Once by the ministry's instrument, once by the Ombudsman's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from hijau.accounts.actions import give_role
from hijau.accounts.models import User
from hijau.accounts.permissions import Role
from hijau.assessments.models import Assessment, Decision, Ground, Round, Status
from hijau.demonstration.loading import Loader
from hijau.instruments.actions import load_shipped
from hijau.instruments.models import Version
from hijau.organisation.models import Organisation
from hijau.ui.figures import written
from scoring.instrument import Question
from scoring.score import score
from scoring.workbook.reading import read_workbook
from scoring.workbook.writing import write_workbook
from tests.browser import Browser, opened
from tests.cast import PASSWORD
from tests.samples import pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNITS = ("dinsos", "rsud", "citamiang", "disdukcapil", "dpmptsp", "dinkes", "disdik")
SAVED = 30_000


@pytest.fixture
def browser(live_server: Any) -> Iterator[Browser]:
    with opened(live_server.url) as started:
        yield started


@dataclass
class City:
    """The demonstration's places, and the people of this round."""

    units: dict[str, Organisation]
    officers: dict[str, User]
    organiser: User
    desk: User
    field: User

    def assessment(self, code: str) -> Assessment:
        found = Assessment.objects.visible_to(self.organiser)
        return found.get(round=Round.objects.get(), unit=self.units[code])


def city() -> City:
    load_shipped()
    loader = Loader()
    loader.city()
    units = {code: Organisation.objects.get(code=code) for code in UNITS}

    def person(name: str, role: Role, where: Organisation) -> User:
        email = f"{name}@contoh.go.id"
        return give_role(email, name.title(), role, where, by=None, password=PASSWORD).user

    return City(
        units,
        {code: person(code, Role.OFFICER, unit) for code, unit in units.items()},
        person("organisasi", Role.ORGANISER, loader.root),
        person("meja", Role.VERIFIER, loader.root),
        person("lapangan", Role.VERIFIER, loader.root),
    )


def claim(unit: str, question: Question) -> Fraction:
    """What a unit says of itself: high, and different from unit to unit."""
    draw = hashlib.sha256(f"{unit}/{question.code}".encode()).digest()[0]
    if question.options:
        return question.options[-1 - draw % 3].value
    return question.high - draw % 20


@pytest.mark.parametrize(
    ("identifier", "form"), [("pekppp/pedoman-2022", "A"), ("ombudsman/opini-2022", "")]
)
def test_a_whole_round(browser: Browser, tmp_path: Path, identifier: str, form: str) -> None:
    here = city()
    organiser = browser.login(here.organiser)
    open_the_round(organiser, here, identifier, form)
    desks = {code: browser.login(user) for code, user in here.officers.items()}
    for code, page in desks.items():
        if code == UNITS[0]:
            fill_by_hand(page, here, tmp_path)
        else:
            fill_by_workbook(page, here, code, tmp_path)
        send(page, here, code)
    if here.assessment(UNITS[0]).asked_of_users:
        for code, page in desks.items():
            let_users_answer(browser, page, here, code, tmp_path)
    name_verifiers(organiser)
    at_the_desk, in_the_field = browser.login(here.desk), browser.login(here.field)
    lowered = here.assessment("rsud").required[4].code
    for code in UNITS:
        mark_at_the_desk(at_the_desk, here, code)
        mark_in_the_field(in_the_field, here, code, lowered)
    settle_and_announce(at_the_desk, here, lowered)
    object_once(desks["rsud"], here, lowered)
    answer_the_objection(organiser, here, lowered)
    for code, page in desks.items():
        accept(page, here, code)
    conclude(organiser)
    check_the_figures(here, lowered)
    print_the_papers(organiser, here)


def open_the_round(page: Page, here: City, identifier: str, form: str) -> None:
    page.goto("/putaran/baru/")
    version = Version.objects.get(identifier=identifier, government=None)
    page.select_option("#id_instrument", f"{version.pk}:{form or next(iter(version.rule.forms))}")
    page.fill("#id_name", "Putaran penuh")
    page.fill("#id_closes_on", (timezone.localdate() + dt.timedelta(days=20)).isoformat())
    for unit in here.units.values():
        page.get_by_label(unit.name, exact=True).check()
    page.get_by_role("button", name="Buka putaran").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Putaran penuh")
    assert Assessment.objects.count() == len(UNITS)


def fill_by_hand(page: Page, here: City, tmp_path: Path) -> None:
    """One unit answers in the page, and proves one indicator with a decree."""
    assessment = here.assessment(UNITS[0])
    page.get_by_role("link", name="Mulai mengisi").click()
    for question in assessment.required:
        article = page.locator(f'article[id="{question.code}"]')
        choose(article, question, claim(UNITS[0], question))
    expect(page.locator("#standing")).to_contain_text(
        f"{len(assessment.required)} dari {len(assessment.required)}", timeout=SAVED
    )
    proof = tmp_path / "SK Standar Pelayanan.pdf"
    proof.write_bytes(pdf(f"Keputusan {here.units[UNITS[0]].name} tentang standar pelayanan"))
    first = page.locator("article.question").first
    first.locator("input[type=file]").set_input_files(proof)
    expect(first.locator(".evidence-name")).to_contain_text("SK Standar Pelayanan")


def choose(place: Any, question: Question, value: Fraction) -> None:
    """Mark a level, or write a figure."""
    if question.options:
        number = [option.value for option in question.options].index(value)
        place.locator(".radio-card").nth(number).click()
    else:
        place.locator(".figure-input").fill(written(value, 0))
        place.locator(".figure-input").press("Tab")


def fill_by_workbook(page: Page, here: City, code: str, tmp_path: Path) -> None:
    """The others fill in the workbook away from the page, and bring it back."""
    assessment = here.assessment(code)
    page.goto(reverse("import_workbook", args=[assessment.pk]))
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh buku kerja").click()
    empty = read_workbook(
        io.BytesIO(Path(download.value.path()).read_bytes()), assessment.instrument
    )
    file = tmp_path / f"{code}.xlsx"
    with file.open("wb") as target:
        write_workbook(
            target,
            assessment.instrument,
            form=assessment.round.form or None,
            answers={q.code: claim(code, q) for q in assessment.required},
            identity=empty.identity,
        )
    page.set_input_files("#buku", file)
    page.get_by_role("button", name="Baca").first.click()
    page.get_by_role("button", name=f"Simpan {len(assessment.required)} perubahan").click()
    expect(page.get_by_text("terisi dari buku kerja")).to_be_visible()


def send(page: Page, here: City, code: str) -> None:
    assessment = here.assessment(code)
    page.goto(reverse("answer_page", args=[assessment.pk]))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_text("Penilaian mandiri sudah dikirim")).to_be_visible()


def let_users_answer(browser: Browser, page: Page, here: City, code: str, tmp_path: Path) -> None:
    """Nine forms from a file, and a tenth by the link on a phone."""
    assessment = here.assessment(code)
    items = assessment.asked_of_users
    rows = [[str(3 + (n + number) % 3) for number in range(len(items))] for n in range(9)]
    file = tmp_path / f"f03-{code}.csv"
    lines = [";".join(q.code for q in items), *(";".join(row) for row in rows)]
    file.write_text("\n".join(lines), encoding="utf-8")
    page.goto(reverse("perception_page", args=[assessment.pk]))
    page.set_input_files("#berkas-f03", file)
    page.get_by_role("button", name="Impor").click()
    expect(page.get_by_text("9 jawaban diimpor")).to_be_visible()
    assert here.assessment(code).value is None, "nine are too few: unknown, not nought"
    phone = browser.tab(width=360, height=740)
    phone.goto(page.locator(".survey-code a").get_attribute("href") or "")
    for item in phone.locator(".survey-item").all():
        item.locator(".survey-choice").last.click()
    phone.get_by_role("button", name="Kirim jawaban").click()
    expect(phone.get_by_role("heading", name="Terima kasih")).to_be_visible()
    phone.context.close()
    assert here.assessment(code).value is not None


def name_verifiers(page: Page) -> None:
    page.goto(reverse("verifiers_page", args=[Round.objects.get().pk]))
    for box in page.locator("form.form-stack input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Tunjuk").click()
    expect(page.get_by_text(f"{2 * len(UNITS)} tugas verifikasi dibuat")).to_be_visible()


def verified_value(unit: str, question: Question) -> Fraction:
    """What a verifier finds: mostly what was claimed, a step lower here and there."""
    value = claim(unit, question)
    draw = hashlib.sha256(f"v/{unit}/{question.code}".encode()).digest()[0]
    return value - 1 if draw % 5 == 0 and value > question.low else value


def mark_at_the_desk(page: Page, here: City, code: str) -> None:
    assessment = here.assessment(code)
    page.goto("/verifikasi/")
    page.get_by_role("link", name=assessment.unit.name, exact=True).click()
    for question in assessment.required:
        article = page.locator(f'article[id="{question.code}"]')
        choose(article.locator(".beside-mark"), question, verified_value(code, question))
    total = len(assessment.required)
    expect(page.locator("#kemajuan")).to_contain_text(f"{total} dari {total}", timeout=SAVED)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Selesai menilai").click()
    expect(page.get_by_text("Penilaian Anda selesai")).to_be_visible()


def mark_in_the_field(page: Page, here: City, code: str, lowered: str) -> None:
    """Without a signal: the page is kept on the phone, and the visit is sent when the line is back."""
    assessment = here.assessment(code)
    task = assessment.verifications.get(verifier=here.field)
    page.goto(reverse("visit_page", args=[task.pk]))
    expect(page.locator("#visit-ready")).to_be_visible()
    page.context.set_offline(True)
    page.fill("#catatan-kunjungan", "Bertemu kepala unit.")
    for question in assessment.required:
        item = page.locator(f'details[data-code="{question.code}"]')
        item.locator("summary").click()
        value = verified_value(code, question)
        if code == "rsud" and question.code == lowered:
            value -= 1
        choose(item, question, value)
    page.get_by_role("button", name="Selesai, kirim bila ada sinyal").click()
    expect(page.locator("#visit-queue")).to_contain_text("menunggu sinyal")
    page.context.set_offline(False)
    expect(page.locator("#visit-state")).to_contain_text("Terkirim", timeout=SAVED)
    page.goto(reverse("verification_page", args=[task.pk]))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Selesai menilai").click()
    expect(page.get_by_text("Penilaian Anda selesai")).to_be_visible()


def settle_and_announce(page: Page, here: City, lowered: str) -> None:
    for code in UNITS:
        assessment = here.assessment(code)
        page.goto(reverse("agenda_page", args=[assessment.pk]))
        if code == "rsud":
            question = assessment.instrument.by_code[lowered]
            low = verified_value(code, question) - 1
            point = page.locator(f'section[id="{lowered}"]')
            if question.options:
                point.locator("select").select_option(str(low))
            else:
                point.locator("input[name=value]").fill(str(low))
            point.locator("textarea").fill("Buktinya belum lengkap pada hari kunjungan.")
            point.get_by_role("button", name="Simpan keputusan").click()
            expect(page.get_by_text(f"Keputusan untuk {lowered} tersimpan")).to_be_visible()
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Umumkan hasil").click()
        expect(page.get_by_text("Hasil verifikasi diumumkan")).to_be_visible()


def object_once(page: Page, here: City, lowered: str) -> None:
    page.goto(reverse("result_page", args=[here.assessment("rsud").pk]))
    row = page.locator(f'article[id="{lowered}"]')
    row.locator("summary").click()
    row.locator("textarea").fill("Bukti yang lengkap sudah kami lampirkan pada sanggahan ini.")
    row.get_by_role("button", name="Kirim sanggahan").click()
    expect(page.get_by_text("Sanggahan terkirim")).to_be_visible()


def answer_the_objection(page: Page, here: City, lowered: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Jawab sanggahan").click()
    row = page.locator(f'article[id="{lowered}"]')
    row.locator("textarea").fill("Bukti tambahan sah.")
    question = here.assessment("rsud").instrument.by_code[lowered]
    value = str(verified_value("rsud", question))
    if question.options:
        row.locator("select").select_option(value)
    else:
        row.locator("input[name=value]").fill(value)
    row.get_by_role("button", name="Terima sanggahan").click()
    expect(page.get_by_text("Sanggahan dijawab")).to_be_visible()


def accept(page: Page, here: City, code: str) -> None:
    page.goto(reverse("result_page", args=[here.assessment(code).pk]))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Terima hasil").click()
    expect(page.get_by_text("Hasil verifikasi diterima")).to_be_visible()


def conclude(page: Page) -> None:
    page.goto(reverse("round_page", args=[Round.objects.get().pk]))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Tetapkan yang siap").click()
    expect(page.get_by_text(f"{len(UNITS)} nilai akhir ditetapkan")).to_be_visible()


def check_the_figures(here: City, lowered: str) -> None:
    """What is final is what the arithmetic makes of what was decided, and the proof is sealed."""
    for code in UNITS:
        assessment = here.assessment(code)
        assert assessment.status == Status.FINAL
        decided = {d.code: d.value for d in Decision.objects.filter(assessment=assessment)}
        wanted = {q.code: verified_value(code, q) for q in assessment.required}
        assert decided == wanted
        figures = {("indikator", name): value for name, value in wanted.items()}
        figures |= {("indikator", name): mean for name, mean in assessment.heard.items()}
        again = score(assessment.instrument, figures, form=assessment.round.form or None)
        assert (assessment.value, assessment.low, assessment.high) == (
            again.value, again.low, again.high,
        )  # fmt: skip
        assert assessment.proof is not None
        assert len(assessment.proof_sha256) == 64
    grounds = Decision.objects.filter(code=lowered, assessment__unit__code="rsud")
    assert [d.ground for d in grounds] == [Ground.SETTLED, Ground.OBJECTION]


def print_the_papers(page: Page, here: City) -> None:
    """The city's report and a unit's minutes say the figures that the pages show."""
    page.goto(reverse("print_evaluation", args=[Round.objects.get().pk]))
    report = printed(page, "Buat laporan")
    for code in UNITS:
        assessment = here.assessment(code)
        assert assessment.unit.name.split()[-1] in report
        if assessment.value is not None:
            assert written(assessment.value) in report
    assert "1 sanggahan diajukan oleh 1 unit: 1 diterima" in report
    page.goto(reverse("print_assessment", args=[here.assessment("rsud").pk, "berita-acara"]))
    minutes = printed(page, "Buat surat")
    assert "Bukti tambahan sah." in minutes


def printed(page: Page, button: str) -> str:
    """The text of the PDF that a form gives, on one line."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    document = pypdfium2.PdfDocument(Path(download.value.path()).read_bytes())
    text = " ".join(p.get_textpage().get_text_bounded() for p in document)
    return " ".join(text.split())
