"""Which cells are judged, and what is sent along with them. What the judge decides is in test_judge.py."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tinytorch.course.verdict.run_tests import defines_functions_only, is_judged


def cell(**settings: object) -> NotebookNode:
    return new_code_cell("assert True", metadata={"nbgrader": {"grade_id": "a", **settings}})


def test_only_tests_that_give_points_are_judged() -> None:
    assert is_judged(cell(grade=True, solution=False, points=2))
    assert not is_judged(cell(grade=True, solution=False, points=0))
    assert not is_judged(cell(grade=True, solution=True, points=2))
    assert not is_judged(cell(grade=False, solution=False, locked=True, points=2))
    assert not is_judged(new_code_cell("assert True"))


@pytest.mark.parametrize(
    ("source", "alone"),
    [
        ("def error_of(call):\n    return call", True),
        ("def one():\n    pass\n\ndef two():\n    pass", True),
        ("import numpy as np", False),
        ("def one():\n    pass\n\none()", False),
        ("@patch\ndef one(self: Tensor):\n    pass", False),
        ("", False),
    ],
)
def test_given_functions_are_sent_along_if_their_cell_does_nothing_else(source: str, alone: bool) -> None:
    assert defines_functions_only(source) == alone
