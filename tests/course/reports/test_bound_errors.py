"""Errors on a feedback page: each traceback once, without other packages' code, and no endless value."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_notebook, new_output

from tinytorch.course.reports.bound_errors import MOST_CHARACTERS, bound_errors

HEADER = ["-" * 75, "ValueError                                Traceback (most recent call last)"]
OWN = "\x1b[36mCell\x1b[39m In[5], line 2, in double(x)\n----> 2 return np.stack(x)\n"
OF_NUMPY = (
    "\x1b[36mFile \x1b[39m/home/ada/.venv/lib/python3.11/site-packages/numpy/core.py:452, in stack(arrays)\n"
    "    450 a docstring\n--> 452     raise ValueError\n"
)
SAID = "ValueError: shapes differ"


def failed(source, *traceback):
    name, value = SAID.split(": ")
    return new_code_cell(source, outputs=[new_output("error", ename=name, evalue=value, traceback=list(traceback))])


def shown(*cells):
    notebook = new_notebook(cells=list(cells))
    bound_errors(notebook)
    return ["\n".join(cell.outputs[0].traceback) for cell in notebook.cells]


def test_a_frame_of_a_package_is_its_first_line_and_the_student_s_own_is_whole():
    (text,) = shown(failed("# Test 1a · 2 points · doubles", *HEADER, OWN, OF_NUMPY, SAID))
    assert "return np.stack(x)" in text
    assert "numpy/core.py:452, in stack(arrays)" in text
    assert "a docstring" not in text
    assert text.endswith(SAID)


def test_lines_that_led_to_several_errors_are_shown_once_and_each_error_keeps_its_message():
    first, second, third, other = shown(
        failed("# Test 1a · 2 points · doubles", *HEADER, OWN, OF_NUMPY, SAID),
        failed("# Test 1b · 1 point · triples", *HEADER, OWN, OF_NUMPY, SAID),
        failed("# Test 1c · 1 point · halves", *HEADER, OWN, OF_NUMPY, "ValueError: another"),
        failed("# Test 1d · 1 point · none", *HEADER, OWN, SAID),
    )
    assert OWN in first
    assert second == f"From the same line as in Test 1a:\n{SAID}"
    assert third == "From the same line as in Test 1a:\nValueError: another"
    assert OWN in other


def test_errors_that_no_line_led_to_are_not_said_to_be_of_one():
    assert shown(failed("# Test 1a", *HEADER, SAID), failed("# Test 1b", *HEADER, "ValueError: another"))[1].endswith(
        "last)\nValueError: another"
    )


def test_of_an_endless_value_the_beginning_and_the_end_are_shown():
    (text,) = shown(failed("# Test 1a", "ValueError: it gave [" + "0, " * 10_000 + "0], not a tuple"))
    assert len(text) <= MOST_CHARACTERS
    assert text.startswith("ValueError: it gave [0, ")
    assert text.endswith("0], not a tuple")
