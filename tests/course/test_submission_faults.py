"""A class in one run, half of it broken or hostile: no hang, every honest score exact, every bad one explained."""

from __future__ import annotations

import copy
import csv
import html
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from tiny_course import SOLUTIONS, GradedClass, TinyCourse, cell_named

from tinytorch.course.handin.read_file import MOST_BYTES
from tinytorch.course.notebook import STUB

FULL = {"double-number": 4, "double-more": 6, "pair-total-right": 10}
NOTHING = dict.fromkeys(FULL, 0)
TESTS = list(FULL)
Make = Callable[[TinyCourse], NotebookNode | bytes | str]


def written(notebook: NotebookNode) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False)


def place_of(notebook: NotebookNode, name: str) -> int:
    return notebook.cells.index(cell_named(notebook, name))


def edited(change: Callable[[NotebookNode], object], **answers: str | None) -> Make:
    """Give a maker of a filled notebook to which something was done."""

    def make(course: TinyCourse) -> NotebookNode:
        notebook = course.filled(**answers)
        change(notebook)
        return notebook

    return make


def delete(*names: str) -> Callable[[NotebookNode], object]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells = [
            cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in names
        ]

    return change


def paste_again(name: str, source: str, before: bool = False) -> Callable[[NotebookNode], object]:
    """Put a copy of a cell with all that it carries, but another source, beside it or at the end."""

    def change(notebook: NotebookNode) -> None:
        twin = copy.deepcopy(cell_named(notebook, name))
        twin.source, twin.id = source, "pasted"
        notebook.cells.insert(place_of(notebook, name) if before else len(notebook.cells), twin)

    return change


def setting(name: str, **values: object) -> Callable[[NotebookNode], object]:
    return lambda notebook: cell_named(notebook, name).metadata.nbgrader.update(values)


def rename(notebook: NotebookNode) -> None:
    for number, name in enumerate(["double", "pair-total", "double-more"]):
        cell = cell_named(notebook, name)
        cell.metadata.nbgrader.grade_id = f"mine-{number}"
        cell.id = f"mine-{number}"


def strip(notebook: NotebookNode) -> None:
    """Do what Colab and merge tools do: no ids and no metadata."""
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata = NotebookNode()


def retype(notebook: NotebookNode) -> None:
    for name, kind in {"double": "markdown", "pair": "raw", "double-number": "markdown", "why": "raw"}.items():
        cell = cell_named(notebook, name)
        cell.cell_type = kind
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def split_pair(notebook: NotebookNode) -> None:
    """Split a cell as JupyterLab does: both halves carry all of its metadata."""
    cell = cell_named(notebook, "pair-total")
    second = copy.deepcopy(cell)
    second.id, second.source = "second-half", cell.source.replace("sum(self.both)", "sum_of(self.both)")
    cell.source = "#| export\ndef sum_of(values):\n    return values.sum()\n"
    notebook.cells.insert(notebook.cells.index(cell) + 1, second)


def add_cells(notebook: NotebookNode) -> None:
    """Put the answer to work in a helper cell of its own, above the solution cell."""
    helper = nbformat.v4.new_code_cell("#| export\ndef twice(x):\n    return x * 2\n")
    notebook.cells.insert(place_of(notebook, "double"), helper)
    cell_named(notebook, "double").source = "#| export\ndef double(x):\n    return twice(x)\n"


def reverse(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def spoil_metadata(notebook: NotebookNode) -> None:
    cell_named(notebook, "double-more").metadata.nbgrader.points = "a million"
    cell_named(notebook, "double-number").metadata.nbgrader.pop("schema_version")
    notebook.cells[1].metadata.nbgrader = {"grade_id": ["double"], "points": "many", "grade": True}
    notebook.cells[0].metadata.nbgrader = "all points, please"


def kernel(**spec: str) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook.metadata.update(kernelspec=spec, language_info={"name": spec["language"]})


def no_kernel(notebook: NotebookNode) -> None:
    notebook.metadata = NotebookNode()


INIT = SOLUTIONS["pair"].rstrip()
METHOD = "\n    def total(self):\n        return float(sum(self.both))\n"
TOTAL = "#| export\n@patch\ndef total(self: Pair) -> float:\n"

# Each student's file: how it is made, the points it must get, and what must be said of it.
HONEST: dict[str, tuple[Make, str]] = {
    "right.ipynb": (edited(lambda notebook: None), ""),
    "helper.ipynb": (edited(add_cells), ""),
    "split.ipynb": (edited(split_pair), "note in pair-total: the cell is there more than once"),
    "attempts.ipynb": (
        edited(paste_again("double", "#| export\ndef double(x):\n    return x\n", before=True)),
        "note in double: the cell is there more than once",
    ),
    "pasted-stub.ipynb": (
        edited(paste_again("double", f"#| export\ndef double(x):\n    'Give twice x.'\n    {STUB}")),
        "note in double: the cell is there more than once",
    ),
    "deletes-tests.ipynb": (
        edited(delete("imports", "double-more", "double-ready", "pair-total-right")),
        "note in imports, double-more, double-ready and 1 more: the cell was deleted; it was put back",
    ),
    "edits-test.ipynb": (
        edited(lambda notebook: cell_named(notebook, "double-number").update(source="assert double(2) == 5")),
        "note in double-number: the cell is not yours to edit; it was graded as released",
    ),
    "reversed.ipynb": (
        edited(reverse),
        "note in pair-total-right, pair-total, pair and 5 more: the cell had been moved; it was put back in its place",
    ),
    "retyped.ipynb": (
        edited(retype),
        "note in double, double-number, pair and 1 more: the cell had another type (code, markdown or raw)",
    ),
    "renamed.ipynb": (
        edited(rename),
        "note in double-more, double, pair-total: nbgrader's name for the cell was gone or changed",
    ),
    "stripped.ipynb": (
        edited(strip),
        "note in imports, double-number, double-more and 5 more: nbgrader's name for the cell was gone or changed",
    ),
    "spoilt.ipynb": (edited(spoil_metadata), "note in double-more: nbgrader's settings of the cell were changed"),
    "stub-below.ipynb": (
        edited(lambda notebook: None, pair=f"{INIT}\n        # YOUR CODE HERE\n        {STUB}\n"),
        "note in pair: `raise NotImplementedError(...)` still stood below your code",
    ),
    "inside.ipynb": (
        edited(delete("pair-total"), pair=INIT + METHOD),
        "note in pair-total: the cell for your answer was deleted, or could not be recognised",
    ),
    "crlf.ipynb": (
        lambda course: written(course.filled()).replace("\\n", "\\r\\n").replace("\n", "\r\n"),
        "note: its lines end as on Windows (CRLF); they were converted",
    ),
    "bom.ipynb": (lambda course: written(course.filled()).encode("utf-8-sig"), "note: the file was saved as UTF-8-SIG"),
    "utf16.ipynb": (lambda course: written(course.filled()).encode("utf-16"), "note: the file was saved as UTF-16"),
    "windows.ipynb": (
        lambda course: written(course.filled()).encode("cp1252"),
        "note: the file was not saved as UTF-8; it was read as Windows-1252",
    ),
    "old.ipynb": (
        lambda course: nbformat.writes(course.filled(), version=3),
        "note: the notebook has the old format 3; it was converted to format 4",
    ),
    "julia.ipynb": (
        edited(kernel(name="julia-1.9", display_name="Julia", language="julia")),
        "note: the notebook was saved with a kernel for julia; it was graded with Python",
    ),
    "no-kernel.ipynb": (edited(no_kernel), ""),
    "misnamed/tiny (1).ipynb": (
        edited(lambda notebook: None),
        "note: the notebook was handed in as tiny (1).ipynb; it must be called tiny.ipynb",
    ),
}

BROKEN: dict[str, tuple[Make, dict[str, float], str]] = {
    "stub-above.ipynb": (
        edited(lambda notebook: None, double=f"#| export\ndef double(x):\n    {STUB}\n    return 2 * x\n"),
        {**NOTHING, "pair-total-right": 10},
        "fault in double: `raise NotImplementedError(...)` still stands above your code",
    ),
    "stub-left.ipynb": (
        edited(lambda notebook: None, pair=INIT + METHOD, pair_total=f"{TOTAL}    {STUB}\n"),
        {**FULL, "pair-total-right": 0},
        "fault in pair-total: you wrote total inside the class Pair, and the stub in this cell takes its place",
    ),
    "cheats.ipynb": (
        edited(
            lambda notebook: cell_named(notebook, "double-more").update(source="value = 1"),
            double="#| export\ndef double(x):\n    return 4\n",
        ),
        {**FULL, "double-more": 0},
        "note in double-more: the cell is not yours to edit; it was graded as released",
    ),
    "deletes-answer.ipynb": (
        edited(delete("double")),
        {**NOTHING, "pair-total-right": 10},
        "note in double: the cell for your answer was deleted, or could not be recognised",
    ),
    "other-module.ipynb": (
        lambda course: (
            (course.root / "modules" / "01_tensor" / "tensor.ipynb").read_bytes().replace(b'"imports"', b'"x"')
        ),
        NOTHING,
        "fault: none of its cells is of this notebook: hand in the notebook that you were given",
    ),
    "loops.ipynb": (
        edited(lambda notebook: None, pair_total=f"{TOTAL}    while True:\n        pass\n"),
        {**FULL, "pair-total-right": 0},
        "fault in pair-total-right: this cell ran longer than",
    ),
    "exits.ipynb": (
        edited(lambda notebook: None, double="#| export\nimport os\ndef double(x):\n    os._exit(0)\n"),
        {**NOTHING, "pair-total-right": 10},
        "fault in double-number: ",
    ),
    "prints-much.ipynb": (
        edited(lambda notebook: None, double="#| export\ndef double(x):\n    print('x' * 10**8)\n    return 2 * x\n"),
        {**NOTHING, "pair-total-right": 10},
        "fault in double-number: this cell printed more than",
    ),
}

UNREADABLE: dict[str, tuple[Make, str]] = {
    "truncated.ipynb": (lambda course: written(course.filled())[:900], "the file stops in the middle"),
    "empty.ipynb": (lambda course: b"", "the file is empty"),
    "binary/tiny.ipynb": (lambda course: bytes(range(128, 256)) * 99, "the file is not a notebook but binary data"),
    "huge.ipynb": (
        lambda course: written(course.filled()).encode() + b" " * MOST_BYTES,
        "the file is too large (21 MB, at most 20 MB): clear all outputs, save and hand it in again",
    ),
    "merged.ipynb": (
        lambda course: written(course.filled()).replace("\n", "\n<<<<<<< HEAD\n", 1),
        "the file holds git's conflict marks",
    ),
    "text/answers.txt": (lambda course: "my answers", "no notebook was handed in but answers.txt: hand in the .ipynb"),
}


def student_of(name: str) -> str:
    return name.split("/")[0].removesuffix(".ipynb")


def hand_in(course: TinyCourse, folder: Path, name: str, make: Make) -> Path:
    content = make(course)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content if isinstance(content, bytes) else written(content).encode())
    return path


@pytest.fixture(scope="module")
def mixed(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """The whole class, graded in one run."""
    folder, output = tmp_path_factory.mktemp("mixed"), tmp_path_factory.mktemp("graded_mixed") / "out"
    for name, (make, *_) in {**HONEST, **BROKEN, **UNREADABLE}.items():
        hand_in(built_course, folder, name, make)
    run = built_course.tito("grade", folder, "--module", "02", "--output", output, "--keep-going")
    return GradedClass(built_course, folder, output, run)


def recorded(output: Path, student: str) -> dict[str, float]:
    """Give what the gradebook holds."""
    with Gradebook(f"sqlite:///{output / 'gradebook.db'}", "tinytorch") as gradebook:
        notebook = gradebook.find_submission_notebook("tiny", "02_tiny", student)
        return {grade.name: float(grade.score) for grade in notebook.grades if grade.name in TESTS}


def told(graded: GradedClass, student: str) -> list[str]:
    """Give what the report says of a student, without spaces that only align it."""
    kinds = ("flag ", "fault ", "note ")
    lines = [" ".join(line.split()) for line in graded.run.stdout.splitlines() if line.startswith(kinds)]
    return [line for line in lines if line.split()[1] == student]


def assert_told(graded: GradedClass, student: str, said: str) -> None:
    """Check that a sentence stands in the report, in grades.csv and on the feedback page."""
    about, _, text = said.partition(": ")
    kind, _, cells = about.partition(" in ")
    assert any(line.startswith(" ".join([kind, student, *cells.split(), text])) for line in told(graded, student)), (
        told(graded, student)
    )
    with (graded.output / "grades.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["student_id"] == student)
    assert text in row["notes"]
    assert text in html.unescape(graded.page(student))


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_submission_gets_all_points_in_whatever_shape_it_came(mixed: GradedClass, name: str) -> None:
    assert recorded(mixed.output, student_of(name)) == FULL
    assert mixed.points(student_of(name))["points"] == 20
    if said := HONEST[name][1]:
        assert_told(mixed, student_of(name), said)
    else:
        assert told(mixed, student_of(name)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_submission_loses_what_it_broke_and_is_told_why(mixed: GradedClass, name: str) -> None:
    _, points, said = BROKEN[name]
    assert recorded(mixed.output, student_of(name)) == points
    assert_told(mixed, student_of(name), said)


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_notebook_is_recorded_with_0_points_and_a_reason(mixed: GradedClass, name: str) -> None:
    assert recorded(mixed.output, student_of(name)) == NOTHING
    assert_told(mixed, student_of(name), f"fault: {UNREADABLE[name][1]}")


def test_the_run_ends_with_one_sentence_that_names_all_that_could_not_be_graded(mixed: GradedClass) -> None:
    assert mixed.run.returncode == 1
    assert mixed.run.stderr.count("\n") == 1
    names = ", ".join(sorted(student_of(name) for name in UNREADABLE))
    total = len(HONEST) + len(BROKEN) + len(UNREADABLE)
    assert f"{len(UNREADABLE)} of {total} submissions could not be graded ({names})" in mixed.run.stderr


def test_of_several_copies_of_an_answer_the_untouched_ones_are_left_out(course: TinyCourse, tmp_path: Path) -> None:
    stub = cell_named(course.notebook(), "double").source
    hand_in(course, tmp_path, "amy.ipynb", edited(paste_again("double", stub)))
    graded = grade(course, tmp_path)
    assert recorded(graded.output, "amy") == FULL
    assert sum(cell.source == stub for cell in graded.ran("amy").cells) == 0


def grade(course: TinyCourse, folder: Path, *options: str) -> GradedClass:
    """Grade the notebooks of a folder beside the course into the course itself."""
    run = course.tito("grade", folder, "--module", "02", *options)
    return GradedClass(course, folder, course.root, run)


def aged(path: Path, hours: float) -> None:
    """Make a notebook so many hours older than noon of 2 May 2026."""
    moment = datetime(2026, 5, 2, 12, tzinfo=UTC) - timedelta(hours=hours)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_of_two_notebooks_of_a_student_the_newest_counts_and_the_other_is_kept(
    course: TinyCourse, tmp_path: Path
) -> None:
    aged(hand_in(course, tmp_path, "amy.ipynb", lambda course: course.notebook()), hours=5)
    aged(hand_in(course, tmp_path, "amy/tiny.ipynb", lambda course: course.filled()), hours=1)
    graded = grade(course, tmp_path)
    assert recorded(graded.output, "amy") == FULL
    assert_told(graded, "amy", "note: 2 notebooks were handed in; the newest that can be read counts, amy/tiny.ipynb")
    kept = graded.output / "history" / "amy" / "02_tiny" / "2026-05-02T07-00-00" / "amy.ipynb"
    assert kept.read_bytes() == (tmp_path / "amy.ipynb").read_bytes()


def test_a_resubmission_counts_and_what_was_there_is_kept(course: TinyCourse, tmp_path: Path) -> None:
    first = hand_in(course, tmp_path, "amy.ipynb", lambda course: course.notebook())
    aged(first, hours=5)
    before = first.read_bytes()
    assert recorded(grade(course, tmp_path).output, "amy") == NOTHING
    aged(hand_in(course, tmp_path, "amy.ipynb", lambda course: course.filled()), hours=1)
    graded = grade(course, tmp_path)
    assert recorded(graded.output, "amy") == FULL
    assert [path.read_bytes() for path in (graded.output / "history").rglob("*.ipynb")] == [before]
    stamp = graded.output / "submitted" / "amy" / "02_tiny" / "timestamp.txt"
    assert stamp.read_text(encoding="utf-8") == "2026-05-02 11:00:00.000000 UTC"


@pytest.mark.parametrize(
    ("percent", "cost", "penalty"), [(0, "no points are taken for it", 0), (10, "4 points less", 4)]
)
def test_a_late_submission_is_told_so_and_loses_what_the_configuration_says(
    course: TinyCourse, tmp_path: Path, percent: int, cost: str, penalty: int
) -> None:
    config = course.root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    assert "c.LatePolicy.percent_per_day = 0\n" in text
    config.write_text(text.replace("percent_per_day = 0\n", f"percent_per_day = {percent}\n"), encoding="utf-8")
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", "--duedate=2026-05-01 10:00 UTC", check=True)
    aged(hand_in(course, tmp_path, "late.ipynb", lambda course: course.filled()), hours=1)
    aged(hand_in(course, tmp_path, "early.ipynb", lambda course: course.filled()), hours=30)
    graded = grade(course, tmp_path)
    assert_told(graded, "late", f"note: handed in 1 day after the due date: {cost}")
    assert told(graded, "early") == []
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        assert (gradebook.find_submission_notebook("tiny", "02_tiny", "late").late_submission_penalty or 0) == penalty


def test_a_due_date_that_comes_after_the_grading_counts_in_the_next_run(course: TinyCourse, tmp_path: Path) -> None:
    aged(hand_in(course, tmp_path, "late.ipynb", lambda course: course.filled()), hours=1)
    assert told(grade(course, tmp_path), "late") == []
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", "--duedate=2026-05-01 10:00 UTC", check=True)
    assert_told(grade(course, tmp_path), "late", "note: handed in 1 day after the due date: no points are taken for it")


def test_a_student_who_is_not_on_the_class_list_is_graded_and_named(course: TinyCourse, tmp_path: Path) -> None:
    course.run("nbgrader", "db", "student", "add", "amy", "--first-name=Amy", check=True)
    for student in ("amy", "zed"):
        hand_in(course, tmp_path, f"{student}.ipynb", lambda course: course.filled())
    graded = grade(course, tmp_path)
    assert recorded(graded.output, "zed") == FULL
    assert told(graded, "amy") == []
    assert_told(graded, "zed", "note: zed is not in the gradebook's list of students")


def test_a_test_that_fails_on_the_reference_stops_the_run_and_changes_nobody_s_points(
    course: TinyCourse, tmp_path: Path
) -> None:
    source = course.root / "src" / "02_tiny" / "02_tiny.py"
    text = source.read_text(encoding="utf-8").replace("answer_of_student == 2469134", "forgotten_name == 2469134")
    source.write_text(text, encoding="utf-8")
    hand_in(course, tmp_path, "amy.ipynb", lambda course: course.filled())
    run = course.tito("grade", tmp_path, "--module", "02", "--output", tmp_path / "out")
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "The grader's own cell double-more fails on the reference solution (NameError: " in run.stderr
    assert "nothing was graded" in run.stderr
    assert not (tmp_path / "out").exists()


def test_without_keep_going_a_broken_file_is_refused_and_the_sentence_names_the_option(
    course: TinyCourse, tmp_path: Path
) -> None:
    for name, (make, _) in UNREADABLE.items():
        hand_in(course, tmp_path, name, make)
    hand_in(course, tmp_path, "amy.ipynb", lambda course: course.filled())
    run = course.tito("grade", tmp_path, "--module", "02", "--output", tmp_path / "out")
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "--keep-going" in run.stderr
    for name, (_, said) in UNREADABLE.items():
        assert f"{student_of(name)}" in run.stderr
        assert said in run.stderr
    assert not (tmp_path / "out").exists()
    (tmp_path / "amy.ipynb").unlink()
    nothing = course.tito("grade", tmp_path, "--module", "02", "--output", tmp_path / "out", "--keep-going")
    assert nothing.returncode == 1
    assert "nothing in" in nothing.stderr
    assert not (tmp_path / "out").exists()


def test_plain_nbgrader_records_a_broken_submission_with_0_points_and_its_reason(course: TinyCourse) -> None:
    made = {
        "amy": lambda course: course.filled(),
        "bob": UNREADABLE["truncated.ipynb"][0],
        "cy": HONEST["utf16.ipynb"][0],
    }
    for student, make in made.items():
        hand_in(course, course.root / "submitted", f"{student}/02_tiny/tiny.ipynb", make)
    course.run("nbgrader", "generate_assignment", "02_tiny", "--force", check=True)
    course.run("nbgrader", "autograde", "02_tiny", check=True)
    course.run("nbgrader", "generate_feedback", "02_tiny", check=True)
    assert [recorded(course.root, student) for student in made] == [FULL, NOTHING, FULL]
    page = (course.root / "feedback" / "bob" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "the file stops in the middle" in page
