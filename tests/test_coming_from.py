"""docs/coming_from.md: each line of its tables does what it says, here and in PyTorch, and still differs from the book.

The book's lines were read in the repository harvard-edge/cs249r_book, tinytorch/ at version 0.1.10 (its pyproject.toml
as of commit 04d2a1fe859f; 03_layers of f781d6329ea4, 06_autograd of e3928c56a8aa, 08_training of cbfa4640c47b,
09_convolutions of bcf81d9490cc).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import tinytorch
from tests.helpers.repository import ROOT

PAGE = (ROOT / "docs" / "coming_from.md").read_text(encoding="utf-8")
CLAIM = re.compile(r"`(?P<code>[^`]+)` (?P<verb>gives|raises) `(?P<result>[^`]+)`")


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table of the page."""
    body = re.search(rf":name: {table}\n\n(.*?)```", PAGE, re.DOTALL)
    assert body
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in body[1].strip().splitlines()]
    return [row for row in cells if len(row) == 3 and CLAIM.search(row[2])]


def outcome(code: str, names: dict[str, Any]) -> str:
    """Return what an expression gives, or the name of what it raises."""
    try:
        return repr(eval(code, names))
    except (AttributeError, ImportError, TypeError) as error:
        return type(error).__name__


@pytest.fixture
def ours() -> dict[str, Any]:
    """The names that the page's examples share."""
    names = {name: getattr(tinytorch, name) for name in tinytorch.__all__}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], names)
    return names


@pytest.fixture
def theirs() -> dict[str, Any]:
    """The same in PyTorch."""
    torch = pytest.importorskip("torch", reason="the lines of PyTorch need it: make torch")
    tensor = torch.tensor([[1.0, 5.0], [3.0, 2.0]], requires_grad=True)
    (tensor * 3).sum().backward()
    dataset = torch.utils.data.TensorDataset(torch.arange(4))
    return {"torch": torch, "np": np, "t": tensor, "torch_loader": torch.utils.data.DataLoader(dataset, 2)}


FROM_PYTORCH, FROM_THE_BOOK = rows("tab-from-pytorch"), rows("tab-from-book")


def test_both_tables_are_read_whole():
    assert 2 * len(FROM_PYTORCH + FROM_THE_BOOK) == len(CLAIM.findall(PAGE))
    assert len(FROM_PYTORCH) >= 12
    assert len(FROM_THE_BOOK) >= 8


@pytest.mark.parametrize("row", FROM_PYTORCH + FROM_THE_BOOK, ids=lambda row: row[0])
def test_a_line_here_does_what_the_page_says(row, ours):
    claim = CLAIM.fullmatch(row[2])
    assert outcome(claim["code"], ours) == claim["result"]


@pytest.mark.parametrize("row", FROM_PYTORCH, ids=lambda row: row[0])
def test_a_line_of_pytorch_does_what_the_page_says(row, theirs):
    claim = CLAIM.fullmatch(row[1])
    assert outcome(claim["code"], theirs) == claim["result"]


@pytest.mark.parametrize("row", FROM_THE_BOOK, ids=lambda row: row[0])
def test_a_line_of_the_book_gives_something_else_here(row, ours):
    claim = CLAIM.fullmatch(row[1])
    assert outcome(claim["code"], ours) != claim["result"]


def test_what_is_said_to_be_the_same_is(ours):
    assert ours["Linear"](3, 2).weight.shape == (2, 3)
    assert isinstance(ours["x"].grad, ours["Tensor"])
    assert isinstance(ours["x"].grad.data, np.ndarray)
    torch = pytest.importorskip("torch", reason="the lines of PyTorch need it: make torch")
    assert tuple(torch.nn.Linear(3, 2).weight.shape) == (2, 3)
