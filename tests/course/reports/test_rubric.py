"""Rubrics as questions state them, and comments with the points of each item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from nbformat.v4 import new_markdown_cell, new_notebook

from tests.helpers.repository import ROOT
from tinytorch.course.layout import Course
from tinytorch.course.notebook import read_notebook
from tinytorch.course.reports.rubric import RubricItem, WrittenQuestion, joined, taken_apart, written_questions

QUESTION = WrittenQuestion("why", "Why?", 10, (RubricItem("a choice: for each", 4), RubricItem("a reason", 6)))


def test_each_written_answer_of_the_course_has_a_rubric_that_gives_its_points() -> None:
    questions = [
        question
        for module in Course(ROOT).modules
        for question in written_questions(read_notebook(module.released_path))
    ]
    assert [question.cell for question in questions] == ["question-choice"]
    for question in questions:
        assert sum(item.max_points for item in question.items) == question.max_points
        assert len(question.items) >= 3


def test_a_rubric_whose_points_do_not_add_up_is_one_item() -> None:
    notebook = read_notebook(Course(ROOT).module("05").released_path)
    for cell in notebook.cells:
        cell.source = cell.source.replace("a choice for each case (4)", "a choice for each case (5)")
    (question,) = written_questions(notebook)
    assert question.items == (RubricItem("the answer", 10),)


@pytest.mark.parametrize(
    "stated",
    [
        "*Rubric:* a choice (for each case) (4), a reason,\nfrom 2 figures (6).",
        "**Rubric:** a choice (for each case) (4); a reason, from 2 figures (6)",
        "*Rubric: a choice (for each case) (4), a reason, from 2 figures (6).*",
    ],
)
def test_an_item_may_hold_brackets_and_the_word_before_the_items_may_be_bold(stated: str) -> None:
    question = new_markdown_cell(f"Why?\n\n{stated}")
    settings = {"grade": True, "solution": True, "locked": False, "points": 10, "grade_id": "why", "schema_version": 3}
    answer = new_markdown_cell(metadata={"nbgrader": settings})
    (found,) = written_questions(new_notebook(cells=[question, answer]))
    assert found.items == (RubricItem("a choice (for each case)", 4), RubricItem("a reason, from 2 figures", 6))


@pytest.mark.parametrize(
    ("points", "remark", "comment"),
    [
        ([4, 2.5], "Good.", "- a choice: for each: 4 of 4\n- a reason: 2.5 of 6\n\nGood."),
        ([None, 0], "", "- a reason: 0 of 6"),
        ([3.33333333, 0.00001], "", "- a choice: for each: 3.33333333 of 4\n- a reason: 1e-05 of 6"),
        ([None, None], "Say more.", "Say more."),
        ([None, None], "", ""),
    ],
)
def test_a_comment_lists_the_items_and_is_read_again(points: list[float | None], remark: str, comment: str) -> None:
    assert joined(QUESTION, points, remark) == comment
    assert taken_apart(QUESTION, comment) == (points, remark)


def test_a_list_of_somebody_s_own_is_a_remark() -> None:
    comment = "- a nice idea: 3 of 4\n- and more"
    assert taken_apart(QUESTION, comment) == ([None, None], comment)


@given(some.text(), some.lists(some.none() | some.floats(0, 4), min_size=2, max_size=2))
def test_what_was_joined_comes_apart_again(remark: str, points: list[float | None]) -> None:
    told, again = taken_apart(QUESTION, joined(QUESTION, points, remark))
    if not remark.strip().startswith("- "):
        assert told == points
        assert again == remark.strip()
