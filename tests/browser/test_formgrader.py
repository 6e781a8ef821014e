"""The instructor in Formgrader: from the source of an assignment to the feedback that students get, by clicking."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.browser.accessible import assert_accessible
from tests.browser.not_ours import FORMGRADER, GRADING
from tests.browser.screenshots import screenshot
from tests.browser.servers import Jupyter
from tests.helpers.corpus import read_corpus
from tests.helpers.repository import ROOT, copy_tracked
from tinytorch.course.layout import Course

ASSIGNMENT, NAME = "05_dataloader", "dataloader"
WRITTEN = "question-choice"
RIGHT, WRONG = "correct_reference", "wrong_drops_the_last_batch"
CONFIG = """
c.Exchange.root = "{exchange}"
c.Exchange.cache = "{exchange}/cache"
c.LatePolicy.percent_per_day = 10
"""
STUDENTS = """id,first_name,last_name,email
ada,Ada,Byron,ada@example.org
bob,Bob,Noyce,bob@example.org
"""
PEEK = """\
import os, socket
print("gradebook seen:", os.path.exists("{gradebook}"))
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=1)
    print("network: reached")
except OSError as error:
    print("network: refused")
"""


@dataclass
class Instructor:
    """A copy of the course with an exchange folder, and JupyterLab running in it."""

    root: Path
    exchange: Path
    server: Jupyter

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.db"

    def run(self, *command: str, folder: Path | None = None) -> str:
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.root),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        ran = subprocess.run(
            command, cwd=folder or self.root, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def score(self, student: str) -> tuple[float, float]:
        """Return a student's points and penalty, as the gradebook has them."""
        with Gradebook(f"sqlite:///{self.gradebook}") as gradebook:
            graded = gradebook.find_submission_notebook(NAME, ASSIGNMENT, student)
            return graded.score, graded.late_submission_penalty or 0.0


@pytest.fixture(scope="package")
def instructor(tmp_path_factory) -> Iterator[Instructor]:
    root, exchange = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("exchange")
    copy_tracked(root, without=("tests/", "docs/"))
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(CONFIG.format(exchange=exchange))
    exchange.chmod(0o777)
    home = tmp_path_factory.mktemp("home")
    # `-m` runs the tools that are tested, and they give kernels and nbgrader the course's own package
    server = Jupyter([sys.executable, "-m", "tinytorch.course.cli", "lab"], root, home)
    started = Instructor(root, exchange, server)
    started.run("tito", "build", "05")
    (root / "students.csv").write_text(STUDENTS, encoding="utf-8")
    started.run("nbgrader", "db", "student", "import", "students.csv")
    yield started
    server.stop()


@pytest.fixture(scope="package")
def formgrader(browser, instructor):
    """Formgrader, opened from JupyterLab's menu; the tests go through it one after the other."""
    from tests.browser.conftest import PATIENCE_MILLISECONDS, WINDOW

    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(PATIENCE_MILLISECONDS)  # a button answers when grading is done
    page = context.new_page()
    page.goto(instructor.server.lab())
    page.locator("#jp-MainMenu .lm-MenuBar-itemLabel").first.wait_for()
    page.keyboard.press("Control+b")  # the file browser gives its room to Formgrader
    page.locator("#jp-MainMenu .lm-MenuBar-itemLabel", has_text="Nbgrader").click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Formgrader", exact=True).click()
    page.locator("iframe").wait_for()
    yield page
    context.close()


def inside(page):
    """Return Formgrader's own frame."""
    return page.frame_locator("iframe")


def row(page, name: str):
    """Return a table's row by a name in it."""
    return inside(page).locator("tbody tr", has=page.locator(f"xpath=.//td[normalize-space()='{name}']"))


def press(page, name: str, column: str) -> str:
    """Press the button in a row's column, wait for the answer, close it, and give its log."""
    row(page, name).locator(f"td.{column} a").click()
    answer = inside(page).locator("#success-modal, #error-modal")
    answer.wait_for()
    text = answer.inner_text()
    assert answer.get_attribute("id") == "success-modal", text
    answer.locator(".modal-footer button").click()
    answer.wait_for(state="detached")
    return text


def submission(name: str):
    """Return a submission of the corpus, with the points that it must get."""
    return read_corpus(Course(ROOT).module("05"), [name])[0]


# These are one story, told in the order in which they stand.


def test_a_due_date_is_set_and_the_assignment_generated_and_released(formgrader, instructor):
    page = formgrader
    row(page, ASSIGNMENT).wait_for()
    assert_accessible(page, FORMGRADER)
    row(page, ASSIGNMENT).locator("td.edit a").click()
    dialog = inside(page).locator("#edit-assignment-modal")
    due = datetime.now(UTC) - timedelta(hours=1)
    dialog.locator(".modal-duedate").fill(f"{due:%Y-%m-%dT%H:%M}")
    dialog.locator(".modal-timezone").fill("UTC")
    dialog.locator("button.save").click()
    inside(page).locator("td.duedate", has_text=f"{due:%Y-%m-%d %H:%M}").wait_for()
    press(page, ASSIGNMENT, "assign")
    press(page, ASSIGNMENT, "release")
    assert (instructor.exchange / "tinytorch" / "outbound" / ASSIGNMENT / f"{NAME}.ipynb").is_file()
    screenshot(page.locator("iframe"), "formgrader-assignments")


def test_what_students_submit_is_collected(formgrader, instructor, tmp_path):
    config = tmp_path / "nbgrader_config.py"
    config.write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "tinytorch"\n' + CONFIG.format(exchange=instructor.exchange)
    )
    for student, name in (("ada", RIGHT), ("bob", WRONG)):
        instructor.run("nbgrader", "fetch_assignment", ASSIGNMENT, folder=tmp_path)
        notebook = submission(name).notebook
        port = instructor.server.url.rpartition(":")[2]
        peek = PEEK.format(gradebook=instructor.gradebook, port=port)
        notebook.cells.append(nbformat.v4.new_code_cell(peek, id="peek"))
        nbformat.write(notebook, tmp_path / ASSIGNMENT / f"{NAME}.ipynb")
        instructor.run("nbgrader", "submit", ASSIGNMENT, f"--student={student}", folder=tmp_path)
        shutil.rmtree(tmp_path / ASSIGNMENT)
    press(formgrader, ASSIGNMENT, "collect")
    row(formgrader, ASSIGNMENT).locator("td.num-submissions a", has_text="2").wait_for()
    assert (instructor.root / "submitted" / "ada" / ASSIGNMENT / "timestamp.txt").is_file()


def test_the_autograde_button_grades_in_the_sandbox_and_gives_the_corpus_points(formgrader, instructor):
    page = formgrader
    said = instructor.run("tito", "extend", "05", "ada", "--days", "2")
    assert said.startswith("ada has until ")
    row(page, ASSIGNMENT).locator("td.num-submissions a").click()
    row(page, "bob").wait_for()
    assert_accessible(page, FORMGRADER)
    for student, name in (("ada", RIGHT), ("bob", WRONG)):
        press(page, student, "autograde")
        graded = nbformat.read(
            instructor.root / "autograded" / student / ASSIGNMENT / f"{NAME}.ipynb", as_version=nbformat.NO_CONVERT
        )
        peek = next(cell for cell in graded.cells if "gradebook seen" in cell.source)
        assert [line for output in peek.outputs for line in output.text.splitlines()] == [
            "gradebook seen: False",
            "network: refused",
        ]
        assert instructor.score(student)[0] == submission(name).expected_total
    screenshot(page.locator("iframe"), "formgrader-submissions")
    # the extension makes ada's submission one in time; bob's is late by less than a day
    assert instructor.score("ada")[1] == 0
    assert instructor.score("bob")[1] == pytest.approx(submission(WRONG).expected_total / 10)


def test_the_written_answer_is_graded_by_hand(formgrader, instructor):
    page = formgrader
    inside(page).get_by_role("link", name="Manual Grading").first.click()
    inside(page).get_by_role("link", name=ASSIGNMENT).click()
    inside(page).get_by_role("link", name=NAME).click()
    inside(page).get_by_role("link", name="Submission #1").wait_for()
    assert_accessible(page, FORMGRADER)
    inside(page).get_by_role("link", name="Submission #1").click()
    score = inside(page).locator(f"#{WRITTEN}")
    score.wait_for()
    assert "Rubric:" in inside(page).locator("#notebook-container").first.inner_text()
    assert_accessible(page, GRADING)
    score.fill("8")
    score.press("Tab")
    comment = inside(page).locator(f"#{WRITTEN}-comment")
    comment.fill("A reason from the figures is missing for the paper.")
    comment.press("Escape")
    score.scroll_into_view_if_needed()
    inside(page).locator(".comment-saved:visible, .score-saved:visible").first.wait_for()
    screenshot(page.locator("iframe"), "formgrader-manual")
    scores = sorted(instructor.score(student)[0] for student in ("ada", "bob"))
    assert sum(scores) == submission(RIGHT).expected_total + submission(WRONG).expected_total + 8


def test_feedback_is_generated_and_released(formgrader, instructor, context):
    page = formgrader
    inside(page).get_by_role("link", name="Manual Grading").first.click()
    inside(page).get_by_role("link", name="Manage Assignments").click()
    press(page, ASSIGNMENT, "generate-feedback")
    press(page, ASSIGNMENT, "release-feedback")
    released = list((instructor.exchange / "tinytorch" / "feedback").glob("*.html"))
    assert len(released) == 2
    feedback = context.new_page()
    feedback.goto((instructor.root / "feedback" / "bob" / ASSIGNMENT / f"{NAME}.html").as_uri())
    assert_accessible(feedback)
    assert "Traceback" not in "".join(instructor.server.log)
    assert "Step 4" in feedback.locator("body").inner_text()
    screenshot(feedback, "feedback")


def test_the_report_of_a_class_is_for_everybody_too(page, instructor, tmp_path, other_hosts):
    for student, name in (("ada", RIGHT), ("bob", WRONG)):
        nbformat.write(submission(name).notebook, tmp_path / f"{student}.ipynb")
    instructor.run("tito", "grade", str(tmp_path), "--module", "05", "--output", str(tmp_path / "graded"))
    page.goto((tmp_path / "graded" / "report.html").as_uri())
    assert_accessible(page)
    assert other_hosts == []
