"""The page that an instructor opens after a grading run: report.html, a single file without scripts.

Two figures show how the class did and which tests were hardest. Tables show what went wrong most often, and which
submissions a person should look at: flagged, broken and late ones. Whatever comes from a submission is shown as text.
"""

from __future__ import annotations

import dataclasses
import html
import io
import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tinytorch.course.files import write_whole
from tinytorch.course.kept import compiled_templates, made_once
from tinytorch.course.reports.class_statistics import (
    LEAST_STUDENTS,
    StepStatistics,
    section_statistics,
    step_statistics,
    test_statistics,
)
from tinytorch.course.reports.results import ClassResults, StudentResult, one_line

if TYPE_CHECKING:  # matplotlib takes long to load, so what draws imports it
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).parent / "templates" / "report"
MOST_BARS = 15  # in the figure of the hardest tests
MOST_MESSAGES = 10
MOST_STUDENTS = 20  # in each table but the last one, which has all
MOST_NAMES = 3  # of students or tests in one cell

# Okabe and Ito's blue and vermilion (2008), which colour-blind readers can tell apart; colour alone says nothing
BLUE, VERMILION, INK, PALE = "#0072B2", "#D55E00", "#222222", "#DDE3E8"
STYLE: Any = {  # matplotlib types its keys one by one
    "svg.fonttype": "none",  # text stays text, which readers can search, select and see in their own font
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": INK,
    "text.parse_math": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
}


@dataclass(frozen=True)
class Person:
    """A student's name on the page, with a link to the feedback page if there is one."""

    name: str
    link: str  # relative to the report's folder; empty if there is no page


@dataclass(frozen=True)
class Cut:
    """The first few of a list, and how many more there are."""

    shown: list[object]
    more: int

    @classmethod
    def of(cls, items: Iterable[object], most: int) -> Cut:
        """Return the first `most` items; if there is only one more, it is shown as well."""
        every = list(items)
        shown = every if len(every) <= most + 1 else every[:most]
        return cls(shown, len(every) - len(shown))


def get_ready() -> None:
    """Import what draws the figures, which takes as long as to draw them: for whoever waits before `write_report`."""
    import matplotlib.backends.backend_svg
    import matplotlib.dates
    import matplotlib.figure  # noqa: F401


def write_report(
    results: ClassResults,
    path: Path,
    folder: Path | None = None,
    steps: Mapping[str, str] | None = None,
    sections: Mapping[str, str] | None = None,
    ideas: Mapping[str, str] | None = None,
) -> None:
    """Write the page of a grading run to `path`; the same results give the same bytes.

    Args:
        results: what the class reached.
        path: the page.
        folder: the grading run's output: the page links to each feedback page that is in it.
        steps: the step of each test, by the test's name.
        sections: the section of the class that a student is in, by the student's id.
        ideas: what a test tries or a step is about, by its name.
    """
    people = {student.student: _person(results, student.student, path, folder) for student in results.students}
    in_steps = step_statistics(results, steps or {})
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=compiled_templates(),
    )
    environment.filters |= {"number": _number, "code": _code, "line": one_line}
    page = environment.get_template("report.html.j2").render(
        results=results,
        people=people,
        tiles=_tiles(results),
        left_out=_left_out(results),
        steps=in_steps,
        **_figures(results, in_steps),
        tests=test_statistics(results, steps or {}),
        least_students=LEAST_STUDENTS,
        ideas=ideas or {},
        sections=section_statistics(results, sections or {}),
        messages=_messages(results),
        flagged=Cut.of(_flagged(results), MOST_STUDENTS),
        trust={student.student: _trust(student.student) for student in results.students if student.held_back},
        broken=Cut.of(_broken(results), MOST_STUDENTS),
        late=Cut.of([student for student in results.students if student.lateness], MOST_STUDENTS),
        cut=Cut.of,
        most_names=MOST_NAMES,
    )
    write_whole(path, (page.rstrip() + "\n").encode("utf-8", "replace"))


def _figures(results: ClassResults, steps: list[StepStatistics]) -> dict[str, Any]:
    """Return the figures by their names in the template: from an earlier run, or drawn now and kept for the next."""

    def draw() -> dict[str, Any]:
        import matplotlib

        with matplotlib.rc_context(STYLE):
            return {
                "distribution": _distribution(results),
                "hardest": dataclasses.asdict(_hardest(results)),
                "drawn_steps": _steps(steps),
                "written": _written(results),
                "over_time": _over_time(results),
            }

    figures = made_once("figures", (results, steps), draw)
    hardest = figures.pop("hardest")
    hardest = Hardest(**{**hardest, "figure": Markup(hardest["figure"])})
    return {**{name: Markup(svg) for name, svg in figures.items()}, "hardest": hardest}


def _person(results: ClassResults, name: str, path: Path, folder: Path | None) -> Person:
    """Return a student's name, with the link from the report to the feedback page."""
    link = ""
    if folder is not None and folder.is_relative_to(path.parent):
        parts = ("feedback", name, results.module.assignment, f"{results.module.name}.html")
        if "/" not in name and folder.joinpath(*parts).is_file():
            relative = (*folder.relative_to(path.parent).parts, *parts)
            link = "./" + "/".join(quote(part, safe="") for part in relative)
    return Person(one_line(name), link)


def _tiles(results: ClassResults) -> list[tuple[str, str, str]]:
    """Return the counts at the top of the page: the number, what it counts, and the section with the details."""
    points = [student.points for student in results.counted]
    waiting = sum(student.written_waiting for student in results.students)
    broken = len({student.student for student, _, _ in _broken(results)})
    late = sum(bool(student.lateness) for student in results.students)
    files, absent = len(results.found.to_look_at), len(results.found.absent)
    more = [(f"{files:,}", "file not graded" if files == 1 else "files not graded", "files")] if files else []
    more += [(f"{absent:,}", "handed in nothing", "absent")] if absent else []
    return [
        (f"{len(results.students):,}", "submission" if len(results.students) == 1 else "submissions", "students"),
        (_number(median(points)) if points else "none", f"median of {_number(_most_points(results))}", "distribution"),
        (_number(fmean(points)) if points else "none", f"mean of {_number(_most_points(results))}", "distribution"),
        (f"{len(_flagged(results)):,}", "flagged", "flagged"),
        (f"{broken:,}", "broken", "broken"),
        (f"{late:,}", "late", "late"),
        *more,
        (f"{waiting:,}", "written answer waits" if waiting == 1 else "written answers wait", "students"),
    ]


def _left_out(results: ClassResults) -> list[str]:
    """Return which submissions the figures and the table of messages leave out."""
    counts = {
        "held back": sum(student.held_back for student in results.graded),
        "unreadable": sum(not student.held_back and bool(student.unreadable) for student in results.graded),
        "not graded": len(results.failures),
    }
    return [f"{count:,} {what}" for what, count in counts.items() if count]


def _distribution(results: ClassResults) -> Markup:
    """Draw how many students have how many points: none, each tenth of the points, and all of them."""
    from matplotlib.ticker import MaxNLocator

    students, most = results.counted, _most_points(results)
    if not students or not most:
        return Markup("")
    counts = [0] * 12
    percents = [100 * student.points / most for student in students]
    for percent in percents:
        counts[0 if percent <= 0 else 11 if percent >= 100 else 1 + int(percent // 10)] += 1
    labels = ["0", "<10", *[f"{tenth}+" for tenth in range(10, 100, 10)], "100"]
    middle = median(percents)
    mark = 0.0 if middle <= 0 else 11.0 if middle >= 100 else 0.5 + middle / 10  # bar 1 is from 0.5 to 1.5
    figure, axes = _figure(height=4.9)
    axes.bar(range(12), counts, width=0.86, color=BLUE)
    for bar, count in enumerate(counts):
        if count:
            axes.annotate(f"{count:,}", (bar, count), (0, 3), textcoords="offset points", ha="center")
    axes.set_ylim(0, max(counts) * 1.35)
    axes.plot([mark], [max(counts) * 1.17], marker="v", color=VERMILION, markersize=9)
    text = f"median {_number(median(student.points for student in students))}"
    shift, side = ((-8, 0), "right") if mark > 5 else ((8, 0), "left")
    axes.annotate(text, (mark, max(counts) * 1.17), shift, textcoords="offset points", ha=side, va="center")
    axes.set_xticks(range(12), labels)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("points of the tests, in percent")
    axes.set_ylabel("students")
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    shares = ", ".join(f"{label} percent: {count}" for label, count in zip(labels, counts, strict=True) if count)
    return _svg(figure, "distribution", f"How many students have what share of the points. {shares}.")


def _steps(steps: list[StepStatistics]) -> Markup:
    """Draw what share of each step's points was lost, and how much of that because it was not written."""
    if not any(step.points_lost for step in steps):
        return Markup("")
    figure, axes = _figure(height=0.9 + 0.34 * len(steps))
    shares = [step.lost_percent for step in steps]
    unwritten = [100 * step.points_not_written / step.points if step.points else 0.0 for step in steps]
    wrong = [share - part for share, part in zip(shares, unwritten, strict=True)]
    axes.barh(range(len(steps)), wrong, height=0.72, color=BLUE, label="wrong")
    axes.barh(
        range(len(steps)),
        unwritten,
        left=wrong,
        height=0.72,
        color=PALE,
        edgecolor=BLUE,
        hatch="//",
        label="not written",
    )
    for bar, share in enumerate(shares):
        axes.annotate(f"{share:.0f} %", (share, bar), (5, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(steps)), [step.name for step in steps])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(steps) - 0.4, -0.6)
    axes.set_xlim(0, max(1.25 * max(shares), 1))
    axes.set_xlabel("percent of the step's points that the class lost")
    if any(unwritten):
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)  # above the bars
    parts = (f"{step.name}: {share:.0f} percent lost, {part:.0f} of them not written"
             for step, share, part in zip(steps, shares, unwritten, strict=True))  # fmt: skip
    return _svg(figure, "steps", f"The share of points that the class lost in each step. {'; '.join(parts)}.")


def _written(results: ClassResults) -> Markup:
    """Draw how many students have how many points for written answers; nothing while none has been graded."""
    points = [student.written_points for student in results.counted if student.written and not student.written_waiting]
    if not points:
        return Markup("")
    counts = Counter(points)
    values = sorted(counts)
    figure, axes = _figure(height=2.6)
    axes.bar(range(len(values)), [counts[value] for value in values], width=0.8, color=BLUE)
    for bar, value in enumerate(values):
        axes.annotate(f"{counts[value]:,}", (bar, counts[value]), (0, 3), textcoords="offset points", ha="center")
    axes.set_xticks(range(len(values)), [_number(value) for value in values])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylim(0, max(counts.values()) * 1.25)
    axes.set_xlabel("points for the written answers")
    shares = ", ".join(f"{_number(value)} points: {counts[value]}" for value in values)
    return _svg(figure, "written", f"How many students have how many points for written answers. {shares}.")


def _over_time(results: ClassResults) -> Markup:
    """Draw how many had handed in by when; nothing if fewer than two hand-ins have a time."""
    times = sorted(student.handed_in for student in results.students if student.handed_in is not None)
    if len(times) < 2 or times[0] == times[-1]:
        return Markup("")
    import matplotlib.dates

    dates: Any = matplotlib.dates  # it has no types
    figure, axes = _figure(height=2.6)
    numbers: Any = [times[0], *times]  # matplotlib's types know no dates
    axes.step(numbers, range(len(times) + 1), where="post", color=BLUE, linewidth=2)
    locator = dates.AutoDateLocator(minticks=2, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    axes.set_ylim(0, len(times) * 1.1)
    axes.set_xlabel("time of the hand-in, in UTC")
    axes.set_ylabel("handed in")
    words = f"{len(times)} hand-ins, from {times[0]:%Y-%m-%d %H:%M} to {times[-1]:%Y-%m-%d %H:%M} UTC"
    late = [student for student in results.students if student.handed_in is not None and student.seconds_late > 0]
    if late:
        due: Any = min(
            student.handed_in - timedelta(seconds=student.seconds_late) for student in late if student.handed_in
        )
        axes.axvline(due, color=VERMILION, linewidth=1.5)
        axes.annotate("due", (due, len(times)), (-5, 0), textcoords="offset points", ha="right", color=VERMILION)
        words += f"; {len(late)} after the due date, {due:%Y-%m-%d %H:%M} UTC"
    return _svg(figure, "over-time", f"How many had handed in by when. {words}.")


@dataclass(frozen=True)
class Hardest:
    """The figure of the hardest tests, and counts of what it leaves out."""

    figure: Markup
    more: int  # tests that somebody failed but that have no bar
    passed_by_all: int


def _hardest(results: ClassResults) -> Hardest:
    """Draw the tests that most students fail."""
    students = len(results.counted)
    failed: dict[str, int] = dict.fromkeys(results.test_names, 0)
    points = {test.name: test.max_points for student in results.counted for test in student.tests}
    for student in results.counted:
        for test in student.tests:
            failed[test.name] = failed.get(test.name, 0) + (not test.passed)
    ranked = sorted((name for name in failed if failed[name]), key=lambda name: -failed[name])
    all_passed = sum(not count for count in failed.values()) if students else 0
    if not ranked:
        return Hardest(Markup(""), 0, all_passed)
    shown = ranked[:MOST_BARS]
    shares = [100 * failed[name] / students for name in shown]
    figure, axes = _figure(height=0.4 + 0.3 * len(shown))
    axes.barh(range(len(shown)), shares, height=0.72, color=BLUE)
    for bar, (name, share) in enumerate(zip(shown, shares, strict=True)):
        text = f"{share:.0f} % ({failed[name]:,} of {students:,})"
        axes.annotate(text, (share, bar), (5, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(shown)), [f"{name} ({_points(points[name])})" for name in shown])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, 1.5 * max(shares))  # leaves room for the text after the longest bar
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    failed_by = ", ".join(f"{name}: {share:.0f} percent" for name, share in zip(shown, shares, strict=True))
    alt = f"The share of students who fail each of the hardest tests, worst first. {failed_by}."
    return Hardest(_svg(figure, "hardest", alt), len(ranked) - len(shown), all_passed)


@dataclass(frozen=True)
class FailureMessage:
    """One message of failed tests, with these tests and the students who got it."""

    text: str
    tests: Cut
    students: list[str]


def _messages(results: ClassResults) -> Cut:
    """Return the messages of failed tests, the one that most students got first."""
    students: dict[str, dict[str, None]] = defaultdict(dict)
    tests: dict[str, dict[str, None]] = defaultdict(dict)
    for student in results.counted:
        for test in student.tests:
            if test.reason:
                students[test.reason][student.student] = None
                tests[test.reason][test.name] = None
    ranked = sorted(students, key=lambda text: (-len(students[text]), -len(tests[text])))
    return Cut.of(
        [FailureMessage(one_line(text), Cut.of(tests[text], MOST_NAMES), list(students[text])) for text in ranked],
        MOST_MESSAGES,
    )


def _flagged(results: ClassResults) -> list[StudentResult]:
    """Return the flagged students, first those whose points are held back."""
    return sorted((student for student in results.students if student.flags), key=lambda each: not each.held_back)


def _broken(results: ClassResults) -> list[tuple[StudentResult, str, str]]:
    """Return what went wrong besides failed tests: the student, where, and what happened; the worst first."""
    rows = [(student, "the submission", student.failure) for student in results.failures]
    rows += [(student, "the file", student.unreadable) for student in results.unreadable]
    rows += [
        (student, note.cell or "the notebook", note.text)
        for student in results.students
        for note in student.notes
        if note.kind == "fault" and note.text != student.unreadable
    ]
    return rows


def _trust(name: str) -> str:
    """Return the option of `tito grade` that lets a flagged student's points count."""
    return f"--trust {shlex.quote(name)}" if not name.startswith("-") else f"--trust={shlex.quote(name)}"


def _most_points(results: ClassResults) -> float:
    return max((student.max_points for student in results.graded), default=0.0)


def _figure(height: float) -> tuple[Figure, Axes]:
    """Return a figure as wide as the page; the height is in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, height), layout="constrained")
    return figure, figure.subplots()


def _svg(figure: Figure, name: str, alt: str) -> Markup:
    """Return a figure as an SVG element, with `alt` for readers who cannot see it; its ids begin with `name`."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    file = io.StringIO()
    nothing = dict.fromkeys(["Creator", "Date", "Format", "Type"])
    canvas: Any = FigureCanvasSVG(figure)  # it has no types
    with matplotlib.rc_context({"svg.hashsalt": name}):
        canvas.print_svg(file, metadata=nothing)  # `savefig` draws a figure twice
    drawn = file.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    opening, drawn = drawn.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', opening)
    ids = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", drawn)
    alt = html.escape(alt)
    return Markup(f'<svg role="img" aria-label="{alt}" {box[0] if box else ""}><title>{alt}</title>{ids}')


def _code(text: str) -> Markup:
    """Return a note in which the code, which is between backquotes, is marked up as code."""
    text = one_line(text)
    line = re.match(r"`(.*)`( .*)$", text)  # a student's line, which may contain backquotes itself
    parts = ["", *line.groups()] if line else text.split("`")
    pieces = (Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts))
    return Markup("").join(pieces)


def _number(value: float) -> str:
    """Return a number with at most one decimal."""
    return f"{value:,.1f}".removesuffix(".0")


def _points(value: float) -> str:
    return "1 point" if value == 1 else f"{_number(value)} points"
