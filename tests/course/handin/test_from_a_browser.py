"""What is downloaded from a site of `tito bundle --lite` is collected and graded like any other notebook."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tests.helpers.hand_in import NOTHING, aged, grade, hand_in
from tests.helpers.tiny_course import POINTS, GradedClass, TinyCourse, cell_named
from tinytorch.course.layout import Module
from tinytorch.course.notebook import BROWSER_CELL, BROWSER_KERNEL
from tinytorch.course.notes import note_python_version

WRONG = "#| export\ndef double(x):\n    return 4\n"
TOO_NEW = "#| export\ndef double(x):\n    return 2 x\n"  # as a grammar that this Python does not have
# What the kernel of JupyterLite 0.8 says of itself, in every Python
LANGUAGE = {
    "codemirror_mode": {"name": "python", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.8",
}
NAME = "modules_02_tiny_tiny.ipynb"  # *File → Download* asks for the whole path, and a browser replaces each "/"
SENT: dict[str, dict[str, str]] = {  # in Moodle's form, with what each wrote
    f"Ada Lovelace_101_assignsubmission_file/{NAME}": {},
    f"Bob Lee_102_assignsubmission_file/{NAME}": {"double": WRONG},
    f"Cem Kaya_103_assignsubmission_file/{NAME}": {"double": TOO_NEW},
}


def downloaded(course: TinyCourse, **answers: str | None) -> str:
    """Return the text of a notebook that was written and run in a browser."""
    notebook = course.filled(**answers)
    notebook.cells.insert(1, nbformat.v4.new_code_cell(BROWSER_CELL, id="lite", metadata={"tags": ["explore"]}))
    notebook.metadata = NotebookNode(kernelspec=BROWSER_KERNEL, language_info=LANGUAGE)
    note_python_version(notebook, "3.99")  # as the site does with its own
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count, cell.metadata.trusted = count, True
    cell_named(notebook, "double").outputs = [nbformat.v4.new_output("stream", text="written in a browser\n")]
    return json.dumps(notebook, indent=2, ensure_ascii=False)


@pytest.fixture(scope="module")
def graded(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """A class of three, collected and then graded."""
    folder, output = tmp_path_factory.mktemp("moodle"), tmp_path_factory.mktemp("graded") / "out"
    for name, answers in SENT.items():
        hand_in(built_course, folder, name, lambda course, own=answers: downloaded(course, **own))
    built_course.tito("collect", folder, "--output", output, check=True)
    run = built_course.tito("grade", output / "submitted", "--module", "02", "--output", output)
    return GradedClass(built_course, folder, output, run)


def test_right_and_wrong_answers_get_their_points_and_no_note(graded: GradedClass) -> None:
    assert graded.recorded("101") == POINTS
    assert graded.recorded("102") == {**POINTS, "double-more": 0}
    assert graded.told("101") == graded.told("102") == []


def test_what_only_the_browser_s_newer_python_understands_is_told_as_that(graded: GradedClass) -> None:
    assert graded.recorded("103") == {**NOTHING, "pair-total-right": 10}
    graded.assert_told("103", "fault in double: this cell was written for Python 3.99 and graded with 3.")


def test_a_cell_that_gets_other_packages_stays_and_is_told(course: TinyCourse, tmp_path: Path) -> None:
    text = downloaded(course).replace("%pip install -q tinytorch", "%pip install -q tinytorch tqdm")
    hand_in(course, tmp_path, "amy.ipynb", lambda course: text)
    graded = grade(course, tmp_path)
    assert graded.recorded("amy") == POINTS
    graded.assert_told("amy", "note in own-1: %pip install -q tinytorch tqdm was left out")


def test_of_two_downloads_the_newer_counts(course: TinyCourse, tmp_path: Path) -> None:
    aged(hand_in(course, tmp_path, f"amy/{NAME}", lambda course: downloaded(course, double=WRONG)), hours=5)
    aged(hand_in(course, tmp_path, f"amy/{NAME.replace('.', ' (1).')}", downloaded), hours=1)
    assert grade(course, tmp_path).recorded("amy") == POINTS


def test_the_download_s_own_name_does_not_say_whose_it_is(course: TinyCourse, tmp_path: Path) -> None:
    assert Module("02_tiny", course.root).browser_name == NAME
    hand_in(course, tmp_path, "amy.ipynb", downloaded)
    hand_in(course, tmp_path, NAME, downloaded)
    graded = grade(course, tmp_path)
    assert graded.run.returncode == 1
    assert "its name does not say whose it is" in graded.run.stdout
    assert [path.name for path in (graded.output / "submitted").iterdir()] == ["amy"]
