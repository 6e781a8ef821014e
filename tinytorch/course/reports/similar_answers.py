"""Answers that are alike: which two students' code shares more than the text that both were given.

copydetect (winnowing: Schleimer, Wilkerson and Aiken 2003) takes comments away, makes all names the same, and compares
what is left in runs of `RUN` characters. Two answers can be alike because there are few ways to write something, so
this is a reason to look, and never a verdict: no score depends on it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from tinytorch.course.files import write_whole
from tinytorch.course.layout import CourseError, Module
from tinytorch.course.notebook import grade_id, read_notebook, solution_cells
from tinytorch.course.reports.results import ClassResults

RUN = 25  # characters of code that have to be the same in a row, spaces and names not counted; copydetect's default
LEAST = 200  # runs that the shorter of two submissions has to have: less is too little to say anything
TEMPLATES = Path(__file__).parent / "templates" / "similar"


@dataclass(frozen=True)
class Submission:
    """A student's answers: what each cell holds, and its fingerprints without those of the released text."""

    student: str
    sources: Mapping[str, str]  # by cell
    fingerprints: Mapping[str, frozenset[int]]  # by cell


@dataclass(frozen=True)
class AlikeCell:
    """One cell that two students answered alike."""

    name: str
    share: float  # of the shorter one's runs that the other has, too: 0 to 1
    sources: tuple[str, str]


@dataclass(frozen=True)
class AlikePair:
    """Two students whose answers are alike."""

    students: tuple[str, str]
    share: float  # over all cells together: 0 to 1
    equal: bool  # every answer is the same to the character
    cells: list[AlikeCell]  # the most alike first


def fingerprinted(student: str, notebook: NotebookNode, released: NotebookNode) -> Submission:
    """Return a student's answers, ready to be compared.

    Raises:
        CourseError: copydetect is not installed.
    """
    given = {str(grade_id(cell)): cell.source for cell in solution_cells(released)}
    sources = {
        str(grade_id(cell)): cell.source
        for cell in solution_cells(notebook)
        if cell.cell_type == "code" and given.get(str(grade_id(cell))) not in (None, cell.source)
    }
    return Submission(student, sources, {name: _runs(text) - _runs(given[name]) for name, text in sources.items()})


def compare_class(
    module: Module, coursedir: CourseDirectory, earlier: list[Path], least_share: float
) -> tuple[list[AlikePair], int]:
    """Compare the graded submissions of a class with each other, and with those in folders of earlier classes.

    Returns:
        The pairs that share at least `least_share`, and how many submissions were compared, the earlier ones included.

    Raises:
        CourseError: nobody has been graded, a folder has no submissions, or copydetect is not installed.
    """
    released = read_notebook(module.released_path)
    here = Path(coursedir.format_path(coursedir.autograded_directory, "*", module.assignment))
    folders = [here.parents[1], *earlier]
    classes = []
    for folder in folders:
        paths = sorted(folder.glob(f"*/{module.assignment}/{module.notebook_name}"))
        if not paths:
            raise CourseError(
                f"{folder} has no graded submissions of {module.assignment}: grade the class first, or give another."
            )
        mark = "" if folder == folders[0] else f" ({folder})"
        classes.append([fingerprinted(f"{path.parts[-3]}{mark}", read_notebook(path), released) for path in paths])
    these, before = classes[0], [each for group in classes[1:] for each in group]
    return alike(these, before, least_share), len(these) + len(before)


def equal_answers(results: ClassResults) -> list[list[str]]:
    """Return groups of students whose graded code is the same to the character; who wrote nothing is in none."""
    groups: dict[str, list[str]] = {}
    for student in results.graded:
        if student.code:
            groups.setdefault(student.code, []).append(student.student)
    return [students for students in groups.values() if len(students) > 1]


def alike(
    submissions: Iterable[Submission], earlier: Iterable[Submission] = (), least_share: float = 0.6
) -> list[AlikePair]:
    """Return the pairs whose answers share at least `least_share`, the most alike first.

    Each is compared with each other one, and with those of an earlier class.
    """
    these = list(submissions)
    pairs = (_compared(one, other) for one, other in [*combinations(these, 2), *product(these, earlier)])
    found = [pair for pair in pairs if pair is not None and pair.share >= least_share]
    return sorted(found, key=lambda pair: (-pair.share, pair.students))


def write_similar(module: Module, pairs: list[AlikePair], path: Path) -> None:
    """Write a page with each pair's answers side by side."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("similar.html.j2").render(module=module, pairs=pairs)
    write_whole(path, (page.rstrip() + "\n").encode("utf-8"))


def _runs(source: str) -> frozenset[int]:
    """Return the fingerprints of a piece of Python, whether or not it is valid."""
    try:
        from copydetect import CodeFingerprint
    except ImportError:
        raise CourseError("Answers are compared by copydetect: `pip install copydetect` first.") from None
    return frozenset(int(number) for number in CodeFingerprint("cell.py", RUN, 1, fp=io.StringIO(source)).hashes)


def _compared(one: Submission, other: Submission) -> AlikePair | None:
    """Return what two submissions share; None if there is too little to compare."""
    both = [name for name in one.sources if name in other.sources]
    shared = shorter = 0
    cells = []
    for name in both:
        ours, theirs = one.fingerprints[name], other.fingerprints[name]
        least = min(len(ours), len(theirs))
        if least:
            common = len(ours & theirs)
            shared, shorter = shared + common, shorter + least
            cells.append(AlikeCell(name, common / least, (one.sources[name], other.sources[name])))
    if shorter < LEAST:
        return None
    equal = one.sources == other.sources
    cells.sort(key=lambda cell: -cell.share)
    return AlikePair((one.student, other.student), shared / shorter, equal, cells)
