"""The year of a city's programme, played through in a real browser.

In this version: a service is promised and a citizen finds it, the target is set, a round is opened, a unit assesses itself and proves it, users of
the service tell how it was, two verifiers look and agree, the figure becomes final, the city sees
where it stands, and the verdict from outside is entered beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hijau.assessments.models import Assessment, Status
from tests.browser import Browser, opened
from tests.cast import Cast, gather
from tests.samples import pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser(live_server: Any) -> Iterator[Browser]:
    with opened(live_server.url) as started:
        yield started


def test_the_year(browser: Browser, tmp_path: Path) -> None:
    cast = gather()
    organiser = browser.login(cast.organiser)
    promise(browser, cast)
    set_the_target(organiser, cast)
    open_the_round(organiser, cast)
    officer = browser.login(cast.officer, width=390, height=844)
    assess(officer, tmp_path)
    prove(officer)
    hear_the_users(browser, officer)
    verify(browser, organiser, cast)
    conclude(organiser, officer)
    see_where_the_city_stands(browser, cast)
    enter_the_verdicts(organiser)


def promise(browser: Browser, cast: Cast) -> None:
    """A clerk writes a standard, it is decreed and published; a citizen finds it on a phone."""
    page = browser.login(cast.officer)
    page.get_by_role("link", name="Standar pelayanan").first.click()
    page.get_by_role("link", name="Tambah layanan").click()
    page.fill("#id_name", "Penerbitan KTP elektronik")
    page.fill("#id_everyday", "bikin ktp")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("button", name="Tulis standar").click()
    page.fill("#id_persyaratan", "Kartu keluarga asli\nSurat hilang dari kepolisian")
    page.fill("#id_steps-0-step", "Pemohon menyerahkan berkas")
    page.fill("#id_steps-0-who", "Petugas loket")
    page.fill("#id_amount", "3")
    page.select_option("#id_unit", "workdays")
    page.select_option("#id_free", "yes")
    page.fill("#id_product", "KTP elektronik")
    page.fill("#id_channels-0-channel", "SP4N-LAPOR!")
    page.get_by_role("button", name="Simpan rancangan").click()
    expect(page.get_by_text("Rancangan tersimpan")).to_be_visible()
    page.get_by_text("Tetapkan dengan SK").click()
    page.fill("#id_number", "12/SP/2026")
    page.fill("#id_decreed_on", dt.datetime.now(tz=dt.UTC).date().isoformat())
    page.get_by_role("button", name="Tetapkan", exact=True).click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Terbitkan").click()
    expect(page.get_by_text("warga melihatnya di portal")).to_be_visible()

    citizen = browser.tab(width=360, height=740, java_script_enabled=False)
    citizen.goto("/p/kota-sukabumi/")
    citizen.get_by_role("searchbox").fill("bikin ktp ilang")
    citizen.get_by_role("searchbox").press("Enter")
    citizen.get_by_role("link", name="Penerbitan KTP elektronik").click()
    expect(citizen.locator("main")).to_contain_text("3 hari kerja")
    expect(citizen.locator("main")).to_contain_text("Surat hilang dari kepolisian")


def set_the_target(page: Page, cast: Cast) -> None:
    page.goto("/target/")
    pekppp = cast.version("pekppp/pedoman-2022").pk
    page.fill("#id_year", str(dt.datetime.now(tz=dt.UTC).year))
    page.select_option("#id_floor", f"{pekppp}:A-")
    page.select_option("#id_aim", f"{pekppp}:A")
    page.get_by_role("button", name="Simpan target").click()
    expect(page.get_by_text("Target tersimpan")).to_be_visible()


def open_the_round(page: Page, cast: Cast) -> None:
    page.goto("/putaran/")
    page.get_by_role("link", name="Buka putaran").first.click()
    page.select_option("#id_instrument", f"{cast.version('pekppp/pedoman-2022').pk}:A")
    page.fill("#id_name", "PEKPPP Mandiri")
    today = dt.datetime.now(tz=dt.UTC).date()
    page.fill("#id_closes_on", (today + dt.timedelta(days=30)).isoformat())
    page.get_by_label("Disdukcapil", exact=True).check()
    page.get_by_label("Dinsos", exact=True).check()
    page.fill("#id_minimum_respondents", "1")
    page.get_by_role("button", name="Buka putaran").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("PEKPPP Mandiri")
    expect(page.get_by_text("Belum mulai", exact=True)).to_have_count(2)


def assess(page: Page, tmp_path: Path) -> None:
    """From the login to a submitted self-assessment on a phone, without reading anything."""
    page.get_by_role("link", name="Mulai mengisi").click()
    questions = page.locator("article.question")
    first = questions.first
    first.locator("label.radio-card, label.option").last.click()
    expect(first.locator("[data-save-state]")).to_contain_text("Tersimpan")
    page.reload()
    expect(first.locator("input[type=radio]").last).to_be_checked()

    # A broken connection: the answer waits on the page and is sent when the line is back.
    second = questions.nth(1)
    page.context.set_offline(True)
    second.locator("label.radio-card, label.option").last.click()
    expect(second.locator("[data-save-state]")).to_contain_text("Belum tersimpan")
    proof = tmp_path / "SK Standar Pelayanan.pdf"
    proof.write_bytes(pdf())
    first.locator("input[type=file]").set_input_files(proof)
    expect(page.locator("#save-state")).to_contain_text("berkas belum terkirim")
    page.context.set_offline(False)
    expect(second.locator("[data-save-state]")).to_contain_text("Tersimpan", timeout=20_000)

    first.locator("input[type=file]").set_input_files(proof)
    expect(page.get_by_text("SK Standar Pelayanan.pdf").first).to_be_visible()

    for number in range(questions.count()):
        question = questions.nth(number)
        options = question.locator("label.radio-card, label.option")
        if options.count() and not question.locator("input[type=radio]:checked").count():
            options.last.click()
            expect(question.locator("[data-save-state]")).to_contain_text("Tersimpan")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_text("Penilaian mandiri sudah dikirim")).to_be_visible()


def prove(page: Page) -> None:
    """The proof page: the best F-02 is 5.00 of 5, three quarters of the index; F-03 is open."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bukti hitungan")
    kept = Assessment.objects.get(unit__short_name="Disdukcapil")
    assert kept.value is None, "users' answers are still missing, so there is no figure yet"
    assert (kept.low, kept.high) == (kept.low, 5)
    assert kept.low is not None
    assert float(kept.low) == 3.75
    expect(page.get_by_text("Kebijakan Pelayanan").first).to_be_visible()
    expect(page.get_by_text("0,17").first).to_be_visible()


def hear_the_users(browser: Browser, officer: Page) -> None:
    """The open quarter of the index comes from a phone at the counter, without a login."""
    kept = Assessment.objects.get(unit__short_name="Disdukcapil")
    officer.goto(f"/penilaian/{kept.pk}/f03/")
    phone = browser.tab(width=360, height=740, java_script_enabled=False)
    phone.goto(officer.locator(".survey-code a").get_attribute("href") or "")
    for item in phone.locator(".survey-item").all():
        item.locator(".survey-choice").nth(4).click()
    phone.get_by_role("button", name="Kirim jawaban").click()
    expect(phone.get_by_role("heading", name="Terima kasih")).to_be_visible()
    kept.refresh_from_db()
    assert kept.value == Fraction("4.75"), "three quarters of 5 and one quarter of 4"


def verify(browser: Browser, organiser: Page, cast: Cast) -> None:
    """Two verifiers look, each alone; what they agree on needs no words."""
    kept = Assessment.objects.get(unit__short_name="Disdukcapil")
    organiser.goto(f"/putaran/{kept.round_id}/verifikator/")
    organiser.get_by_label("Disdukcapil", exact=True).check()
    for verifier in (cast.verifier, cast.second):
        organiser.get_by_label(str(verifier), exact=True).check()
    organiser.get_by_role("button", name="Tunjuk").click()
    expect(organiser.get_by_text("2 tugas verifikasi dibuat")).to_be_visible()
    for verifier in (cast.verifier, cast.second):
        page = browser.login(verifier, width=390, height=844)
        page.get_by_role("link", name="Periksa dan beri nilai").click()
        page.get_by_role("link", name="Kunjungan lapangan").click()
        for item in page.locator("details.visit-item").all():
            item.locator("summary").click()
            item.locator(".radio-card").nth(5).click()
        page.get_by_role("button", name="Selesai, kirim bila ada sinyal").click()
        expect(page.locator("#visit-state")).to_contain_text("Terkirim")
        page.go_back()
        page.reload()
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Selesai menilai").click()
        expect(page.get_by_text("Penilaian Anda selesai")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Umumkan hasil").click()
    expect(page.get_by_text("Hasil verifikasi diumumkan")).to_be_visible()


def conclude(organiser: Page, officer: Page) -> None:
    """The unit accepts, and the figure is frozen with its proof."""
    officer.goto("/")
    officer.get_by_role("link", name="Lihat hasil verifikasi").click()
    officer.once("dialog", lambda dialog: dialog.accept())
    officer.get_by_role("button", name="Terima hasil").click()
    expect(officer.get_by_text("Hasil verifikasi diterima")).to_be_visible()
    organiser.goto("/")
    organiser.get_by_role("link", name="Tetapkan nilai akhir").click()
    organiser.once("dialog", lambda dialog: dialog.accept())
    organiser.get_by_role("button", name="Tetapkan nilai akhir").click()
    expect(organiser.get_by_text("Nilai akhir ditetapkan")).to_be_visible()
    kept = Assessment.objects.get(unit__short_name="Disdukcapil")
    assert (kept.status, kept.value) == (Status.FINAL, Fraction("4.75"))
    assert kept.proof is not None


def see_where_the_city_stands(browser: Browser, cast: Cast) -> None:
    page = browser.login(cast.leader, width=360, height=740)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Belum mulai:")).to_be_visible()
    page.goto("/peringkat/")
    expect(page.locator("main")).to_contain_text("Disdukcapil")


def enter_the_verdicts(page: Page) -> None:
    """Two sources that disagree are shown side by side, and neither is lost."""
    for value, source in (("90,35", "Artikel Dokpim"), ("93,35", "Berita kota")):
        page.goto("/hasil-luar/baru/")
        page.select_option("#id_organisation", label="Pemerintah Kota Sukabumi")
        page.select_option("#id_family", "ombudsman")
        page.fill("#id_year", "2023")
        page.fill("#id_value", value)
        page.select_option("#id_zone", "hijau pekat")
        page.fill("#id_source_name", source)
        page.get_by_role("button", name="Simpan hasil").click()
        expect(page.get_by_text("Hasil dari luar tercatat")).to_be_visible()
    for text in ("90,35", "93,35", "dua sumber berbeda"):
        expect(page.locator("main").get_by_text(text).first).to_be_visible()
