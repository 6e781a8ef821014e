"""What plain `nbdev-export` calls for each cell of a notebook, because `export_procs` in pyproject.toml names it."""

from __future__ import annotations

from typing import Any


def keep_docstrings(cell: Any = None) -> None:
    """Have nbdev leave the package's own docstring alone, and write no llms.txt; cells stay as they are.

    After an export, nbdev 3.3.26 replaces the docstring of tinytorch/__init__.py with a list of all modules whose
    docstrings have more than three lines, whoever wrote them, and writes the same list into llms.txt beside the
    notebooks. No setting turns this off. Upstream: AnswerDotAI/nbdev issues 1619 and 1634.
    """
    import nbdev.config
    import nbdev.doclinks

    nbdev.config.update_init_mdoc = nbdev.doclinks.update_llms_txt = _write_nothing


def _write_nothing(*arguments: Any, **options: Any) -> None:
    """Take the place of a function that writes."""
