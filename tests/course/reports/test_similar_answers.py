"""Answers that are alike: a copy with other names is found, and what honest students wrote is not."""

from __future__ import annotations

import copy
import re
import shutil
from itertools import combinations
from pathlib import Path

import pytest
from nbformat import NotebookNode

from tests.helpers.corpus import Submission as CorpusSubmission
from tests.helpers.corpus import read_corpus
from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import GradedClass
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_id, read_notebook, solution_cells
from tinytorch.course.reports.results import ClassResults, StudentResult
from tinytorch.course.reports.similar_answers import alike, equal_answers, fingerprinted, write_similar

MODULE: Module = Course(ROOT).module("05")


@pytest.fixture(scope="module")
def released() -> NotebookNode:
    return read_notebook(MODULE.released_path)


@pytest.fixture(scope="module")
def corpus() -> dict[str, CorpusSubmission]:
    return {each.name: each for each in read_corpus(MODULE) if each.name.startswith("correct_")}


def renamed(notebook: NotebookNode) -> NotebookNode:
    """A copy whose author changed names and spaces, and wrote comments."""
    changed = copy.deepcopy(notebook)
    for cell in solution_cells(changed):
        cell.source = re.sub(r"\b(batch|order|samples|indices)\b", r"my_\1", cell.source)
        cell.source = cell.source.replace("\n    ", "\n    # as I understand it\n    ", 1).replace(" = ", "  =  ")
    return changed


def test_a_copy_with_other_names_and_comments_is_found(
    corpus: dict[str, CorpusSubmission], released: NotebookNode
) -> None:
    original = corpus["correct_reference"].notebook
    submissions = [
        fingerprinted("ada", original, released),
        fingerprinted("bob", renamed(original), released),
    ]
    (pair,) = alike(submissions)
    assert pair.students == ("ada", "bob")
    assert pair.share > 0.9
    assert not pair.equal
    assert alike(submissions[:1], earlier=submissions[1:]) == [pair]


def test_equal_answers_are_said_to_be_equal(corpus: dict[str, CorpusSubmission], released: NotebookNode) -> None:
    original = corpus["correct_reference"].notebook
    (pair,) = alike([fingerprinted(name, original, released) for name in ("ada", "bob")])
    assert (pair.share, pair.equal) == (1.0, True)


def test_what_was_released_is_not_an_answer(released: NotebookNode) -> None:
    untouched = fingerprinted("ada", released, released)
    assert not untouched.sources
    assert alike([untouched, fingerprinted("bob", released, released)]) == []


def test_cells_that_honest_authors_wrote_on_their_own_are_below_the_threshold(
    corpus: dict[str, CorpusSubmission], released: NotebookNode
) -> None:
    own = {name: _own_cells(each, corpus["correct_reference"]) for name, each in corpus.items()}
    shares = []
    for one, other in combinations(own, 2):
        both = [name for name in own[one] if name in own[other] and own[one][name] != own[other][name]]
        for name in both:
            pair = alike([_only(corpus[each], name, released) for each in (one, other)], least_share=0)
            shares += [each.share for each in pair]
    assert len(shares) > 20
    assert max(shares) < 0.6
    assert sorted(shares)[len(shares) // 2] < 0.3


def _own_cells(submission: CorpusSubmission, reference: CorpusSubmission) -> dict[str, str]:
    """The cells in which a submission is not the reference."""
    given = {grade_id(cell): cell.source for cell in solution_cells(reference.notebook)}
    return {
        str(grade_id(cell)): cell.source
        for cell in solution_cells(submission.notebook)
        if cell.cell_type == "code" and cell.source != given[grade_id(cell)]
    }


def _only(submission: CorpusSubmission, name: str, released: NotebookNode):
    """A submission of which one cell is written."""
    notebook = copy.deepcopy(released)
    for cell, filled in zip(solution_cells(notebook), solution_cells(submission.notebook), strict=True):
        if grade_id(cell) == name:
            cell.source = filled.source
    return fingerprinted(submission.name, notebook, released)


def test_the_page_shows_code_as_text(
    tmp_path: Path, corpus: dict[str, CorpusSubmission], released: NotebookNode
) -> None:
    original = copy.deepcopy(corpus["correct_reference"].notebook)
    solution_cells(original)[0].source += "\nmarkup = '<script>1</script>'"
    pairs = alike([fingerprinted(name, original, released) for name in ("ada", "bob")])
    write_similar(MODULE, pairs, tmp_path / "similar.html")
    page = (tmp_path / "similar.html").read_text(encoding="utf-8")
    assert "ada and bob: 100 %, equal to the character" in page
    assert "<script" not in page
    assert "&lt;script&gt;1&lt;/script&gt;" in page


def test_the_command_names_pairs_and_gives_no_verdict(graded: GradedClass, tmp_path: Path) -> None:
    shutil.copytree(graded.output / "autograded", tmp_path / "class" / "autograded")
    ran = graded.course.tito("similar", "02", "--output", tmp_path / "class", check=True)
    count = len(list((graded.output / "autograded").iterdir()))
    # Module 02's answers are a line or two: too little to say anything.
    assert f"{count} submissions compared, 0 pairs at 60 % or more: a reason to look, no verdict" in ran.stdout
    ran = graded.course.tito("similar", "02", "--output", tmp_path)
    assert ran.returncode == 1
    assert "has no graded submissions of 02_tiny: grade the class first" in ran.stderr


def test_who_has_the_same_code_is_named_in_the_terminal_and_who_wrote_nothing_is_not(graded: GradedClass) -> None:
    said = "the same code to the character, a reason to look and no verdict: answers, explores, hugs, right"
    named = [line for line in graded.run.stdout.splitlines() if line.startswith("the same code")]
    assert said in named
    assert not any(re.search(r"\b(untouched|skips|wrong)\b", line) for line in named)


def test_students_with_the_same_code_are_a_group_and_those_without_code_are_not() -> None:
    codes = {"ada": "a", "bob": "b", "cid": "", "dan": "a", "eve": ""}
    results = ClassResults(MODULE, [StudentResult(student, code=code) for student, code in codes.items()])
    assert equal_answers(results) == [["ada", "dan"]]
