"""The site in a real browser: it asks no other host, everybody can read it, and what can be clicked does its work."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.accessible import assert_accessible

MODULE, SLIDES = "modules/05_dataloader.html", "modules/05_dataloader.slides.html"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 812}  # pixels
FRAME = {
    "desktop": {"width": 895, "height": 615},
    "phone": {"width": 343, "height": 480},
}  # around the deck on the page
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
COUNT = 15


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="package")
def address(site) -> Iterator[str]:
    """Where the built site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(page) -> Iterator:
    """An empty page, whose scripts have to go without an error."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


@pytest.fixture
def slides(page, address):
    """The deck, ready, in a page of its own."""
    page.goto(address + SLIDES)
    page.wait_for_selector("body[data-ready]")
    return page


def place(page):
    return page.locator(".place").inner_text()


def width_beyond(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@SIZES
def test_the_module_s_page_asks_no_other_host_and_everybody_can_read_it(page, address, other_hosts, size):
    page.set_viewport_size(size)
    page.goto(address + MODULE)
    page.frame_locator("iframe.deck").locator("body[data-ready]").wait_for()
    assert width_beyond(page) <= 0
    assert_accessible(page)
    assert other_hosts == []


@pytest.mark.parametrize(
    "name", ["index.html", "modules/index.html", "modules/03_layers.html", "coming_from.html", "api/profiling.html"]
)
def test_other_pages_ask_no_other_host_and_everybody_can_read_them(page, address, other_hosts, name):
    page.goto(address + name)
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert width_beyond(page) <= 0
    assert other_hosts == []


def test_a_dark_page_can_be_read_too(page, address):
    page.emulate_media(color_scheme="dark")
    page.goto(address + MODULE)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert_accessible(page)


def test_tabs_switch_by_click_and_by_keyboard(page, address):
    page.goto(address + MODULE)
    ours, theirs = page.locator("#lst-tinytorch"), page.locator("#lst-pytorch")
    assert ours.is_visible()
    assert not theirs.is_visible()
    page.locator(".sd-tab-label", has_text="PyTorch").click()
    theirs.wait_for(state="visible")
    assert not ours.is_visible()
    page.keyboard.press("ArrowLeft")
    ours.wait_for(state="visible")


def test_answers_fold_open(page, address):
    page.goto(address + MODULE)
    answers = page.locator("details", has=page.locator("summary", has_text=re.compile("Answer [1-5]")))
    assert answers.count() == 5
    for answer in answers.all():
        text = answer.locator("p").last
        assert not text.is_visible()
        answer.locator("summary").click()
        text.wait_for(state="visible")


def test_search_finds_collate(page, address, other_hosts):
    page.goto(address + MODULE)
    page.keyboard.press("Control+k")
    page.keyboard.type("collate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=collate*")
    page.locator("#search-results li", has_text="05 · DataLoader").first.wait_for()
    assert_accessible(page)
    assert other_hosts == []


def test_the_audio_overview_is_about_three_minutes_long(page, address):
    page.goto(address + MODULE)
    player = page.locator("audio")
    if not player.count():
        pytest.skip("no recording, and espeak-ng was not there to speak the text")
    seconds = player.evaluate(
        "audio => audio.readyState ? audio.duration : new Promise(done => {"
        "  audio.onloadedmetadata = () => done(audio.duration); audio.onerror = () => done(-1); })"
    )
    assert 150 <= seconds <= 210
    page.locator("summary", has_text="transcript").click()
    page.get_by_text("Welcome to module five").wait_for()


def test_slides_turn_by_keyboard_and_by_buttons(slides, other_hosts):
    assert place(slides) == f"1 / {COUNT}"
    slides.keyboard.press("ArrowRight")
    assert place(slides) == f"2 / {COUNT}"
    slides.get_by_role("button", name="Next slide").click()
    assert place(slides) == f"3 / {COUNT}"
    done = slides.locator(".progress span").evaluate("bar => bar.getBoundingClientRect().width / innerWidth")
    assert abs(done - 2 / (COUNT - 1)) < 0.02
    slides.get_by_role("button", name="Previous slide").click()
    slides.keyboard.press("ArrowLeft")
    assert place(slides) == f"1 / {COUNT}"
    assert slides.get_by_role("button", name="Previous slide").is_disabled()
    slides.keyboard.press("End")
    assert place(slides) == f"{COUNT} / {COUNT}"
    assert slides.get_by_role("button", name="Next slide").is_disabled()
    assert other_hosts == []


def test_slides_grow_fill_the_screen_and_come_as_pdf(slides):
    def letter_pixels():
        return slides.locator(".present h1").evaluate("h => h.getBoundingClientRect().height")

    before = letter_pixels()
    slides.get_by_role("button", name="Larger text").click()
    assert letter_pixels() > before
    slides.keyboard.press("+")
    slides.keyboard.press("-")
    slides.get_by_role("button", name="Smaller text").click()
    assert letter_pixels() == before
    slides.get_by_role("button", name="Full screen").click()
    slides.wait_for_function("document.fullscreenElement !== null")
    slides.keyboard.press("f")
    slides.wait_for_function("document.fullscreenElement === null")
    with slides.expect_download() as download:
        slides.get_by_text("PDF", exact=True).click()
    assert download.value.suggested_filename == "05_dataloader.slides.pdf"


@pytest.mark.parametrize("frame", FRAME)
def test_every_slide_can_be_read(slides, frame):
    slides.set_viewport_size(FRAME[frame])
    for number in range(1, COUNT + 1):
        assert place(slides) == f"{number} / {COUNT}"
        slide = slides.locator(".slides > .present")
        assert slide.evaluate("s => s.scrollWidth - s.clientWidth") <= 0, f"slide {number} is too wide"
        screens = slide.evaluate("s => s.scrollHeight / s.clientHeight")
        assert screens <= (1 if frame == "desktop" else 1.6), f"slide {number} is {screens:.2f} screens high"
        assert width_beyond(slides) <= 0
        assert_accessible(slides)
        slides.keyboard.press("ArrowRight")


def test_the_deck_on_the_page_works_on_a_phone(page, address):
    page.set_viewport_size(PHONE)
    page.goto(address + MODULE)
    deck = page.frame_locator("iframe.deck")
    deck.locator("body[data-ready]").wait_for()
    deck.get_by_role("button", name="Next slide").click()
    assert deck.locator(".place").inner_text() == f"2 / {COUNT}"
    assert deck.locator("html").evaluate("html => html.scrollWidth - html.clientWidth") <= 0
