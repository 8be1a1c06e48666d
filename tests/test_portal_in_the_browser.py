"""The portal in a real browser: light, accessible, by keyboard, at twice the text, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from hijau.services import actions
from tests.browser import Browser, opened
from tests.cast import Cast, gather
from tests.test_portal import published, verdict

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES, MOST_REQUESTS = 60_000, 4
SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture
def browser(live_server: Any) -> Iterator[Browser]:
    with opened(live_server.url) as started:
        yield started


@pytest.fixture
def world(transactional_db: None) -> Cast:
    cast = gather()
    published(cast.disdukcapil, everyday="bikin ktp\nktp hilang")
    fees = {
        "free": False,
        "rows": [{"item": "Surat rekomendasi untuk pelaku usaha", "amount": 50_000}] * 3,
    }
    published(cast.dinsos, "Rekomendasi izin lembaga kesejahteraan sosial", biaya=fees)
    actions.describe_office(
        cast.disdukcapil, by=None, address="Jalan Contoh 1", hours="Senin 08.00–15.00",
        phone="0266 123456", map_url="https://peta.example.go.id/1",
    )  # fmt: skip
    charter = actions.write_charter(
        cast.disdukcapil, by=None,
        promise="Kami melayani sesuai standar yang ditetapkan.",
        improvement="Kami terus-menerus memperbaiki pelayanan kami.",
        sanction="Kami bersedia menerima sanksi bila melanggarnya.",
    )  # fmt: skip
    actions.decree_charter(
        charter, number="MP/1", decreed_on=charter.unit.services.get().standards.get().decreed_on,
        decree=None, by=None,
    )  # fmt: skip
    actions.publish_charter(charter, by=None)
    for year, zone in ((2021, "merah"), (2022, "kuning"), (2023, "hijau"), (2024, "hijau pekat")):
        verdict(cast, cast.city, year, zone)
    verdict(cast, cast.disdukcapil, 2024, "kuning")
    actions.freeze_snapshot(cast.city, by=None)
    return cast


def pages(cast: Cast) -> list[str]:
    code = cast.city.code
    service = reverse("portal_service", args=[code, "penerbitan-ktp-el"])
    return [
        reverse("portal_city", args=[code]),
        reverse("portal_search", args=[code]),
        reverse("portal_search", args=[code]) + "?q=ktp+hilang",
        reverse("portal_search", args=[code]) + "?q=zzqqxx",
        service,
        reverse("portal_service", args=[code, "rekomendasi-izin-lembaga-kesejahteraan-sosial"]),
        service + "?bahasa=su",
        service + "?bahasa=en",
        reverse("portal_unit", args=[code, "disdukcapil"]),
        reverse("portal_unit", args=[code, "dinkes"]),
        reverse("portal_data", args=[code]),
        reverse("portal_city", args=["kota-lain"]),
        reverse("portal_service", args=[code, "tidak-ada"]),
    ]


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    wide = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
    return [
        f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['html'][:120]}"
        for v in found.response["violations"]
    ] + ([f"{wide} px too wide"] if wide > 0 else [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser, world: Cast, scheme: str
) -> None:
    page = browser.tab(color_scheme=scheme)
    found = {}
    for path in pages(world):
        page.goto(path)
        for width in (360, 768, 1440) if scheme == "light" else (360,):
            page.set_viewport_size({"width": width, "height": 800})
            if wrong := faults(page):
                found[path, width] = wrong
    assert not found, found


def test_every_page_can_be_read_at_twice_the_text_on_a_phone(browser: Browser, world: Cast) -> None:
    page = browser.tab(width=360)
    found = {}
    for path in pages(world):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        cut = page.evaluate(
            """[...document.querySelectorAll('main *, header *, footer *')].filter(e =>
               !e.closest('.unseen') && e.children.length === 0 && e.textContent.trim() &&
               e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent.trim())"""
        )
        if wide > 0 or cut:
            found[path] = (wide, cut)
    assert not found, found


def test_a_first_visit_is_light_and_nothing_moves(browser: Browser, world: Cast) -> None:
    told = {}
    for path in pages(world):
        page = browser.tab(width=360, height=740)
        page.add_init_script(SHIFTS)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        asked: dict[str, str] = {}
        sizes: dict[str, float] = {}
        session.on(
            "Network.requestWillBeSent",
            lambda e, asked=asked: asked.update({e["requestId"]: e["request"]["url"]}),
        )
        session.on(
            "Network.loadingFinished",
            lambda e, sizes=sizes: sizes.update({e["requestId"]: e["encodedDataLength"]}),
        )
        page.goto(path, wait_until="networkidle")
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(50)
        over_the_line = [one for one in sizes if not asked.get(one, "").startswith("data:")]
        total = sum(sizes[one] for one in over_the_line)
        told[path] = (total, len(over_the_line), page.evaluate("window.shifted"))
        page.context.close()
    print(*told.items(), sep="\n")  # noqa: T201
    heavy = {
        path: one
        for path, one in told.items()
        if one[0] > MOST_BYTES or one[1] > MOST_REQUESTS or one[2] > 0
    }
    assert not heavy, heavy
    assert all(size > 5_000 for size, _requests, _shift in told.values())


def test_a_citizen_comes_by_keyboard_to_the_search_and_to_the_result(
    browser: Browser, world: Cast
) -> None:
    page = browser.tab(width=360, java_script_enabled=False)
    page.goto(pages(world)[0])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Anda perlu apa?")).to_be_focused()
    page.keyboard.type("ktp hilang")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hasil pencarian")
    result = page.get_by_role("link", name="Penerbitan KTP-el").first
    for _press in range(12):
        page.keyboard.press("Tab")
        if result.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Penerbitan KTP-el")


def test_what_to_bring_can_be_ticked_off_and_printed_without_the_frame(
    browser: Browser, world: Cast
) -> None:
    page = browser.tab(width=360, java_script_enabled=False)
    page.goto(pages(world)[4])
    tick = page.get_by_label("Fotokopi kartu keluarga")
    tick.check()
    expect(tick).to_be_checked()
    page.emulate_media(media="print")
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.get_by_text("Masuk untuk petugas")).to_be_hidden()
    expect(page.get_by_text("Ambil nomor antrean")).to_be_visible()
