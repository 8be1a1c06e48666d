"""Pages in a real browser: accessible, within the screen, by keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from hijau.assessments import actions
from hijau.assessments.links import quiz_token
from hijau.assessments.models import Answer, Assessment, Example, KeyRespondent, Product, Status
from hijau.papers.actions import replace_template
from hijau.papers.kinds import KINDS, Format
from scoring.provenance import Label
from tests import cycle
from tests.browser import Browser, opened
from tests.cast import Cast, gather
from tests.samples import pdf, upload
from tests.test_doors import promised, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser(live_server: Any) -> Iterator[Browser]:
    with opened(live_server.url) as started:
        yield started


@pytest.fixture
def world(transactional_db: None) -> tuple[Cast, Assessment]:
    cast = gather()
    cast.open_round("ombudsman/opini-2022", name="Latihan")
    opened_round = cast.open_round()
    assessment = cast.assessment(opened_round, cast.disdukcapil)
    cast.open_round("ombudsman/opini-2025", name="Taksiran")
    ready(cast)
    return cast, assessment


def paths(cast: Cast, assessment: Assessment) -> list[str]:
    """One page of every kind that people look at."""
    return [
        "/",
        reverse("round_list"),
        reverse("round_page", args=[assessment.round_id]),
        reverse("answer_page", args=[assessment.pk]),
        reverse("proof_page", args=[assessment.pk]),
        reverse("unit_page", args=[assessment.unit_id]),
        reverse("league"),
        reverse("targets"),
        reverse("verdict_list"),
        reverse("readiness_list"),
        reverse("readiness_page", args=[assessment.unit_id]),
        reverse("product_list"),
        *(reverse("product_page", args=[product.pk]) for product in Product.objects.all()),
        *(reverse("quiz", args=[quiz_token(r)]) for r in KeyRespondent.objects.all()),
        reverse("instrument_list"),
        reverse("instrument_page", args=[assessment.round.version_id]),
    ]


def complaints(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices."""
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['html'][:120]}"
        for v in found.response["violations"]
    ]


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser, world: tuple[Cast, Assessment], width: int
) -> None:
    cast, assessment = world
    cast.answer_all(assessment, cast.officer)
    page = browser.login(cast.officer, width=width)
    faults = {}
    for path in paths(cast, assessment):
        page.goto(path)
        wide = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        found = complaints(page) + ([f"{wide} px too wide"] if wide > 0 else [])
        if found:
            faults[path] = found
    assert not faults, faults


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_organisers_pages_of_the_ombudsman_are_accessible_and_fit(
    browser: Browser, world: tuple[Cast, Assessment], width: int
) -> None:
    cast, assessment = world
    page = browser.login(cast.organiser, width=width)
    faults = {}
    pages = [reverse(n) for n in ("opinion", "readiness_list", "product_list", "record_product")]
    for path in [*pages, reverse("readiness_page", args=[assessment.unit_id])]:
        page.goto(path)
        for fold in page.locator("details.fold").all():
            fold.evaluate("e => e.open = true")
        wide = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        found = complaints(page) + ([f"{wide} px too wide"] if wide > 0 else [])
        if found:
            faults[path] = found
    assert not faults, faults


# ---- The cycle -----------------------------------------------------------------------------------


@pytest.fixture
def cycle_pages(world: tuple[Cast, Assessment]) -> dict[str, list[str]]:
    """The pages of the cycle for each of the three who work in it, with everything on them."""
    cast, assessment = world
    code, proven = "1.a.Ak", {"title": "SK Standar Pelayanan", "kind": "sk-standar-pelayanan"}
    today = timezone.localdate()
    actions.save_facts(assessment, code, {"1-jumlah-layanan": "3"}, by=cast.officer)
    actions.save_answer(assessment, code, Fraction(4), by=cast.officer, note="SK ada")
    use = actions.attach_evidence(
        assessment, code, upload("SK.pdf", pdf(pages=3)), by=cast.officer,
        issued_on=today, valid_until=today, **proven,
    )  # fmt: skip
    actions.replace_document(use.document, upload("SK2.pdf", pdf("dua", 2)), by=cast.officer)
    actions.tick_evidence(use, True, by=cast.officer)
    Example.objects.create(
        government=cast.city, family="pekppp", code=code, text="SK tanpa tanda tangan ditolak.",
        is_accepted=False, by=cast.verifier,
    )  # fmt: skip
    differing = cycle.marked(cast, 80, 80, input_nilai=60)
    cycle.submitted(cast, name="Sedang diverifikasi")
    waiting = Assessment.objects.get(round__name="Sedang diverifikasi")
    task = cycle.tasks(cast, waiting)[0]
    actions.save_mark(task, "input-nilai", Fraction(70), by=cast.verifier, note="Bukti kurang.")
    verified = cycle.submitted(cast, name="Diumumkan")
    for one in cycle.tasks(cast, verified):
        cycle.mark_all(one, 80)
        actions.complete_marks(one, by=one.verifier)
    actions.announce_result(cycle.fresh(cast, verified), by=cast.verifier)
    verified = cycle.fresh(cast, verified)
    for number, said in enumerate(("input-nilai", "proses-nilai")):
        objection = actions.object_to(
            verified, said, "Surat keputusannya terlampir.", by=cast.officer, letter=upload()
        )
        if number:
            actions.answer_objection(
                objection, is_upheld=False, answer="Tidak memuat tanggal.", by=cast.organiser
            )
    pk = assessment.pk
    return {
        "officer": [
            reverse("answer_page", args=[pk]),
            reverse("assign_indicators", args=[pk]),
            reverse("evidence_page", args=[use.pk]),
            reverse("vault", args=[assessment.unit_id]),
            reverse("document_page", args=[use.document_id]),
            reverse("import_workbook", args=[pk]),
            reverse("print_assessment", args=[pk, "serah-terima"]),
            reverse("portal_list", args=[pk]),
            reverse("perception_page", args=[pk]),
            reverse("result_page", args=[verified.pk]),
        ],
        "verifier": [
            reverse("verification_queue"),
            reverse("verification_page", args=[task.pk]),
            reverse("visit_page", args=[task.pk]),
            reverse("agenda_page", args=[differing.pk]),
        ],
        "organiser": [
            reverse("round_page", args=[waiting.round_id]),
            reverse("verifiers_page", args=[waiting.round_id]),
            reverse("agreement_page", args=[verified.round_id]),
            reverse("workdays"),
            reverse("result_page", args=[verified.pk]),
            reverse("print_evaluation", args=[verified.round_id]),
        ],
    }


@pytest.mark.parametrize("who", ["officer", "verifier", "organiser"])
def test_the_pages_of_the_cycle_are_accessible_and_fit_the_screen(
    browser: Browser, world: tuple[Cast, Assessment], cycle_pages: dict[str, list[str]], who: str
) -> None:
    cast, _assessment = world
    page = browser.login(getattr(cast, who))
    faults = {}
    for path in cycle_pages[who]:
        page.goto(path)
        for fold in page.locator("main details").all():
            fold.evaluate("e => e.open = true")
        for width in (360, 768, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
            found = complaints(page) + ([f"{wide} px too wide"] if wide > 0 else [])
            if found:
                faults[path, width] = found
    assert not faults, faults


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_pages_of_the_promise_are_accessible_and_fit_the_screen(
    browser: Browser, world: tuple[Cast, Assessment], width: int
) -> None:
    """With a standard in force, its next draft, a charter, a forum, and a place that differs."""
    cast, _assessment = world
    things = promised(cast)
    names = (
        "service_page", "describe_service", "write_standard", "standard_page", "promise_page",
        "charter_page", "call_consultation", "consultation_page", "print_consultation",
        "print_standard", "print_unit_annex", "print_charter", "sippn_sheet",
    )  # fmt: skip
    page = browser.login(cast.officer, width=width)
    faults = {}
    for path in [
        *map(reverse, ("service_list", "add_service", "services_import")),
        *(reverse(name, kwargs=things[name]) for name in names),
        reverse("vault", args=[cast.disdukcapil.pk]),
        reverse("portal_start"),
    ]:
        page.goto(path)
        for fold in page.locator("main details").all():
            fold.evaluate("e => e.open = true")
        wide = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        found = complaints(page) + ([f"{wide} px too wide"] if wide > 0 else [])
        if found:
            faults[path] = found
    assert not faults, faults


def test_a_respondent_takes_the_quiz_on_a_phone_without_a_login_and_without_javascript(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    page = browser.tab(width=360, java_script_enabled=False)
    page.goto(reverse("quiz", args=[quiz_token(KeyRespondent.objects.get())]))
    for question in page.locator("fieldset").all():
        question.locator("label").first.click()
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("dari 10 benar")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_of_papers_are_accessible_and_fit_the_screen(
    browser: Browser, world: tuple[Cast, Assessment], width: int
) -> None:
    cast, _assessment = world
    own = SimpleUploadedFile("rapor.typ", b"= Rapor")
    replace_template(cast.city, KINDS["rapor"], Format.TYP, own, by=cast.organiser)
    page = browser.login(cast.organiser, width=width)
    for path in ("paper_list", "letterhead"):
        page.goto(reverse(path, args=[cast.city.pk]))
        for summary in page.locator("main summary").all():
            summary.click()
        wide = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        assert (complaints(page), wide) == ([], 0), path


def test_a_phone_shows_the_figures_of_outside_results(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    cast, _assessment = world
    actions.record_verdict(
        cast.city, family="ombudsman", year=2023, value=Fraction("90.35"), label=Label.VERIFIED,
        source_name="Artikel", by=cast.organiser,
    )  # fmt: skip
    page = browser.login(cast.leader, width=360)
    page.goto(reverse("verdict_list"))
    inside = page.get_by_text("90,35").first.bounding_box()
    assert inside is not None
    assert inside["x"] + inside["width"] <= 360


def test_the_login_page_is_accessible(browser: Browser, db: None) -> None:
    page = browser.tab(width=360)
    page.goto("/akun/masuk/")
    assert not complaints(page)


def test_an_answer_is_given_by_keyboard_alone(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    cast, assessment = world
    page = browser.login(cast.officer)
    page.goto(reverse("answer_page", args=[assessment.pk]))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    first = page.locator("article.question").first
    first.locator("input[name=value]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(first.locator("[data-save-state]")).to_contain_text("Tersimpan")
    assert Answer.objects.get(assessment=assessment).value == 1


def test_the_whole_form_works_without_javascript(
    browser: Browser, world: tuple[Cast, Assessment], tmp_path: Path
) -> None:
    cast, assessment = world
    for question in assessment.required[1:]:
        Answer.objects.create(assessment=assessment, code=question.code, value=question.high)
    page = browser.login(cast.officer, java_script_enabled=False)
    page.goto(reverse("answer_page", args=[assessment.pk]))
    first = page.locator("article.question").first
    first.locator("label.radio-card").last.click()
    first.get_by_role("button", name="Simpan jawaban").click()
    expect(page.get_by_text("Jawaban 1.a.Ak tersimpan")).to_be_visible()
    proof = tmp_path / "SK.pdf"
    proof.write_bytes(pdf())
    first.locator("input[type=file]").set_input_files(proof)
    first.get_by_role("button", name="Kirim berkas").click()
    expect(first.get_by_text("SK.pdf ·")).to_be_visible()
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_text("Penilaian mandiri sudah dikirim")).to_be_visible()
    assessment.refresh_from_db()
    assert assessment.status == Status.SUBMITTED


def test_an_answer_waits_in_the_tab_while_the_server_is_away(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    """A reload with a broken line loses nothing: what was chosen is sent when the line is back."""
    cast, assessment = world
    page = browser.login(cast.officer)
    page.goto(reverse("answer_page", args=[assessment.pk]))
    page.route("**/jawab/**", lambda route: route.abort())
    first = page.locator("article.question").first
    first.locator("label.radio-card").last.click()
    expect(first.locator("[data-save-state]")).to_contain_text("Belum tersimpan")
    assert not Answer.objects.filter(assessment=assessment).exists()
    page.unroute("**/jawab/**")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(first.locator("[data-save-state]")).to_contain_text("Tersimpan")
    assert Answer.objects.get(assessment=assessment).value == 5


def test_what_was_refused_is_not_left_behind_by_sending(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    cast, assessment = world
    cast.answer_all(assessment, cast.officer)
    page = browser.login(cast.officer)
    page.goto(reverse("answer_page", args=[assessment.pk]))
    field = page.locator("input.figure-input").first
    field.fill("9")
    field.press("Tab")
    expect(page.locator("form[data-autosave] [data-refusal]")).to_be_visible()
    page.get_by_role("button", name="Kirim penilaian").click()
    assessment.refresh_from_db()
    assert assessment.status == Status.DRAFT
    expect(page.locator("form[data-autosave] [data-refusal]")).to_be_in_viewport()
    field.fill("4,2")
    field.press("Tab")
    expect(page.locator("form[data-autosave] [data-refusal]")).to_have_count(0)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_text("Penilaian mandiri sudah dikirim")).to_be_visible()


def test_the_facts_propose_a_level_and_one_tap_takes_it(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    cast, assessment = world
    page = browser.login(cast.officer, width=390, height=844)
    page.goto(reverse("answer_page", args=[assessment.pk]))
    question = page.locator('article[id="2.a.P"]')
    for tick in question.locator(".facts-box input[type=checkbox]").all()[:3]:
        tick.check()
    expect(question.locator(".proposal")).to_contain_text("Usulan tingkat: 3")
    question.get_by_role("button", name="Pakai usulan ini").click()
    expect(question.locator(".answer-form [data-save-state]")).to_contain_text("Tersimpan")
    expect(question.get_by_role("button", name="Pakai usulan ini")).to_have_count(0)
    assert assessment.answers.get(code="2.a.P").value == 3


def test_two_quick_changes_of_one_answer_keep_the_last(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    cast, assessment = world
    page = browser.login(cast.officer)
    page.goto(reverse("answer_page", args=[assessment.pk]))
    cards = page.locator('article[id="1.a.Ak"] .answer-form .radio-card')
    for number in (1, 4, 2, 5):
        cards.nth(number).click()
    expect(page.locator("#save-state.is-saved")).to_be_visible()
    page.wait_for_timeout(300)
    page.reload()
    expect(cards.nth(5).locator("input")).to_be_checked()
    assert assessment.answers.get().value == 5


def test_words_that_were_not_sent_are_not_lost_by_leaving_the_page(
    browser: Browser, world: tuple[Cast, Assessment]
) -> None:
    """A verifier wrote what a unit has to repair, and goes elsewhere: the browser asks first."""
    cast, _assessment = world
    task, _other = cycle.tasks(cast, cycle.submitted(cast))
    page = browser.login(cast.verifier)
    page.goto(reverse("verification_page", args=[task.pk]))
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.reload()
    assert asked == []
    page.get_by_text("Perlu diperbaiki unit").first.click()
    page.locator("textarea[name^=perbaiki-]").first.fill("Lampirkan surat keputusan terbaru.")
    page.reload()
    assert asked == ["beforeunload"]
    page.get_by_text("Perlu diperbaiki unit").first.click()
    page.locator("textarea[name^=perbaiki-]").first.fill("Lampirkan surat keputusan terbaru.")
    page.get_by_role("button", name="Kembalikan untuk diperbaiki").click()
    expect(page.locator("body")).to_contain_text("memperbaiki")
    assert asked == ["beforeunload", "confirm"], "it asks only what it always asks"
