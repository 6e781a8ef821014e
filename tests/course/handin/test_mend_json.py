"""What editors leave out of a notebook's file, or write by halves, is put right and told, and costs nobody a point."""

from __future__ import annotations

import csv
import html
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.hand_in import written
from tests.helpers.tiny_course import GradedClass, TinyCourse, cell_named
from tinytorch.course.handin.mend_json import mend
from tinytorch.course.handin.read_file import read_submission

HALF = "\ud83d"
HALVES = "it had half of a character in its text"
PARTS = "of the file lack parts that every cell has"


def texts_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells that nbgrader does not know."""
    return [cell for cell in document["cells"] if "nbgrader" not in cell["metadata"]]


def half_in_a_text_cell(document: dict[str, Any]) -> None:
    texts_of(document)[0]["source"] = f"half an emoji {HALF}"


def half_in_an_answer(document: dict[str, Any]) -> None:
    answer = next(
        cell for cell in document["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double"
    )
    answer["source"] += f"# {HALF}\n"


def half_in_the_metadata(document: dict[str, Any]) -> None:
    document["metadata"][HALF] = document["cells"][0]["metadata"][HALF] = HALF


def no_metadata(document: dict[str, Any]) -> None:
    for cell in texts_of(document):
        del cell["metadata"]
    del document["metadata"]


def no_source(document: dict[str, Any]) -> None:
    del texts_of(document)[0]["source"]


def no_outputs(document: dict[str, Any]) -> None:
    for cell in document["cells"]:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def no_format(document: dict[str, Any]) -> None:
    del document["nbformat"], document["nbformat_minor"]


def no_cell(document: dict[str, Any]) -> None:
    document["cells"][1:1] = ["a text", None]


def half_printed(document: dict[str, Any]) -> None:
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "own"}
    document["cells"].append({**own, "source": "print(chr(0xD83D)); raise ValueError(chr(0xD83D))"})


# How a file differs from what JupyterLab saves, and what its student is told
CHANGES: dict[Callable[[dict[str, Any]], None], str] = {
    half_in_a_text_cell: HALVES,
    half_in_an_answer: HALVES,
    half_in_the_metadata: HALVES,
    no_metadata: PARTS,
    no_source: "1 cell of the file lacks parts that every cell has (source)",
    no_outputs: PARTS,
    no_format: "",
    no_cell: "2 of the file's cells are no cells; they were left out",
    half_printed: "",
}


class TestAClassOfSuchFiles:
    """One file for each change, graded at once."""

    @pytest.fixture(scope="class")
    def graded(self, built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
        root, folder = tmp_path_factory.mktemp("mended") / "course", tmp_path_factory.mktemp("handed_in")
        shutil.copytree(built_course.root, root)
        course = TinyCourse(root)
        for change in CHANGES:
            document = json.loads(written(course.filled()))
            change(document)
            (folder / f"{change.__name__}.ipynb").write_text(json.dumps(document), encoding="utf-8")
        return GradedClass(course, folder, root, course.tito("grade", folder, "--module", "02"))

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
    def test_nobody_loses_a_point_and_everybody_is_told(
        self, graded: GradedClass, change: Callable[[dict[str, Any]], None]
    ) -> None:
        assert graded.run.returncode == 0, graded.run.stderr
        assert graded.points(change.__name__)["points"] == 20
        assert CHANGES[change] in html.unescape(graded.page(change.__name__))

    def test_every_export_says_the_same(self, graded: GradedClass) -> None:
        students = {change.__name__ for change in CHANGES}
        for name, key, value in (("nbgrader.csv", "student_id", "score"), ("canvas.csv", "SIS Login ID", "02_tiny")):
            with (graded.output / name).open(encoding="utf-8", newline="") as file:
                rows = {row[key]: row[value] for row in csv.DictReader(file)}
            assert {float(rows[student]) for student in students} == {20}


def test_halves_in_the_bytes_of_a_file_leave_its_other_letters_as_they_are(
    built_course: TinyCourse, tmp_path: Path
) -> None:
    notebook = built_course.filled()
    cell_named(notebook, "double").source += "# caf\u00e9 \ud83d\ude00 \ud83d\n"
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(json.dumps(notebook, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    read, changes = read_submission(path)
    assert cell_named(read, "double").source.endswith("# caf\u00e9 \U0001f600 \ufffd\n")
    assert [change for change in changes if "half of a character" in change]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None, exclude_categories=())),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=3), each, max_size=3),
    max_leaves=5,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        name: JSON for name in ("cell_type", "metadata", "source", "outputs", "execution_count", "id", "attachments")
    },
)


@given(st.lists(CELL | JSON, max_size=4))
def test_whatever_stands_for_a_cell_the_answers_beside_it_are_read(cells: list[Any]) -> None:
    answer = {"cell_type": "code", "metadata": {}, "source": "answer = 42", "outputs": [], "execution_count": None}
    document, _ = mend({"cells": [*cells, answer], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    for cell in document["cells"]:
        assert isinstance(cell["metadata"], dict)
        assert isinstance(cell["source"], str)
    assert document["cells"][-1] == answer
    json.dumps(document, ensure_ascii=False).encode("utf-8")
