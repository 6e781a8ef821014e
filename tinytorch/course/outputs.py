"""The outputs of a cell, in the form in which a notebook holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nbformat import NotebookNode, from_dict

from tinytorch.course.whole_text import whole_text, whole_texts


def error_output(ename: str, evalue: str, traceback: Sequence[str] = ()) -> NotebookNode:
    """Return an error as an output of a notebook's cell."""
    lines = [whole_text(str(line)) for line in traceback or [f"{ename}: {evalue}" if evalue else ename]]
    return NotebookNode(output_type="error", ename=whole_text(ename), evalue=whole_text(evalue), traceback=lines)


def as_output(kind: str, content: dict[str, Any]) -> NotebookNode:
    """Return a kernel's message as an output of a cell, or raise `ValueError` if no notebook may hold it.

    The rules are those of nbformat's schema. To check each output by the schema itself takes longer than most cells.
    """
    for name, fits in OUTPUTS[kind].items():
        if not fits(content.get(name)):
            raise ValueError(f"no {kind}: its {name} is {content.get(name)!r}")
    return from_dict({"output_type": kind, **{name: whole_texts(content[name]) for name in OUTPUTS[kind]}})


def _is_mime_bundle(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_text(content) or _is_texts(content) or kind.endswith("json") for kind, content in value.items()
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_count(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_metadata(value: Any) -> bool:
    return isinstance(value, dict)


# The parts of each kind of output, and how each is checked
OUTPUTS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "stream": {"name": _is_text, "text": _is_text},
    "display_data": {"data": _is_mime_bundle, "metadata": _is_metadata},
    "execute_result": {"data": _is_mime_bundle, "metadata": _is_metadata, "execution_count": _is_count},
    "error": {"ename": _is_text, "evalue": _is_text, "traceback": _is_texts},
}
