"""A real Chromium, for tests that use the platform as a person does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.cast import PASSWORD

if TYPE_CHECKING:
    from hijau.accounts.models import User

# Playwright keeps an event loop in this thread; Django's guard against that is for async views.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
NOISE = ("Failed to load resource", "net::ERR_INTERNET_DISCONNECTED")


def chromium() -> str:
    """The path of Chromium; `make test` installs it where apt may."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is missing: sudo apt-get install chromium, or set CHROMIUM=/its/path"
    return found


class Browser:
    """A browser with a tab for each person; complaints of the console fail the test."""

    def __init__(self, base: str, make_context: object) -> None:
        self.base, self._make = base, make_context
        self.complaints: list[str] = []

    def tab(self, width: int = 1280, height: int = 900, **options: object) -> Page:
        """A new window of its own, without a login."""
        context: BrowserContext = self._make(  # type: ignore[operator]
            viewport={"width": width, "height": height},
            locale="id-ID",
            base_url=self.base,
            **options,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def login(self, user: User, **options: object) -> Page:
        """A new window in which the person has logged in by the login page."""
        page = self.tab(**options)  # type: ignore[arg-type]
        page.goto("/akun/masuk/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(self.base + "/")
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(NOISE):
            self.complaints.append(message.text)


@contextmanager
def opened(base: str) -> Iterator[Browser]:
    """Chromium for the length of a test."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        browser = Browser(base, started.new_context)
        try:
            yield browser
        finally:
            started.close()
        assert not browser.complaints, browser.complaints
