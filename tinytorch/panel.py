"""A panel at the top of a notebook: which steps pass their visible tests, and how many points that is.

It reads what runs anyway. IPython tells it of each cell when that has run; a test of the course that ended without an
error has passed. So nothing runs twice, nothing has to be saved first, and when *Run All* stops the panel, which is
what one looks at then, says where and why. It knows of this kernel only: `tito check` runs the whole notebook anew.
Grading passes it over.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinytorch.course.layout import Course, CourseError
from tinytorch.course.notebook import STUB, grade_id, read_notebook, role_of, sections

_shown: Panel | None = None  # what this kernel shows; running the cell again begins anew


@dataclass
class Step:
    """One step of the notebook, and what became of its cells in this kernel."""

    name: str
    points: dict[str, float] = field(default_factory=dict)  # of each test, by its grade_id
    passed: dict[str, bool] = field(default_factory=dict)  # of the tests that ran since the step was last changed
    stubs: set[str] = field(default_factory=set)  # the cells to write that stopped at what was released in them
    cells: list[str] = field(default_factory=list)  # its tests and cells to write, in their order

    @property
    def visible_points(self) -> float:
        """The points of the tests that passed."""
        return sum(self.points[name] for name, passed in self.passed.items() if passed)

    @property
    def verdict(self) -> str:
        """The step in words: those of `tito check`, and one more for what has not run."""
        if self.stubs:
            return "not finished yet" if self.passed else "not written yet"
        if not all(self.passed.values()):
            return "fail"
        if len(self.passed) == len(self.points):
            return "pass"
        return "pass so far" if self.passed else "not run yet"


class Panel:
    """What the panel shows. References: IPython's `post_run_cell` event and its display handles."""

    def __init__(self, title: str, notebook: Any) -> None:
        self.title = title
        self.steps: dict[str, Step] = {}
        self._cells: dict[str, tuple[str, str, str]] = {}  # from an id, and from a test's source: role, grade_id, step
        self._stopped = ""
        for heading, cell in sections(notebook):
            name, role = grade_id(cell), role_of(cell)
            if name is None or role not in ("solution", "test"):
                continue
            if role == "test" and cell.metadata.nbgrader.points == 0:
                continue
            step = self.steps.setdefault(heading, Step(heading))
            step.cells.append(name)
            if role == "test":
                step.points[name] = float(cell.metadata.nbgrader.points)
                self._cells[cell.source.strip()] = role, name, heading
            self._cells[str(cell.get("id", name))] = role, name, heading
        self.steps = {name: step for name, step in self.steps.items() if step.points}

    def take(self, cell_id: str | None, source: str, error: BaseException | None) -> bool:
        """Note how a cell ended, and say whether the panel has something new to show."""
        before = self._repr_html_()
        known = self._cells.get(source.strip()) or self._cells.get(cell_id or "")
        role, name, heading = known or ("", "", "")
        step = self.steps.get(heading)
        if step is not None and role == "test":
            step.passed[name] = error is None
        elif step is not None:
            for below in step.cells[step.cells.index(name) :]:
                step.passed.pop(below, None)  # it has to say anew
            step.stubs.discard(name)
            if isinstance(error, NotImplementedError) and STUB in source:
                step.stubs.add(name)
        self._stopped = ""
        if error is not None:
            place = f" of {heading}" if heading else ""
            self._stopped = f"Stopped at a cell{place}: {_first_line(error)}"
        return self._repr_html_() != before

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                step.name,
                step.verdict,
                f"{sum(step.passed.values())} of {len(step.points)}",
                f"{step.visible_points:g} of {sum(step.points.values()):g}",
            )
            for step in self.steps.values()
        ]

    def _summary(self) -> str:
        points = sum(step.visible_points for step in self.steps.values())
        most = sum(sum(step.points.values()) for step in self.steps.values())
        return f"{self.title}: {points:g} of {most:g} visible points"

    def __repr__(self) -> str:
        rows = [f"  {name}: {verdict}, {tests} tests, {points} points" for name, verdict, tests, points in self._rows()]
        return "\n".join([self._summary(), *rows, *([self._stopped] if self._stopped else [])])

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col" style="{LEFT}">{head}</th>' for head in HEADS)
        rows = "".join(
            f'<tr><th scope="row" style="{LEFT}">{html.escape(name)}</th>'
            + "".join(f'<td style="{LEFT}">{html.escape(value)}</td>' for value in values)
            + "</tr>"
            for name, *values in self._rows()
        )
        caption = f'<caption style="{LEFT}; font-weight: bold; white-space: nowrap">{html.escape(self._summary())}'
        stopped = f"<p>{html.escape(self._stopped)}</p>" if self._stopped else ""
        table = f"<table>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return f"<div>{table}{stopped}</div>"


def _first_line(error: BaseException) -> str:
    """Return what a test or a stub says as it stands, and any other error with its name."""
    line = (str(error).strip().splitlines() or [""])[0]
    return (
        line if line and isinstance(error, (AssertionError, NotImplementedError)) else f"{type(error).__name__}: {line}"
    )


LEFT = "text-align: left"
HEADS = ("step", "verdict", "tests", "visible points")


def show_panel(module: str) -> None:
    """Show the panel for a module, such as "05", and keep it up to date while cells of this notebook run.

    Outside a notebook, or where the course's folder is not around the notebook, one sentence says so.
    """
    global _shown
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    try:
        chosen = Course.find(Path.cwd()).module(module)
        panel = Panel(f"Module {chosen.number}", read_notebook(chosen.released_path))
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
