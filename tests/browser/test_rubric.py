"""Written answers graded by their rubric in a browser: from `tito rubric` to the gradebook and the feedback page."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.browser.accessible import assert_accessible
from tests.browser.screenshots import screenshot
from tests.helpers.hand_in import grade
from tests.helpers.tiny_course import TinyCourse, build_course, cell_named

RUBRIC = "## Questions\n\nWhy twice?\n\n*Rubric:* what doubles (4), a reason (4),\nwhat it costs (2)."
ANSWERS = {
    "ada": "Because two is twice one, and adding is cheap.",
    "bob": "It is so.",
    "eve": "<script>document.title = 'ran'</script> <b>bold</b> " + "long" * 60,
}
PHONE = {"width": 390, "height": 844}  # pixels
STOP_SECONDS = 30


class Grading:
    """A class of three, and `tito rubric` running for it."""

    def __init__(self, course: TinyCourse, folder: Path) -> None:
        self.course, self.folder = course, folder
        self.process = course.start_tito("rubric", "02")
        self.url = self.process.stdout.readline().removeprefix("open ").strip()

    def given(self, student: str) -> tuple[float | None, str]:
        with Gradebook(f"sqlite:///{self.course.root / 'gradebook.db'}", "tinytorch") as gradebook:
            score = gradebook.find_grade("why", "tiny", "02_tiny", student).manual_score
            return score, gradebook.find_comment("why", "tiny", "02_tiny", student).manual_comment or ""

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(STOP_SECONDS)


@pytest.fixture(scope="module")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    course = build_course(tmp_path_factory.mktemp("course"))
    released = course.notebook()
    next(cell for cell in released.cells if cell.source == "## Questions").source = RUBRIC
    nbformat.write(released, course.released)
    folder = tmp_path_factory.mktemp("handed_in")
    for student, answer in ANSWERS.items():
        notebook = course.filled()
        cell_named(notebook, "why").source = answer
        nbformat.write(notebook, folder / f"{student}.ipynb")
    grade(course, folder)
    started = Grading(course, folder)
    yield started
    started.stop()


def of(page, student: str):
    """Return a student's part of the page."""
    return page.get_by_role("region", name=student)


def wait_saved(page, student: str, said: str) -> None:
    of(page, student).locator("output", has_text=said).wait_for()


# These are one story, told in the order in which they stand.


def test_three_answers_are_graded_side_by_side_by_keyboard(grading: Grading, page, other_hosts) -> None:
    page.goto(grading.url)
    assert page.title() != "ran"
    assert of(page, "eve").get_by_text("<b>bold</b>").count() == 1
    assert_accessible(page)
    of(page, "ada").get_by_label("what doubles").focus()
    for key in ("4", "Tab", "3", "Tab", "2", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Well said.")
    wait_saved(page, "ada", "saved: 9 of 10 points")
    of(page, "bob").get_by_label("what doubles").fill("0")
    of(page, "bob").get_by_label("Comments given before").select_option("Well said.")
    of(page, "bob").get_by_role("button", name="Add").press("Enter")
    wait_saved(page, "bob", "saved: 0 of 10 points")
    of(page, "eve").get_by_label("a reason").fill("2.5")
    wait_saved(page, "eve", "saved: 2.5 of 10 points")
    assert page.get_by_text("3 of 3 graded.").count() == 1
    assert grading.given("ada") == (
        9,
        "- what doubles: 4 of 4\n- a reason: 3 of 4\n- what it costs: 2 of 2\n\nWell said.",
    )
    assert grading.given("bob") == (0, "- what doubles: 0 of 4\n\nWell said.")
    assert grading.given("eve") == (2.5, "- a reason: 2.5 of 4")
    assert other_hosts == []
    screenshot(page, "rubric")


def test_too_many_points_are_not_saved_and_that_is_said(grading: Grading, page) -> None:
    page.goto(grading.url)
    of(page, "ada").get_by_label("a reason").fill("5")
    wait_saved(page, "ada", "Not saved:")
    assert grading.given("ada")[0] == 9


def test_a_page_that_is_closed_while_one_types_has_lost_nothing(grading: Grading, context) -> None:
    page = context.new_page()
    page.goto(grading.url)
    of(page, "eve").get_by_label("Comment", exact=True).fill("Half a sen")
    page.goto("about:blank")
    again = context.new_page()
    again.goto(grading.url)
    box = of(again, "eve").get_by_label("Comment", exact=True)
    for _ in range(50):  # the request may arrive after the next page was asked for
        if box.input_value() == "Half a sen":
            break
        again.reload()
    assert box.input_value() == "Half a sen"
    assert of(again, "eve").get_by_label("a reason").input_value() == "2.5"


def test_of_two_graders_the_second_sees_what_the_first_gave_and_may_replace_it(grading: Grading, context) -> None:
    first, second = context.new_page(), context.new_page()
    first.goto(grading.url)
    second.goto(grading.url)
    of(first, "bob").get_by_label("a reason").fill("1")
    wait_saved(first, "bob", "saved: 1 of 10 points")
    of(second, "bob").get_by_label("a reason").fill("3")
    wait_saved(second, "bob", "somebody else saved 1 of 10 points")
    assert grading.given("bob")[0] == 1
    of(second, "bob").get_by_label("a reason").fill("4")
    wait_saved(second, "bob", "saved: 4 of 10 points")
    assert grading.given("bob")[0] == 4


def test_the_feedback_page_shows_the_items_and_the_comment(grading: Grading, page) -> None:
    grade(grading.course, grading.folder)
    page.goto((grading.course.root / "feedback/ada/02_tiny/tiny.html").as_uri())
    assert page.locator("#why footer li").all_inner_texts() == [
        "what doubles: 4 of 4",
        "a reason: 3 of 4",
        "what it costs: 2 of 2",
    ]
    assert page.get_by_text("Well said.").count() == 1
    assert page.get_by_text("graded by hand: 9 of 10 points").count() == 1
    assert_accessible(page)


def test_the_page_fits_a_phone(grading: Grading, page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(grading.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert_accessible(page)
    screenshot(page, "rubric-phone")
