"""NumPy's errors in words that say what to look for: some of its own name parts of its code, or a way out that is none.

What is quoted of an error stays as NumPy says it, so that it can be searched for. Numbers are shown with fewer digits.
"""

from __future__ import annotations

import re

MATMUL = re.compile(r"matmul: Input operand 1 has a mismatch .*\((size (\d+) is different from (\d+))\)")
TRUTH = re.compile(
    r"(The truth value of an array with more than one element is ambiguous)\. Use a\.any\(\) or a\.all\(\)"
)
SHAPES = re.compile(r"could not be broadcast together with shapes \(([\d,]*)\) \(([\d,]*)\)\s*$")
RAGGED = re.compile(r"setting an array element with a sequence\. The requested array has an (inhomogeneous shape) .*")

ALL_DIGITS = re.compile(r"(?<![\w.])-?\d+\.\d{6,}\b(?!e)|(?<=[\[ ])-?\d+\.0(?=[\],])")
NUMBER = re.compile(r"(?<![\w.])(?:-?\d[\d.]*|nan|-?inf)\b")


def in_plain_words(error: str) -> str:
    """Return an error in one line, with what NumPy says of shapes and conditions said plainly."""
    error = MATMUL.sub(
        r"the left side of `@` has rows of \3 numbers, the right side has \2 rows (\1): is a transpose missing?",
        error,
    )
    error = TRUTH.sub(r"\1: np.maximum, np.where or a mask take all of it at once.", error)
    error = RAGGED.sub(r"\1: what is to become one array has parts of different shapes.", error)
    shapes = SHAPES.search(error)
    if shapes and _lacks_an_axis(*(tuple(filter(None, shape.split(","))) for shape in shapes.groups())):
        return f"{error.rstrip()}: is `keepdims=True` missing?"
    return error


def with_few_digits(said: str) -> str:
    """Return a message with its numbers to five digits, if what came is then still not what should have come."""
    short = ALL_DIGITS.sub(lambda number: f"{float(number[0]):.5g}", said)
    wanted, came = (f" {' '.join(NUMBER.findall(half))} " for half in short.partition("; ")[::2])
    return said if came in wanted else short


def _lacks_an_axis(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one shape is the other without one of its axes, as a sum or a maximum along it is."""
    large, small = max(one, other, key=len), min(one, other, key=len)
    return any(large[:axis] + large[axis + 1 :] == small for axis in range(len(large)))
