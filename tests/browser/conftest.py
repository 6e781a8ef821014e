"""One Chromium for all browser tests. It reaches this machine and no other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

ARGUMENTS = [
    "--no-sandbox",  # continuous integration runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
WINDOW = {"width": 1280, "height": 900}  # pixels
PATIENCE_MILLISECONDS = 120_000  # how long an element, or a run of all cells, may take with every core busy

# Package scope: Playwright's event loop runs until it is stopped, and other tests start loops of their own.


@pytest.fixture(scope="package")
def browser() -> Iterator:
    """The Chromium of the distribution, driven by Playwright."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="the browser tests need Playwright: pip install -e '.[browser]'"
    )
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("the browser tests need Chromium: `make browser` installs it where it may")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def context(browser) -> Iterator:
    """A browser profile of its own: no cookie, no setting of another test."""
    opened = browser.new_context(viewport=WINDOW)
    opened.set_default_timeout(PATIENCE_MILLISECONDS)
    yield opened
    opened.close()


@pytest.fixture
def page(context):
    """An empty page."""
    return context.new_page()


@pytest.fixture
def other_hosts(context) -> list[str]:
    """The addresses on other machines that the test's pages asked for, as they ask: a test says that it stays empty."""
    asked: list[str] = []

    def note(request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("localhost", "127.0.0.1"):
            asked.append(request.url)

    context.on("request", note)
    return asked
