"""What the browser tests lean on fails where it should."""

from __future__ import annotations

import pytest

from tests.browser.accessible import Known, assert_accessible
from tests.browser.screenshots import screenshot

PAGE = """<!doctype html><html lang="en"><title>A page</title><body><main><h1>A page</h1>
<p style="color: {colour}; background: #fff">Words</p><img src="data:," {alt}></main></body></html>"""


def opened(page, tmp_path, colour="#222", alt='alt="nothing"'):
    (tmp_path / "page.html").write_text(PAGE.format(colour=colour, alt=alt), encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    return page


def test_a_page_that_everybody_can_read_passes(page, tmp_path):
    assert_accessible(opened(page, tmp_path))


def test_a_picture_without_words_and_pale_text_are_found_by_name(page, tmp_path):
    opened(page, tmp_path, "#ccc", "")
    with pytest.raises(AssertionError, match=r"(?s)color-contrast \(serious\).*image-alt \(critical\)"):
        assert_accessible(page)
    with pytest.raises(AssertionError, match=r"1 serious violations:\nimage-alt"):
        assert_accessible(page, [Known("color-contrast", "main", "for this test")])


def test_a_request_to_another_host_is_seen_and_goes_nowhere(page, other_hosts):
    page.set_content('<img alt="" src="http://course.invalid/picture.png">')
    page.wait_for_load_state()
    assert other_hosts == ["http://course.invalid/picture.png"]


def test_a_screenshot_is_a_small_picture(page, tmp_path, monkeypatch):
    monkeypatch.setenv("SCREENSHOTS", str(tmp_path))
    path = screenshot(opened(page, tmp_path), "page")
    assert path == tmp_path / "page.png"
    assert 0 < path.stat().st_size < 20_000
