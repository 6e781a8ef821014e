"""Outputs are checked as nbformat's schema says."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbformat.v4 import output_from_msg

from tinytorch.course.outputs import OUTPUTS, as_output, error_output

RIGHT: dict[str, dict[str, Any]] = {
    "stream": {"name": "stdout", "text": "a\nb"},
    "display_data": {
        "data": {"text/plain": "1", "text/html": ["<b>", "1</b>"], "application/json": {"a": 1}},
        "metadata": {"image/png": {"width": 1}},
        "transient": {"display_id": "x"},
    },
    "execute_result": {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 3},
    "error": {"ename": "ValueError", "evalue": "no", "traceback": ["a", "b"]},
}
WRONG = [
    (kind, name, value)
    for kind, parts in OUTPUTS.items()
    for name in parts
    for value in (None, 1.5, [1], {"text/plain": 1}, b"x")
    if not (name in ("data", "execution_count") and value is None)  # nbformat takes that for nothing
    if not (name == "metadata" and isinstance(value, dict))  # which may hold anything
]


@pytest.mark.parametrize("kind", OUTPUTS)
def test_what_is_right_becomes_what_nbformat_makes_of_it(kind: str) -> None:
    assert as_output(kind, RIGHT[kind]) == output_from_msg({"header": {"msg_type": kind}, "content": RIGHT[kind]})


@pytest.mark.parametrize(("kind", "name", "value"), WRONG)
def test_what_nbformat_refuses_is_refused(kind: str, name: str, value: object) -> None:
    content = {**RIGHT[kind], name: value}
    with pytest.raises(ValueError, match=f"no {kind}: its {name} is"):
        as_output(kind, content)
    with pytest.raises((nbformat.ValidationError, ValueError, TypeError, AttributeError)):
        output_from_msg({"header": {"msg_type": kind}, "content": content})


def test_an_error_has_a_traceback_in_any_case() -> None:
    assert error_output("KeyError", "").traceback == ["KeyError"]
    assert error_output("KeyError", "'x'").traceback == ["KeyError: 'x'"]
