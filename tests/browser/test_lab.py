"""The student in JupyterLab: `make lab`, seen and clicked."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from tests.browser import lab as jupyterlab
from tests.browser.accessible import assert_accessible
from tests.browser.lab import STUB, cell, open_notebook, panel, run_all, verdicts
from tests.browser.not_ours import JUPYTERLAB
from tests.browser.screenshots import screenshot
from tests.browser.servers import Jupyter
from tests.helpers.corpus import read_corpus
from tinytorch.course.authoring.bundle import make_bundle
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_id, read_notebook, role_of
from tinytorch.course.student.check import check

COURSE = Course.find(Path(__file__).parent)
MODULE = COURSE.module("05")
DATASET = """\
#| export
class Dataset(ABC):
    @abstractmethod
    def __len__(self): "The number of samples."

    @abstractmethod
    def __getitem__(self, index): "One sample."
"""


@dataclass
class Student:
    """What a student has: the bundle, and JupyterLab running in it."""

    course: Course
    server: Jupyter

    @property
    def module(self) -> Module:
        return self.course.module(MODULE.number)

    @property
    def path(self) -> str:
        """The notebook's path, as JupyterLab shows it."""
        return self.module.released_path.relative_to(self.course.root).as_posix()

    def has(self, notebook) -> None:
        """Put a notebook where the student works, and end what ran of another."""
        self.server.end_kernels()
        nbformat.write(notebook, self.module.released_path)


@pytest.fixture(scope="package")
def bundle(tmp_path_factory) -> Iterator[Student]:
    """The student bundle with JupyterLab running in it, as `make lab` starts it."""
    folder = tmp_path_factory.mktemp("student") / "05"
    make_bundle(COURSE, [MODULE], folder)
    command = [sys.executable, "-m", "tinytorch.course.cli", "lab", MODULE.number]
    server = Jupyter(command, folder, tmp_path_factory.mktemp("home"))
    yield Student(Course(folder), server)
    server.stop()


@pytest.fixture
def student(bundle) -> Student:
    """The same with the notebook as it was handed out."""
    bundle.has(read_notebook(MODULE.released_path))
    return bundle


@pytest.fixture(scope="module")
def answers():
    """Module 05's notebook with right answers, and with some wrong ones."""
    return {each.name: each.notebook for each in read_corpus(MODULE, ["correct_reference", FAULTY])}


FAULTY = "wrong_drops_the_last_batch"


def test_it_opens_without_a_pop_up_and_asks_no_other_host(page, student, other_hosts):
    open_notebook(page, student.server, student.path)
    page.locator("#jp-MainMenu .lm-MenuBar-itemLabel", has_text="Nbgrader").click()
    items = page.locator(".lm-Menu-itemLabel").all_inner_texts()
    assert [item for item in items if item] == ["Assignment List"]  # and no tool of the instructor's
    page.keyboard.press("Escape")
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    assert other_hosts == []
    log = "".join(student.server.log)
    assert "validate_assignment | extension was successfully loaded" in log
    assert "formgrader" not in log
    assert "npm" not in log  # which the search for language servers would ask
    assert_accessible(page, JUPYTERLAB)


def test_run_all_stops_at_the_first_unfinished_step_and_the_panel_says_where(page, student):
    open_notebook(page, student.server, student.path)
    run_all(page)
    panel(page).get_by_text(f"Stopped at a cell of Step 1: {STUB}").wait_for()
    assert verdicts(page)["Step 1"] == ["not written yet", "0 of 4", "0 of 7"]
    assert {row[0] for step, row in verdicts(page).items() if step != "Step 1"} == {"not run yet"}
    panel(page).locator("caption").get_by_text("Module 05: 0 of 100 visible points", exact=True).wait_for()
    assert panel(page).is_visible()  # one need not scroll to see it
    stopped = cell(page, "class Dataset(ABC)")
    assert STUB in stopped.locator(".jp-OutputArea").text_content()  # JupyterLab lays it out once it is in view
    assert cell(page, "# Test 1a").locator(".jp-InputPrompt").text_content() == "[ ]:"
    screenshot(page, "lab-run-all")


def test_a_locked_test_looks_locked_and_takes_no_key(page, student):
    open_notebook(page, student.server, student.path)
    locked, own = cell(page, "# Test 1a"), cell(page, "class Dataset(ABC)")
    editor = locked.locator(".cm-content")
    editor.click()
    own.evaluate("each => each.scrollIntoView()")
    screenshot(page.locator(".jp-NotebookPanel"), "lab-locked")
    before = editor.inner_text()
    page.keyboard.type("x = 1")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert editor.inner_text() == before
    assert editor.get_attribute("aria-readonly") == "true"
    word = "each => getComputedStyle(each, '::after').content"
    border = "each => getComputedStyle(each).borderStyle"
    assert locked.locator(".jp-InputPrompt").evaluate(word) == '"locked"'
    assert own.locator(".jp-InputPrompt").evaluate(word) == "none"
    assert locked.locator(".jp-InputArea-editor").evaluate(border) == "dashed"
    assert own.locator(".jp-InputArea-editor").evaluate(border) == "solid"


def test_a_finished_notebook_has_every_point_and_every_plot_has_words(page, student, answers):
    student.has(answers["correct_reference"])
    open_notebook(page, student.server, student.path)
    run_all(page)
    found = {name: row[0] for name, row in verdicts(page).items()}
    assert found.pop("Step 7") == "not written yet"  # it is optional, and the reference leaves it
    assert set(found.values()) == {"pass"}
    panel(page).locator("caption").get_by_text("Module 05: 100 of 100 visible points", exact=True).wait_for()
    pictures = page.locator(".jp-OutputArea img")
    texts = pictures.evaluate_all("each => each.map(e => e.alt)")
    drawing = [each for each in answers["correct_reference"].cells if "plots.draw_" in each.source]
    assert len(texts) >= len(drawing) > 15
    assert all(len(text) > 20 for text in texts), texts
    assert_accessible(page, JUPYTERLAB)
    pictures.nth(3).scroll_into_view_if_needed()
    screenshot(page, "lab-plots")


@pytest.mark.parametrize("which", ["untouched", FAULTY, "correct_reference"])
def test_validate_names_the_tests_that_tito_check_names(page, student, answers, which):
    notebook = copy.deepcopy(answers.get(which, read_notebook(MODULE.released_path)))
    student.has(notebook)
    open_notebook(page, student.server, student.path)
    page.locator(".validate-button").click()
    dialog = page.locator(".nbgrader-ErrorDialog, .nbgrader-SuccessDialog")
    dialog.wait_for()
    text = dialog.inner_text()
    steps = check(student.course, student.module, student.module.released_path).steps
    names = {problem.cell for step in steps for problem in step.problems}
    # Validate names those of an optional step, too, which give no points
    tests = [each for each in notebook.cells if role_of(each) == "test" and each.metadata.nbgrader.points > 0]
    said = {grade_id(each) for each in tests if each.source.splitlines()[0] in text}
    assert said == names & {grade_id(each) for each in tests}
    assert (not said) == (which == "correct_reference")
    if which == FAULTY:
        screenshot(page, "lab-validate")
        expected = next(each for each in read_corpus(MODULE, [FAULTY])).expected_points
        assert {name for name in names if name in expected} <= {
            name for name, points in expected.items() if points == 0
        }


def test_a_step_can_be_done_with_the_keyboard_alone(page, student):
    open_notebook(page, student.server, student.path)
    page.keyboard.press("Escape")
    place = [each.id for each in read_notebook(MODULE.released_path).cells].index("dataset")
    for _ in range(place):  # runs what stands before, and goes on to the next cell
        page.keyboard.press("Shift+Enter")
    jupyterlab.wait_until_done(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(DATASET)
    for _ in range(5):
        page.keyboard.press("Shift+Enter")
    jupyterlab.wait_until_done(page)
    assert verdicts(page)["Step 1"] == ["pass", "4 of 4", "7 of 7"]
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url):
        page.keyboard.press("Control+s")
    saved = read_notebook(student.module.released_path)
    assert DATASET.strip() in {each.source.strip() for each in saved.cells}
