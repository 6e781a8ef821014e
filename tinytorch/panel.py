"""A panel at the top of a notebook: which steps pass their visible tests, and how many points that gives.

It watches the cells that run anyway: IPython tells it of each cell that has run, and a test of the course that ended
without an error has passed. So nothing runs twice, and nothing has to be saved first. When *Run All* stops at an error,
the reader looks at the top of the notebook, and there the panel says where it stopped and why. It knows this kernel
only; `tito check` runs the whole notebook in a new one. Grading skips the panel's cell.
"""

# ruff: noqa: E402

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from tinytorch.course.patches import import_nbformat_later

import_nbformat_later()  # the panel reads a notebook that needs no check, in a kernel that has its own work to do

from tinytorch.course.error_text import error_line, first_line
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.notebook import STUB, grade_id, read_own_notebook, role_of, sections
from tinytorch.course.student.steps import COLUMNS, WHAT_POINTS_ARE, Step, points_in_all, reached, steps_of

LEFT = "text-align: left"

_shown: Panel | None = None  # the panel that this kernel shows; running its cell again makes a new one


class Panel:
    """What the panel shows. References: IPython's `post_run_cell` event and its display handles."""

    def __init__(self, title: str, notebook: Any) -> None:
        self.title = title
        self.steps: dict[str, Step] = steps_of(notebook, Step)
        self._points_are = f"{WHAT_POINTS_ARE} {points_in_all(notebook)}".rstrip()
        self._cells: dict[str, tuple[str, str]] = {}  # from a cell's id, and from a test's source: grade_id, section
        self._released: dict[str, str] = {}  # the source of each of these, by its grade_id
        self._stopped = ""
        for section, cell in sections(notebook):
            name, step = grade_id(cell), self.steps.get(section)
            is_test = step is not None and name in step.points
            if name is not None and (is_test or role_of(cell) == "solution"):
                self._cells[str(cell.get("id", name))] = name, section
                self._released[name] = cell.source.strip()
                if is_test:
                    self._cells[cell.source.strip()] = name, section

    def take(self, cell_id: str | None, source: str, error: BaseException | None) -> bool:
        """Record how a cell ended. Return whether the panel has something new to show."""
        before = self._repr_html_()
        name, section = self._cells.get(source.strip()) or self._cells.get(cell_id or "") or ("", "")
        step = self.steps.get(section)
        if step is not None and name in step.points:
            step.passed[name] = error is None
        elif step is not None:
            for below in step.cells[step.cells.index(name) :]:
                step.passed.pop(below, None)  # it ran with the cell as it was before
            is_stub = isinstance(error, NotImplementedError) and STUB in source
            step.written[name] = not is_stub and source.strip() != self._released.get(name)
        self._stopped = ""
        if error is not None:
            where = f" of {section}" if section else ""
            self._stopped = f"Stopped at a cell{where}: {_shown_error(error)}"
        return self._repr_html_() != before

    def _summary(self) -> str:
        return f"{self.title}: {reached(list(self.steps.values()))}"

    def __repr__(self) -> str:
        rows = [step.row for step in self.steps.values()]
        lines = [f"  {name}: {verdict}, {tests} tests, {points} points" for name, verdict, tests, points in rows]
        return "\n".join([self._summary(), *lines, self._points_are, *([self._stopped] if self._stopped else [])])

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col" style="{LEFT}">{head}</th>' for head in COLUMNS)
        rows = "".join(
            f'<tr><th scope="row" style="{LEFT}">{html.escape(name)}</th>'
            + "".join(f'<td style="{LEFT}">{html.escape(value)}</td>' for value in values)
            + "</tr>"
            for name, *values in (step.row for step in self.steps.values())
        )
        caption = f'<caption style="{LEFT}; font-weight: bold; white-space: nowrap">{html.escape(self._summary())}'
        stopped = f"<p>{html.escape(self._stopped)}</p>" if self._stopped else ""
        table = f"<table>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return f"<div>{table}<p>{html.escape(self._points_are)}</p>{stopped}</div>"


def _shown_error(error: BaseException) -> str:
    """Return the first line of an error: a test's or a stub's message alone, any other with the error's name."""
    if isinstance(error, (AssertionError, NotImplementedError)) and (line := first_line(error)):
        return line
    return error_line(type(error).__name__, error)


def show_panel(module: str) -> None:
    """Show the panel for a module, such as "05", and update it each time that a cell of this notebook has run.

    Outside a notebook it is printed once. Where the notebook is not in a course folder, one sentence says so.
    """
    global _shown
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    try:
        chosen = Course.find(Path.cwd()).module(module)
        panel = Panel(f"Module {chosen.number}", read_own_notebook(chosen.released_path))
    except CourseError as error:
        print(f"No panel is shown: {error}")
        return
    if shell is None:
        print(panel)
        return
    handle = display(panel, display_id=True)  # type: ignore[no-untyped-call]

    def follow(result: Any) -> None:
        if _shown is not panel:
            shell.events.unregister("post_run_cell", follow)
            return
        info, error = result.info, result.error_before_exec or result.error_in_exec
        if panel.take(getattr(info, "cell_id", None), str(info.raw_cell), error):
            handle.update(panel)

    _shown = panel
    shell.events.register("post_run_cell", follow)
