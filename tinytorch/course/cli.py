"""`tito`, the course's command line. Each command is one function of one file of this folder.

Those files are imported when their command runs: nbgrader and nbdev take seconds to load, and `tito --help` should not.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tinytorch.course.layout import Course, CourseError, Module

app = typer.Typer(
    name="tito",
    help="The tools of the TinyTorch course, for students and instructors.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def build(
    modules: Annotated[list[str] | None, typer.Argument(help="Modules, such as 05 or dataloader; all if none.")] = None,
) -> None:
    """Make the notebooks and the package files from src/.

    \b
    tito build           all modules
    tito build 05        one of them
    """
    from tinytorch.course.authoring.build import build as build_modules
    from tinytorch.course.authoring.links import UNPUBLISHED, published_repository

    course = Course.find()
    chosen = [course.module(name) for name in modules or []] or course.modules
    build_modules(course, chosen, report=lambda path: _say_wrote(path, course))
    if published_repository(course) is None:
        print(f"warning: {UNPUBLISHED}", file=sys.stderr)


@app.command()
def bundle(
    modules: Annotated[list[str] | None, typer.Argument(help="Modules, such as 05 or dataloader; all if none.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="The folder to make; build/tinytorch-<module> in the course if not given.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Make the folder anew if it is there already.")] = False,
) -> None:
    """Make the folder, and the zip, that students get: no solution of what they are to build is in it.

    \b
    tito bundle 05       modules 01 to 04 come along as a package
    tito bundle          all modules, and no package to begin with
    tito bundle 05 --output /tmp/students --replace
    """
    from tinytorch.course.authoring.bundle import make_bundle

    course = Course.find()
    chosen = sorted(course.module(name) for name in modules or []) or course.modules
    name = "-".join(["tinytorch", *(module.assignment for module in chosen if modules)])
    folder = output or course.root / "build" / name
    archive = make_bundle(course, chosen, folder, replace)
    _say_wrote(folder, course)
    _say_wrote(archive, course)


@app.command()
def export(
    notebook: Annotated[str, typer.Argument(help="A module, such as 05, or a notebook's path.")],
) -> None:
    """Put what you wrote in a notebook into the package, where later modules import it.

    \b
    tito export 05
    tito export my/copy/dataloader.ipynb
    """
    from tinytorch.course.authoring.export import export_notebook

    course = Course.find()
    module, path = _module_and_notebook(course, notebook)
    _say_wrote(export_notebook(course, module, path), course)
    print(f"import it with: from tinytorch.core.{module.name} import *")


@app.command()
def check(
    notebook: Annotated[str, typer.Argument(help="A module, such as 05, or a notebook's path.")],
) -> None:
    """Run the visible tests on a notebook; the exit code is 0 only when all pass.

    \b
    tito check 05
    tito check my/copy/dataloader.ipynb
    """
    from rich.console import Console

    from tinytorch.course.student.check import check as check_notebook
    from tinytorch.course.tables import print_table

    course = Course.find()
    module, path = _module_and_notebook(course, notebook)
    steps = check_notebook(course, module, path)
    rows = [
        [step.name, step.verdict, f"{step.tests_passed} of {step.tests}", f"{step.points:g} of {step.max_points:g}"]
        for step in steps
    ]
    print_table(Console(), f"{module.assignment}: visible tests", ["step", "verdict", "tests", "visible points"], rows)
    for step in steps:
        if step.verdict == "fail":
            print(f"\n{step.name}:")
            for name, error in step.problems.items():
                print(f"  {name}: {error}")
    if any(step.verdict != "pass" for step in steps):
        raise typer.Exit(1)


@app.command()
def submit(
    notebook: Annotated[str, typer.Argument(help="A module, such as 05, or a notebook's path.")],
    student: Annotated[
        str | None, typer.Option(help="Who hands in, as your course knows you; your account's name if not given.")
    ] = None,
    to: Annotated[Path, typer.Option(help="The folder that the zip goes to; the current one if not given.")] = Path(),
) -> None:
    """Put a notebook into a zip to hand in, with your name and the time; the notebook stays as it is.

    \b
    tito submit 05 --student ada
    tito submit my/copy/dataloader.ipynb --student ada
    """
    from datetime import UTC, datetime

    from tinytorch.course.handin.submit import student_here
    from tinytorch.course.handin.submit import submit as submit_notebook

    course = Course.find()
    module, path = _module_and_notebook(course, notebook)
    handed_in = submit_notebook(course, module, path, student or student_here(), to, datetime.now(UTC))
    _say_wrote(handed_in.path, course)
    print(f"it holds {_shown(path, course)} as it was saved last, handed in by {handed_in.student}")
    if handed_in.unwritten:
        print(f"not written yet: {', '.join(handed_in.unwritten)}")


@app.command()
def collect(
    zips: Annotated[list[Path], typer.Argument(help="Zips that `tito submit` made, or folders that hold some.")],
    output: Annotated[
        Path | None, typer.Option(help="Where submitted/ and history/ are; the course if not given.")
    ] = None,
) -> None:
    """Take what was handed in as zips to submitted/, from where `tito grade` and nbgrader grade it.

    \b
    tito collect downloads/
    tito collect 05_dataloader-ada-20261123T041500Z.zip
    tito grade submitted/

    A zip that is none of ours is told of and stops no other; to collect the same zips again changes nothing.
    """
    from rich.console import Console

    from tinytorch.course.handin.collect import collect_zips
    from tinytorch.course.tables import print_table

    course = Course.find()
    results = collect_zips(course, zips, output or course.root)
    rows = [[each.student, each.assignment, each.path.name, each.outcome] for each in results if not each.problem]
    if rows:
        print_table(Console(), "hand-ins", ["student", "assignment", "zip", "outcome"], rows)
    problems = [each.problem for each in results if each.problem]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise CourseError(f"{len(problems)} of {len(results)} zips were not collected: the reasons are above.")


@app.command()
def grade(
    folder: Annotated[Path, typer.Argument(help="The folder of submissions.")],
    module: Annotated[
        str | None, typer.Option(help="The module to grade, such as 05; read off the notebooks if not given.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the gradebook, feedback/ and grades.csv go; the course if not given.")
    ] = None,
    isolation: Annotated[
        str | None,
        typer.Option(help="bubblewrap (a sandbox) or limits (your own rights); nbgrader_config.py says if not given."),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Give a file that is no notebook 0 points and grade the others.")
    ] = False,
    trust: Annotated[
        list[str] | None, typer.Option(help="A flagged student whose code you have looked at: its points count.")
    ] = None,
    student: Annotated[list[str] | None, typer.Option(help="Grade only this one; may be given more than once.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what was graded before.")] = False,
    workers: Annotated[
        int, typer.Option(min=0, help="How many submissions are graded at the same time; one per core if 0.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option(help="The address of a Dask scheduler, such as tcp://host:8786, whose workers grade.")
    ] = "",
) -> None:
    """Grade a folder of submissions through nbgrader: report.html, feedback pages and grades.csv.

    \b
    The folder may mix alice.ipynb, bob/dataloader.ipynb and carol/05_dataloader/dataloader.ipynb.
    tito grade handed_in/
    tito grade handed_in/ --module 05 --output /tmp/trial
    tito grade handed_in/ --keep-going
    tito grade handed_in/ --trust alice --trust bob
    tito grade handed_in/ --student alice --force

    What was graded before is not graded again, so a run that was stopped goes on where it was when it is run again.
    """
    from rich.console import Console

    from tinytorch.course.grading.grade import grade as grade_folder
    from tinytorch.course.grading.options import Options
    from tinytorch.course.reports.terminal import GradingProgress, print_report

    course, console = Course.find(), Console()
    chosen = course.module(module) if module else None
    _choose_isolation(course, isolation)
    with GradingProgress(console) as progress:
        options = Options(
            keep_going=keep_going,
            trusted=trust or [],
            students=student or [],
            force=force,
            workers=workers,
            scheduler=scheduler,
        )
        results = grade_folder(course, folder, chosen, output, progress, options)
    print_report(console, results)
    place = output or Path()
    print(f"\nreport:   {place / 'report.html'}")
    print(f"scores:   {place / 'grades.csv'}; to import: {place / 'canvas.csv'}, {place / 'nbgrader.csv'}")
    if results.graded:
        page = f"{results.graded[0].student}/{results.module.assignment}/{results.module.name}.html"
        print(f"feedback: a page per student, such as {place / 'feedback' / page}")
    lost = results.failures + results.unreadable
    if lost:
        names = ", ".join(student.student for student in lost)
        count = f"{len(lost)} of {len(results.students)} submissions"
        raise CourseError(f"{count} could not be graded ({names}): the reasons are under the table.")


@app.command()
def regrade(
    module: Annotated[str, typer.Argument(help="The module, such as 05.")],
    output: Annotated[
        Path | None, typer.Option(help="Where it was graded before, if `tito grade` had --output.")
    ] = None,
    isolation: Annotated[str | None, typer.Option(help="As of `tito grade`.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="As of `tito grade`.")] = 0,
    scheduler: Annotated[str, typer.Option(help="As of `tito grade`.")] = "",
) -> None:
    """After a hidden test was mended: decide that test anew for everybody, and leave all other scores as they are.

    \b
    tito build 05        after mending the test in src/
    tito regrade 05      scores given by hand stay, too
    """
    from rich.console import Console

    from tinytorch.course.grading.options import Options
    from tinytorch.course.grading.regrade import regrade as regrade_module
    from tinytorch.course.reports.terminal import GradingProgress
    from tinytorch.course.tables import print_table

    course, console = Course.find(), Console()
    _choose_isolation(course, isolation)
    with GradingProgress(console) as progress:
        options = Options(workers=workers, scheduler=scheduler)
        tests, changes, results = regrade_module(course, course.module(module), output, progress, options)
    if results is None:
        print("No test differs from those that the class was graded by: nothing was changed.")
        return
    rows = [[each.student, each.test, f"{each.before:g}", f"{each.after:g}"] for each in changes]
    if rows:
        print_table(console, "scores that are others now", ["student", "test", "before", "after"], rows)
    print(f"\n{', '.join(tests)}: decided anew for {len(results.graded)} students, {len(rows)} scores changed")
    if results.failures:
        names = ", ".join(student.student for student in results.failures)
        raise CourseError(f"{len(results.failures)} submissions could not be graded ({names}): run it again.")


@app.command()
def reset(
    module: Annotated[str, typer.Argument(help="The module, such as 05.")],
    step: Annotated[int | None, typer.Option(help="The step whose cells go back, such as 4.")] = None,
    cell: Annotated[str | None, typer.Option(help="The one cell that goes back, by its name.")] = None,
    notebook: Annotated[Path | None, typer.Option(help="A copy elsewhere; the one in modules/ if not given.")] = None,
) -> None:
    """Put a step back to what was released; a backup of the notebook is kept beside it.

    \b
    tito reset 05 --step 4
    tito reset 05 --cell dataset --notebook my/copy/dataloader.ipynb
    """
    from tinytorch.course.student.reset import reset as reset_cells

    course = Course.find()
    chosen = course.module(module)
    path = notebook or chosen.released_path
    names, backup = reset_cells(course, chosen, path, None if step is None else str(step), cell)
    if backup is None:
        print(f"{_shown(path, course)} is as released there already: nothing to do.")
    else:
        print(f"reset {', '.join(names)} in {_shown(path, course)}")
        print(f"the notebook as it was: {_shown(backup, course)}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    module: Annotated[str | None, typer.Argument(help="The module, such as 05; the whole course if not given.")] = None,
) -> None:
    """Open a module in JupyterLab, as a student sees it, or the course, with nbgrader's tools for instructors.

    \b
    tito lab 05
    tito lab 05 --no-browser     what starts with a dash is an option of JupyterLab's
    tito lab                     the course, with Formgrader
    """
    from tinytorch.course.student.lab import open_lab

    course = Course.find()
    options = [*([module] if module and module.startswith("-") else []), *context.args]
    chosen = course.module(module) if module and not module.startswith("-") else None
    open_lab(course, chosen, options)


@app.command()
def extend(
    module: Annotated[str, typer.Argument(help="The module, such as 05.")],
    student: Annotated[str, typer.Argument(help="The student's id.")],
    days: Annotated[int, typer.Option(help="How many days after the due date.")] = 0,
    hours: Annotated[int, typer.Option(help="How many hours, besides.")] = 0,
) -> None:
    """Give a student more time for a module than the others have; none takes it back.

    \b
    tito extend 05 alice --days 2
    tito extend 05 alice --days 0

    What was graded before is graded again with `tito grade --student alice --force`, or Formgrader's button.
    """
    from tinytorch.course.gradebook.due_dates import extend as extend_module

    course = Course.find()
    due = extend_module(course, course.module(module), student, days, hours)
    print(f"{student} has until {due:%Y-%m-%d %H:%M} UTC")


def _choose_isolation(course: Course, isolation: str | None) -> None:
    """Stop here if submissions can't be isolated as chosen, for this run or by nbgrader_config.py."""
    from tinytorch.course.gradebook.nbgrader_api import load_config
    from tinytorch.course.sandbox.isolation import check_isolation

    if isolation is not None:
        check_isolation(isolation)
        os.environ["TINYTORCH_ISOLATION"] = isolation  # nbgrader_config.py reads it
    if warning := check_isolation(str(load_config(course).ExecuteStaged.isolation)):
        print(warning, file=sys.stderr)


def main(arguments: list[str] | None = None) -> None:
    """Run `tito`; what the user can mend is one sentence and an exit code, not a traceback."""
    try:
        app(arguments)
    except CourseError as error:
        print(f"tito: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _module_and_notebook(course: Course, name: str) -> tuple[Module, Path]:
    """Return the module and the notebook that the user means by a module's name or a notebook's path."""
    from tinytorch.course.notebook import module_of, read_notebook

    path = Path(name)
    if path.suffix != ".ipynb":
        module = course.module(name)
        return module, module.released_path
    read_notebook(path)
    found = module_of(course, path.resolve())
    if found is None:
        raise CourseError(f"{path} is not a notebook of this course: give one made from modules/.")
    return found, path


def _shown(path: Path, course: Course) -> Path:
    """Return a path as the user would write it: from the course folder, if it lies there."""
    path = path.resolve()
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


def _say_wrote(path: Path, course: Course) -> None:
    """Tell of a file that was written."""
    print(f"wrote {_shown(path, course)}", flush=True)


if __name__ == "__main__":
    main()
