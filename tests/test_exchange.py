"""nbgrader's own exchange, from the instructor's folder to the student's and back, then graded."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import TinyCourse

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange does not work on Windows")

# What JupyterLab's Assignment List asks the server for
LISTED = """
import json, sys
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
lister = AssignmentList()
lister.root_dir = sys.argv[1]
print(json.dumps(lister.list_assignments(course_id="tinytorch")))
"""


def test_released_fetched_submitted_collected_graded_and_given_back(course: TinyCourse, tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    course.configure(more=f'\nc.Exchange.root = "{exchange}"\nc.Exchange.cache = "{tmp_path / "cache"}"\n')
    student = tmp_path / "student"
    course.tito("bundle", "01", "--output", student, check=True)

    def run(folder: Path, *arguments: str) -> str:
        """Run Python as somebody who works in that folder."""
        environment = {**course.environment(), "PYTHONPATH": str(folder), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
        command = [sys.executable, *arguments]
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def listed() -> list[tuple[str, str]]:
        """Return what JupyterLab lists for the student: each assignment's name and state."""
        answer = json.loads(run(student, "-c", LISTED, str(student)))
        return [(each["assignment_id"], each["status"]) for each in answer["value"]]

    def fetched_page() -> str:
        """Return the feedback page that the student fetches."""
        run(student, "-m", "nbgrader", "fetch_feedback", "02_tiny")
        (page,) = (student / "modules" / "02_tiny" / "feedback").glob("*/tiny.html")
        return page.read_text(encoding="utf-8")

    run(course.root, "-m", "nbgrader", "release_assignment", "02_tiny")
    run(student, "-m", "nbgrader", "fetch_assignment", "02_tiny")
    assert listed() == [("02_tiny", "fetched")]
    fetched = student / "modules" / "02_tiny" / "tiny.ipynb"
    assert fetched.read_bytes() == course.released.read_bytes()
    nbformat.write(course.filled(), fetched)
    (fetched.with_name("tiny.backup-20260501-100000.ipynb")).write_bytes(course.released.read_bytes())
    run(student, "-m", "nbgrader", "submit", "02_tiny", "--student=ada")
    run(course.root, "-m", "nbgrader", "collect", "02_tiny")
    collected = course.root / "submitted" / "ada" / "02_tiny"
    assert sorted(os.listdir(collected)) == ["submission_secret.txt", "timestamp.txt", "tiny.ipynb"]
    assert (collected / "tiny.ipynb").read_bytes() == fetched.read_bytes()
    before = {path.name: path.read_bytes() for path in collected.iterdir()}
    course.tito("grade", "submitted", check=True)
    assert re.search(r"^ada,.*\b20\b", (course.root / "grades.csv").read_text(encoding="utf-8"), re.MULTILINE)
    assert {path.name: path.read_bytes() for path in collected.iterdir()} == before

    run(course.root, "-m", "nbgrader", "release_feedback", "02_tiny")
    assert fetched_page() == (course.root / "feedback" / "ada" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        key = ("why", "tiny", "02_tiny", "ada")
        gradebook.find_grade(*key).manual_score = 7.5
        gradebook.find_comment(*key).manual_comment = "Well said, and short."
        gradebook.db.commit()
    assert "Well said, and short." not in fetched_page()
    run(course.root, "-m", "nbgrader", "generate_feedback", "02_tiny")
    run(course.root, "-m", "nbgrader", "release_feedback", "02_tiny")
    assert "Well said, and short." in fetched_page()
    assert "27.5" in fetched_page()
