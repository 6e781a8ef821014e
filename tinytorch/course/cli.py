"""`tito`, the course's command line. Each command calls one function of one file in the folders below.

A command imports that file when it runs: nbgrader and nbdev take seconds to load, which `tito --help` and the shell's
completion must not take.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import tinytorch
from tinytorch.course import patches
from tinytorch.course.layout import Course, CourseError, Module, one_sentence

patches.import_seldom_used_later()

STUDENTS, INSTRUCTORS = "Students", "Instructors"  # the groups of commands in `tito --help`


class CommandsByGroup(TyperGroup):
    """The commands in their groups. In a student's bundle the instructors' commands are hidden, and refuse to run."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands of each group under its name, in plain text, for terminals and pipes alike."""
        names = self.list_commands(ctx)
        longest = max(map(len, names))
        for group in (STUDENTS, INSTRUCTORS):
            commands = {name: self.commands[name] for name in names if _group_of(self.commands[name]) == group}
            if commands:
                with formatter.section(group):
                    limit = formatter.width - longest - 6
                    formatter.write_dl(
                        [(name.ljust(longest), each.get_short_help_str(limit)) for name, each in commands.items()]
                    )

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands that work in this folder; help and completion show these."""
        hidden = INSTRUCTORS if _bundle_here() else None
        return [name for name, command in self.commands.items() if _group_of(command) != hidden]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the user asked for, or raise `CourseError` if it does not work in this folder."""
        name, command, rest = super().resolve_command(ctx, args)
        if command and not ctx.resilient_parsing:
            if _group_of(command) == INSTRUCTORS and (bundle := _bundle_here()):
                raise CourseError(
                    f"{bundle.root} is a student's bundle: run `tito {name}` from the course's own folder."
                )
            if not {"-h", "--help"} & set(rest):
                _refuse_broken_configuration()
        return name, command, rest


def _group_of(command: Any) -> str:
    """Return the group of a command: the panel that it was registered with."""
    return str(command.rich_help_panel)


def _bundle_here() -> Course | None:
    """Return the student's bundle that the current folder is in, None if it is in none."""
    try:
        course = Course.find()
    except CourseError:
        return None
    return course if course.is_bundle else None


def _refuse_broken_configuration() -> None:
    """Raise `CourseError` if the course has an nbgrader_config.py that cannot be run, whatever the command needs of it.

    Else plain nbgrader might be the first to meet the error, and it would go on without the file.
    """
    from tinytorch.course.configuration import FILE, load_config

    try:
        course = Course.find()
    except CourseError:
        return
    if (course.root / FILE).is_file():
        load_config(course)


app = typer.Typer(
    name="tito",
    cls=CommandsByGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _complete_module(incomplete: str) -> list[str]:
    """Return the modules that begin with what was typed: 05_dataloader for "05", dataloader for "data"."""
    try:
        modules = Course.find().modules
    except CourseError:
        return []
    found = [module.assignment for module in modules if module.assignment.startswith(incomplete)]
    return found or [module.name for module in modules if module.name.startswith(incomplete)]


SomeModules = Annotated[
    list[str] | None,
    typer.Argument(help="Modules, such as 05 or dataloader; all if none is given.", autocompletion=_complete_module),
]
OneModule = Annotated[str, typer.Argument(help="The module, such as 05.", autocompletion=_complete_module)]
ModuleOrNotebook = Annotated[
    str, typer.Argument(help="A module, such as 05, or the path of a notebook.", autocompletion=_complete_module)
]

TakeFiles = Annotated[
    list[str] | None,
    typer.Option(help="STUDENT=FILE: this file is this student's, where that is not clear. May be repeated."),
]
ByGroup = Annotated[
    bool,
    typer.Option("--groups", help="What one hands in counts for everybody of the same group on the class list."),
]
ZoneOfTimes = Annotated[
    str,
    typer.Option(
        "--timezone",
        help="The zone of the times in Blackboard's and Brightspace's names, such as Europe/Berlin; this machine's if "
        "not given.",
    ),
]
FormOfPaths = Annotated[
    str,
    typer.Option(
        "--from",
        help="The form of the paths: canvas, moodle, blackboard, d2l, gradescope, github or folder; found out if not "
        "given.",
    ),
]


def _print_version(context: typer.Context, asked: bool) -> None:
    """Print what a bug report should say: the version, the Python, and where the package is."""
    if asked and not context.resilient_parsing:  # the shell's completion parses a command without running it
        folder = Path(tinytorch.__file__).parent
        print(f"tito {tinytorch.__version__} (Python {platform.python_version()}, {folder})")
        raise typer.Exit()


@app.callback()
def tito(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """The tools of the TinyTorch course, for students and instructors."""


@app.command(rich_help_panel=STUDENTS, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    module: Annotated[
        str | None,
        typer.Argument(help="The module, such as 05; the whole folder if not given.", autocompletion=_complete_module),
    ] = None,
) -> None:
    """Open a module's notebook in JupyterLab. Without a module, the whole folder opens.

    \b
    tito lab 05
    tito lab 05 --no-browser     options of JupyterLab are passed on to it
    tito lab                     the whole folder; for instructors with Formgrader
    """
    from tinytorch.course.student.lab import open_lab

    course = Course.find()
    options = [*([module] if module and module.startswith("-") else []), *context.args]
    chosen = course.module(module) if module and not module.startswith("-") else None
    open_lab(course, chosen, options)


@app.command(rich_help_panel=STUDENTS)
def check(
    notebook: ModuleOrNotebook,
    step: Annotated[int | None, typer.Option(help="The one step to check, such as 4.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again each time that the notebook is saved, until Ctrl-C.")
    ] = False,
) -> None:
    """Run the visible tests on a notebook. The exit code is 0 only if all pass.

    \b
    tito check 05
    tito check 05 --step 4             only step 4, which is faster
    tito check 05 --step 4 --watch     again each time that you save the notebook
    tito check my/copy/dataloader.ipynb
    """
    from tinytorch.course.student.begin_check import check as check_notebook

    if not check_notebook(notebook, step, watch):
        raise typer.Exit(1)


@app.command(rich_help_panel=STUDENTS)
def export(notebook: ModuleOrNotebook) -> None:
    """Copy your code from a notebook into the package. Later modules import it from there.

    \b
    tito export 05
    tito export my/copy/dataloader.ipynb
    """
    from tinytorch.course.authoring.export import export_notebook, write_index
    from tinytorch.course.handin.find_notebook import find_notebook

    course = Course.find()
    module, path = find_notebook(course, notebook)
    exported = export_notebook(course, module, path)
    write_index(course)
    _say_wrote(exported, course)
    print(f"import it with: from tinytorch.core.{module.name} import *")


@app.command(rich_help_panel=STUDENTS)
def reset(
    module: OneModule,
    step: Annotated[int | None, typer.Option(help="The step to reset, such as 4.")] = None,
    cell: Annotated[str | None, typer.Option(help="The one cell to reset, by its name, such as dataset.")] = None,
    notebook: Annotated[
        Path | None, typer.Option(help="The notebook to change; the one in modules/ if not given.")
    ] = None,
) -> None:
    """Reset a step to what was released. A backup of the notebook is kept beside it.

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
        print(f"{_shown(path, course)} is already as released there: nothing to do.")
    else:
        print(f"reset {', '.join(names)} in {_shown(path, course)}")
        print(f"backup of the notebook: {_shown(backup, course)}")


@app.command(rich_help_panel=STUDENTS)
def submit(
    notebook: ModuleOrNotebook,
    student: Annotated[
        str | None,
        typer.Option(help="Your name, as your course knows you; the name of your account if not given."),
    ] = None,
    to: Annotated[Path, typer.Option(help="The folder to write the zip to; the current one if not given.")] = Path(),
) -> None:
    """Put a notebook into a zip to hand in. Your name and the time are in it; the notebook itself is not changed.

    \b
    tito submit 05 --student ada
    tito submit my/copy/dataloader.ipynb --student ada
    """
    from datetime import UTC, datetime

    from tinytorch.course.handin.find_notebook import find_notebook
    from tinytorch.course.handin.submit import student_here
    from tinytorch.course.handin.submit import submit as submit_notebook
    from tinytorch.course.student.student_status import keep_hand_in, notebook_digest

    course = Course.find()
    module, path = find_notebook(course, notebook)
    now, digest = datetime.now(UTC), notebook_digest(path)
    handed_in = submit_notebook(course, module, path, student or student_here(), to, now)
    keep_hand_in(course, module, digest, handed_in.path.name, now)
    _say_wrote(handed_in.path, course)
    print(f"it contains {_shown(path, course)} as you last saved it, handed in by {handed_in.student}")
    if handed_in.unwritten:
        print(f"not written yet: {', '.join(handed_in.unwritten)}")
    for answer in handed_in.empty_answers:
        print(answer.is_empty)


@app.command(rich_help_panel=INSTRUCTORS)
def build(
    modules: SomeModules = None,
    update_gradebook: Annotated[
        bool,
        typer.Option(
            "--update-gradebook",
            help="Where a test was added or removed after a class was graded: change the gradebook, too.",
        ),
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="With --update-gradebook: the folder that a class was graded to.")
    ] = None,
) -> None:
    """Make the notebooks and the package files from src/.

    \b
    tito build           all modules
    tito build 05        one of them
    tito build 05 --update-gradebook

    An updated gradebook keeps the points and comments that you gave by hand, and a copy of it as it was is beside it.
    """
    from tinytorch.course.authoring.build import build as build_modules
    from tinytorch.course.authoring.links import UNPUBLISHED, published_repository

    course = Course.find()
    chosen = [course.module(name) for name in modules or []] or course.modules
    if output and not update_gradebook:
        raise CourseError("--output says which gradebook to update: give --update-gradebook, too, or leave it out.")
    updates = build_modules(course, chosen, lambda path: _say_wrote(path, course), update_gradebook, output)
    for update in updates:
        kept = f"; as it was it is kept in {_shown(update.copy, course)}" if update.copy else ""
        print(f"the gradebook has the tests of {update.module.assignment} now{kept}")
        for given in update.dropped:
            points = "" if given.points is None else f", {given.points:g} points"
            comment = f", {given.comment!r}" if given.comment else ""
            print(f"given by hand for a cell that is gone: {given.student}, {given.cell}{points}{comment}")
    if published_repository(course) is None:
        print(f"warning: {UNPUBLISHED}", file=sys.stderr)


@app.command(rich_help_panel=INSTRUCTORS)
def bundle(
    modules: SomeModules = None,
    output: Annotated[
        Path | None, typer.Option(help="The folder to make; build/tinytorch-<module> in the course if not given.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the folder if it exists already.")] = False,
    lite: Annotated[
        bool, typer.Option("--lite", help="Make a static site instead, on which one module runs in the browser.")
    ] = False,
) -> None:
    """Make the folder that students get, and a zip of it. The solutions of what they will build are not in it.

    \b
    tito bundle 05       module 05; modules 01 to 04 are in it as a package
    tito bundle          all modules, with nothing in the package yet
    tito bundle 05 --output /tmp/students --replace
    tito bundle 05 --lite                              a JupyterLite site: nothing to install
    """
    from tinytorch.course.authoring.bundle import make_bundle

    course = Course.find()
    chosen = sorted(course.module(name) for name in modules or []) or course.modules
    if lite:
        from tinytorch.course.authoring.lite import make_lite_site

        if len(chosen) != 1:
            raise CourseError(
                "A site has one module, because nothing is exported in a browser: `tito bundle 05 --lite`."
            )
        site = output or course.root / "build" / f"tinytorch-lite-{chosen[0].assignment}"
        _say_wrote(make_lite_site(course, chosen[0], site, replace), course)
        return
    name = "-".join(["tinytorch", *(module.assignment for module in chosen if modules)])
    folder = output or course.root / "build" / name
    archive = make_bundle(course, chosen, folder, replace)
    _say_wrote(folder, course)
    _say_wrote(archive, course)


@app.command(rich_help_panel=INSTRUCTORS)
def roster(
    file: Annotated[Path, typer.Argument(help="The class list as the platform exported it.")],
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="What a column holds, such as id=Username: id, name, first_name, last_name, email, section or group. "
            "May be repeated."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="The folder with the gradebook; the course if not given.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Enter a class list in the gradebook.

    \b
    tito roster grades_export.csv --dry-run
    tito roster grades_export.csv
    tito roster class.csv --column id=Matrikelnummer --column name=Name

    Lists that Canvas, Moodle, Brightspace, Blackboard, Gradescope and nbgrader export are understood. Reading a list
    twice changes nothing; nobody is ever removed.
    """
    from tinytorch.course.gradebook.class_list import store_class_list
    from tinytorch.course.gradebook.class_list_file import read_class_list
    from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in

    course = Course.find()
    chosen = dict(_pair(each, "--column", "id=Username") for each in column or [])
    listed = read_class_list(file, chosen)
    results = (output or course.root).resolve()
    results.mkdir(parents=True, exist_ok=True)
    coursedir = open_nbgrader_in(course, results).coursedir
    changes = store_class_list(coursedir.db_url, coursedir.course_id, listed.students, dry_run=dry_run)
    read = ", ".join(f"{name} from {source!r}" for name, source in listed.columns.items())
    print(f"{file}: {len(listed.students)} students; read as {listed.platform}: {read}")
    for sentence in listed.skipped:
        print(f"left out: {sentence}")
    for student in changes.added:
        print(f"new: {student}")
    for sentence in changes.changed:
        print(f"changed: {sentence}")
    if changes.not_listed:
        print(f"in the gradebook, but not on this list: {', '.join(changes.not_listed)}")
    counts = f"{len(changes.added)} new, {len(changes.changed)} changed, {changes.unchanged} as before"
    print(f"{counts}; nothing was stored: leave out --dry-run" if dry_run else counts)


@app.command(rich_help_panel=INSTRUCTORS)
def collect(
    handed_in: Annotated[
        list[Path],
        typer.Argument(help="What a platform gave out, as a zip or unpacked, or notebooks and zips of `tito submit`."),
    ],
    module: Annotated[
        str | None,
        typer.Option(help="Collect only this module, such as 05; all if not given.", autocompletion=_complete_module),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The folder with submitted/ and history/; the course if not given.")
    ] = None,
    form: FormOfPaths = "",
    take: TakeFiles = None,
    groups: ByGroup = False,
    zone: ZoneOfTimes = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done with each file, and do nothing.")
    ] = False,
) -> None:
    """Put what students handed in into submitted/, for grading.

    \b
    tito collect downloads/ --dry-run
    tito collect submissions.zip --from moodle
    tito collect 05_dataloader-ada-20261123T041500Z.zip
    tito collect downloads/ --take ada=downloads/b/dataloader.ipynb
    tito grade submitted/

    Notebooks and zips may be mixed. A table shows what is done with each file. What can't be collected, or isn't
    clear, is named with the reason, and the others are collected. Collecting the same files again changes nothing.
    What a group hands in counts for each of its members, if the platform names them or --groups is given.
    """
    from rich.console import Console

    from tinytorch.course.grading.grade import class_list
    from tinytorch.course.handin.collect import collect_all
    from tinytorch.course.handin.senders import chosen_zone
    from tinytorch.course.reports.terminal import print_rows

    course = Course.find()
    results = (output or course.root).resolve()
    plan = collect_all(
        course,
        handed_in,
        results,
        module=course.module(module) if module else None,
        listed=class_list(course, results),
        form=form,
        take=take or [],
        by_group=groups,
        zone=chosen_zone(zone),
        dry_run=dry_run,
    )
    rows = [
        [each.student, each.module.assignment if each.module else "", str(each.path), each.outcome, each.time]
        for each in plan.rows
    ]
    print_rows(Console(), "hand-ins", ["student", "assignment", "file", "what is done", "handed in"], rows)
    if plan.counts:
        counts = ", ".join(f"{what} {count:,}" for what, count in sorted(plan.counts.items()))
        print(f"\nother files, which nobody has to look at: {counts}")
    if dry_run:
        print("\nnothing was collected: leave out --dry-run")
    for each in plan.to_look_at:
        print(each.sentence, file=sys.stderr)
    if count := len(plan.to_look_at):
        verb = "was" if count == 1 else "were"
        raise CourseError(f"{count} of {len(rows)} files {verb} not collected: see the reasons above.")


@app.command(rich_help_panel=INSTRUCTORS)
def grade(
    folder: Annotated[Path, typer.Argument(help="The folder with the submissions.")],
    module: Annotated[
        str | None,
        typer.Option(
            help="The module to grade, such as 05; found from the notebooks if not given.",
            autocompletion=_complete_module,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The folder for the gradebook, feedback/ and grades.csv; the course if not given."),
    ] = None,
    isolation: Annotated[
        str | None,
        typer.Option(
            help="bubblewrap (a sandbox) or limits (only limits: the code runs with your own rights); "
            "as nbgrader_config.py says if not given."
        ),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Give 0 points to a file that is not a notebook, and grade the others.")
    ] = False,
    trust: Annotated[
        list[str] | None,
        typer.Option(help="A flagged student whose code you have checked: the points count. May be repeated."),
    ] = None,
    student: Annotated[list[str] | None, typer.Option(help="Grade only this student. May be repeated.")] = None,
    form: FormOfPaths = "",
    take: TakeFiles = None,
    groups: ByGroup = False,
    zone: ZoneOfTimes = "",
    force: Annotated[
        bool, typer.Option("--force", help="Also grade what was graded before, and the reference.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=0, help="How many submissions to grade at the same time; one per core if 0.")
    ] = 0,
    results_json: Annotated[
        Path | None, typer.Option(help="Also write the result of the only hand-in as JSON, for a platform that grades.")
    ] = None,
    results_form: Annotated[str, typer.Option(help="The form of that JSON: gradescope or classroom50.")] = "gradescope",
    scheduler: Annotated[
        str, typer.Option(help="The address of a Dask scheduler whose workers grade, such as tcp://host:8786.")
    ] = "",
) -> None:
    """Grade a folder of submissions. The results are report.html, feedback pages and grades.csv.

    \b
    The folder may mix alice.ipynb, bob/dataloader.ipynb, carol/any/folders/dataloader.ipynb and zips of `tito submit`.
    tito grade handed_in/
    tito grade handed_in/ --module 05 --output /tmp/trial
    tito grade handed_in/ --keep-going
    tito grade handed_in/ --trust alice --trust bob
    tito grade handed_in/ --student alice --force

    Submissions that have been graded before are not graded again. To continue a run that stopped, run it again.
    """
    from datetime import UTC, datetime

    from rich.console import Console

    from tinytorch.course.gradebook.due_dates import due_date
    from tinytorch.course.grading.grade import grade as grade_folder
    from tinytorch.course.grading.options import Options
    from tinytorch.course.instants import shown
    from tinytorch.course.reports.results_json import check_form, write_results_json
    from tinytorch.course.reports.terminal import GradingProgress, print_equal, print_report

    course, console = Course.find(), Console()
    chosen = course.module(module) if module else None
    if results_json is not None:
        check_form(results_form, os.environ)
    _choose_isolation(course, isolation)
    with GradingProgress(console) as progress:
        options = Options(
            keep_going=keep_going,
            trusted=trust or [],
            students=student or [],
            take=take or [],
            form=form,
            by_group=groups,
            zone=zone,
            force=force,
            workers=workers,
            scheduler=scheduler,
        )
        results = grade_folder(course, folder, chosen, output, progress, options)
    print_report(console, results)
    print_equal(results.equal)
    if results_json is not None:
        write_results_json(results, results_json, results_form, os.environ, datetime.now(UTC))
        _say_wrote(results_json, course)
    written = output or Path()
    print(f"\nreport:   {written / 'report.html'}")
    if found := due_date(course, results.module, output):
        print(f"due:      {shown(found)}")
    print(f"scores:   {written / 'grades.csv'}; to import: {written / 'canvas.csv'}, {written / 'nbgrader.csv'}")
    if results.graded:
        page = f"{results.graded[0].student}/{results.module.assignment}/{results.module.name}.html"
        print(f"feedback: a page per student, such as {written / 'feedback' / page}")
    lost, reasons = results.failures + results.unreadable, []
    if lost:
        names = ", ".join(student.student for student in lost)
        reasons.append(f"{len(lost)} of {len(results.students)} submissions could not be graded ({names})")
    files = [each for each in results.found.to_look_at if not student or each.student in student]
    if files:
        verb = "files were not graded" if len(files) > 1 else "file was not graded"
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        reasons.append(f"{len(files)} {verb} ({', '.join(each.path for each in files[:3])}{more})")
    if results.without_page:
        names = ", ".join(each.student for each in results.without_page)
        reasons.append(f"the feedback pages of {names} could not be made")
    if reasons:
        raise CourseError(f"{', and '.join(reasons)}: see the reasons under the table.")


@app.command(rich_help_panel=INSTRUCTORS)
def regrade(
    module: OneModule,
    output: Annotated[
        Path | None, typer.Option(help="The folder that it was graded to before, if `tito grade` had --output.")
    ] = None,
    isolation: Annotated[str | None, typer.Option(help="The same as for `tito grade`.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="The same as for `tito grade`.")] = 0,
    scheduler: Annotated[str, typer.Option(help="The same as for `tito grade`.")] = "",
) -> None:
    """Grade the tests that you corrected, for the whole class. All other scores stay as they are.

    \b
    tito build 05        after you corrected the test in src/
    tito regrade 05      keeps the scores that you gave by hand, too
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
        print("No test has changed since the class was graded, so nothing was changed.")
        return
    rows = [[each.student, each.test, f"{each.before:g}", f"{each.after:g}"] for each in changes]
    if rows:
        print_table(console, "changed scores", ["student", "test", "before", "after"], rows)
    print(f"\n{', '.join(tests)}: graded again for {len(results.graded)} students, {len(rows)} scores changed")
    if results.failures:
        names = ", ".join(student.student for student in results.failures)
        raise CourseError(
            f"{len(results.failures)} submissions could not be graded ({names}): run `tito regrade` again."
        )


@app.command(rich_help_panel=INSTRUCTORS)
def due(
    module: OneModule,
    when: Annotated[
        str | None, typer.Argument(help="The date, the time and the zone; without it, the due date is shown.")
    ] = None,
) -> None:
    """Say when a module is due, or set that.

    \b
    tito due 05
    tito due 05 "2026-05-01 12:00 UTC"
    tito due 05 "2026-05-01 14:00 +02:00"
    tito due 05 "2026-05-01 14:00 Europe/Berlin"

    If submissions have been graded before, `tito grade submitted/` writes the files and pages with the new penalties.
    """
    from tinytorch.course.gradebook.due_dates import due_date, set_due_date
    from tinytorch.course.instants import read_instant, shown

    course = Course.find()
    chosen = course.module(module)
    if when is not None:
        try:
            set_due_date(course, chosen, read_instant(when))
        except ValueError as error:
            raise CourseError(str(error)) from None
    found = due_date(course, chosen)
    print(f"{chosen.assignment} is due {shown(found)}" if found else f"{chosen.assignment} has no due date")


@app.command(rich_help_panel=INSTRUCTORS)
def extend(
    module: OneModule,
    student: Annotated[str, typer.Argument(help="The student's id.")],
    days: Annotated[int, typer.Option(help="How many days after the due date.")] = 0,
    hours: Annotated[int, typer.Option(help="How many hours in addition.")] = 0,
) -> None:
    """Give one student more time for a module.

    \b
    tito extend 05 alice --days 2
    tito extend 05 alice --days 0     takes the extension back

    An id that nobody has changes nothing; the ids that are near it are named.

    If the submission has been graded before, `tito grade submitted/` writes the files and pages with the new penalty.
    """
    from tinytorch.course.gradebook.due_dates import extend as extend_module
    from tinytorch.course.instants import shown

    course = Course.find()
    due = extend_module(course, course.module(module), student, days, hours)
    print(f"{student} has until {shown(due)}")


@app.command(rich_help_panel=STUDENTS)
def status(
    module: Annotated[
        str | None,
        typer.Argument(
            help="The module, such as 05; in a student's bundle all if not given.", autocompletion=_complete_module
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="For instructors: the folder that it was graded to, if not the course.")
    ] = None,
) -> None:
    """Say what is written, passes and is handed in.

    \b
    tito status        in a student's bundle: each module, as `tito check` last saw it
    tito status 05     in the course's own folder: who is graded, flagged, late or missing, and who waits
    """
    course = Course.find()
    chosen = course.module(module) if module else None
    if course.is_bundle:
        _print_student_status(course, [chosen] if chosen else course.modules)
    elif chosen is None:
        raise CourseError("Say of which module, such as `tito status 05`.")
    else:
        _print_class_status(course, chosen, (output or course.root).resolve())


def _print_student_status(course: Course, modules: list[Module]) -> None:
    """Print where a student stands with each module."""
    from rich.console import Console

    from tinytorch.course.student import milestones
    from tinytorch.course.student.student_status import COLUMNS, student_status
    from tinytorch.course.tables import print_table

    console = Console()
    print_table(console, "modules", COLUMNS, [each.row for each in student_status(course, modules)])
    print_table(console, "milestones", milestones.COLUMNS, milestones.rows(course))


def _print_class_status(course: Course, chosen: Module, folder: Path) -> None:
    """Print where a class stands with one module."""
    from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
    from tinytorch.course.instants import shown
    from tinytorch.course.reports.class_status import class_status

    found = class_status(open_nbgrader_in(course, folder).coursedir, chosen)
    due = f"due {shown(found.due)}" if found.due else "no due date"
    print(f"{chosen.assignment}: {found.students} students, {due}")
    for group in found.groups:
        if group.students:
            advice = f"  (next: {group.advice})" if group.advice else ""
            print(f"\n{group.what}: {len(group.students)}{advice}\n  {', '.join(group.students)}")


@app.command(rich_help_panel=STUDENTS)
def milestone(
    name: Annotated[str | None, typer.Argument(help="Which one, such as xor; all are listed if none is given.")] = None,
) -> None:
    """Run a moment of history on what you exported. The exit code is 0 if it passes.

    \b
    tito milestone          what there is, and what each needs
    tito milestone xor      run it, and draw it to milestones/xor.png
    """
    from datetime import UTC, datetime

    from rich.console import Console

    from tinytorch.course.student import milestones
    from tinytorch.course.tables import print_table

    course = Course.find()
    if name is None:
        print_table(Console(), "milestones", milestones.COLUMNS, milestones.rows(course))
        return
    chosen = milestones.find_milestone(name)
    print(f"{chosen.years}: {chosen.title}", flush=True)
    reached, picture = milestones.run_milestone(course, chosen, datetime.now(UTC))
    _say_wrote(picture, course)
    print(f"first done by: {chosen.source}")
    if not reached:
        raise typer.Exit(1)


@app.command(rich_help_panel=INSTRUCTORS)
def rubric(
    module: OneModule,
    cell: Annotated[str, typer.Option(help="The written answer's cell, if the module has several.")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on this machine; a free one if 0.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="The folder that it was graded to, if `tito grade` had --output.")
    ] = None,
) -> None:
    """Grade written answers by a rubric, all students on one page.

    \b
    tito rubric 05
    tito rubric 05 --output /tmp/trial

    The page is on this machine alone, and saves what you enter into the gradebook as you type. Comments given before
    are offered. Afterwards `tito grade` or `nbgrader generate_feedback` writes the feedback pages with them.
    """
    import webbrowser

    from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
    from tinytorch.course.reports.rubric_page import RubricGrading, RubricServer

    course = Course.find()
    coursedir = open_nbgrader_in(course, (output or course.root).resolve()).coursedir
    grading = RubricGrading(course.module(module), coursedir, cell)
    try:
        server = RubricServer(grading, port)
    except OSError as error:
        raise CourseError(
            f"The page cannot be served on port {port} ({error.strerror}): give another --port."
        ) from None
    with server:
        print(
            f"open {server.url}\nCtrl-C ends this; everything that the page calls saved is in the gradebook", flush=True
        )
        if sys.stdout.isatty():
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


@app.command(rich_help_panel=INSTRUCTORS)
def similar(
    module: OneModule,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(help="The autograded/ folder of an earlier class, to compare with as well. May be repeated."),
    ] = None,
    at_least: Annotated[int, typer.Option(min=1, max=100, help="The percentage from which a pair is shown.")] = 60,
    output: Annotated[
        Path | None, typer.Option(help="The folder that it was graded to, if `tito grade` had --output.")
    ] = None,
) -> None:
    """List students whose answers are alike: a reason to look.

    \b
    tito similar 05
    tito similar 05 --earlier ../2025/autograded --at-least 50

    Comments, names and the released text do not count. No score changes. similar.html shows the answers side by side.
    """
    from rich.console import Console

    from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
    from tinytorch.course.reports.similar_answers import compare_class, write_similar
    from tinytorch.course.tables import print_table

    course = Course.find()
    chosen, folder = course.module(module), (output or course.root).resolve()
    coursedir = open_nbgrader_in(course, folder).coursedir
    pairs, compared = compare_class(chosen, coursedir, earlier or [], at_least / 100)
    write_similar(chosen, pairs, folder / "similar.html")
    rows = [
        [f"{100 * pair.share:.0f} %", *pair.students, "equal to the character" if pair.equal else pair.cells[0].name]
        for pair in pairs
    ]
    if rows:
        print_table(Console(), "answers that are alike", ["alike", "student", "and", "most of all"], rows)
    print(f"{compared} submissions compared, {len(pairs)} pairs at {at_least} % or more: a reason to look, no verdict")
    _say_wrote(folder / "similar.html", course)


@app.command("return", rich_help_panel=INSTRUCTORS)
def return_scores(
    module: OneModule,
    template: Annotated[Path | None, typer.Option(help="The grades as the platform exported them.")] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="The zip of feedback pages to write, for Moodle or Canvas to take in bulk.")
    ] = None,
    to: Annotated[
        str, typer.Option(help="canvas, moodle, d2l, blackboard or gradescope; found out from the file if not given.")
    ] = "",
    column: Annotated[str, typer.Option(help="The column to fill; found by the module's name if not given.")] = "",
    scale: Annotated[float | None, typer.Option(min=0.01, help="What all points together count there.")] = None,
    mark: Annotated[
        list[str] | None,
        typer.Option(
            help="What to enter for whom no score is entered by itself, such as missing=0, flagged=0, or waiting=score "
            "for the points so far. May be repeated."
        ),
    ] = None,
    write: Annotated[Path | None, typer.Option(help="The file to write; beside the template if not given.")] = None,
    output: Annotated[Path | None, typer.Option(help="The folder with the gradebook; the course if not given.")] = None,
) -> None:
    """Fill a platform's own file with the scores of the class.

    \b
    tito return 05 --template canvas_export.csv
    tito return 05 --to moodle --template worksheet.csv --scale 100
    tito return 05 --template export.csv --mark missing=0 --mark waiting=score
    tito return 05 --feedback feedback.zip

    Only the cells of one column change. Who is flagged, waits for points by hand or handed in nothing is left out and
    named, unless --mark says what to enter.
    """
    from datetime import UTC, datetime

    from tinytorch.course.gradebook.due_dates import assign_penalties
    from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
    from tinytorch.course.gradebook.open_read_only import open_read_only
    from tinytorch.course.gradebook.returned_scores import record_returned
    from tinytorch.course.gradebook.standing import FLAGGED, MISSING, STATES, find_assignment, read_standings
    from tinytorch.course.gradebook.student_files import StudentFiles
    from tinytorch.course.handin.feedback_zip import write_feedback_zip
    from tinytorch.course.reports.fill_template import MARKS, fill_template

    course = Course.find()
    chosen = course.module(module)
    marks = dict(_pair(each, "--mark", "missing=0") for each in mark or [])
    if unknown := [name for name in marks if name not in MARKS]:
        raise CourseError(f"--mark takes {', '.join(MARKS)}, and not {unknown[0]!r}.")
    if template is None and feedback is None:
        raise CourseError(
            "Say what goes back: scores with --template FILE, feedback pages with --feedback FILE, or both."
        )
    api = open_nbgrader_in(course, (output or course.root).resolve())
    coursedir = api.coursedir
    with open_read_only(coursedir.db_url) as gradebook:
        find_assignment(gradebook, chosen)  # before anything is entered
    assign_penalties(api, chosen)
    with open_read_only(coursedir.db_url) as gradebook:
        standings = read_standings(gradebook, chosen)
    if feedback is not None:
        students = [each.student.id for each in standings if each.state not in (FLAGGED, MISSING)]
        made = write_feedback_zip(StudentFiles(coursedir, chosen), chosen, students, feedback)
        print(f"wrote {feedback}: the pages of {len(made.students)} students; upload it to {made.platform}")
        if made.without_page:
            print(f"left out, no page in feedback/: {', '.join(made.without_page)}")
        if made.by_another:
            print(f"left out, another member of the group handed it in and gets the page: {', '.join(made.by_another)}")
        if made.from_elsewhere:
            print(f"left out, not from a download of {made.platform}: {', '.join(made.from_elsewhere)}")
    if template is None:
        return
    path = write or template.with_name(f"{template.stem}-{chosen.assignment}{template.suffix}")
    filled = fill_template(chosen, standings, template, path, platform=to, column=column, scale=scale, marks=marks)
    points = {each.student.id: each.points for each in standings if each.student.id in filled.filled}
    now = datetime.now(UTC).replace(tzinfo=None)
    record_returned(coursedir.db_url, coursedir.course_id, chosen, points, now)
    print(f"wrote {path}: {len(filled.filled)} scores in {filled.column!r}; import it on the platform")
    for state, students in filled.left_out.items():
        print(f"left out, {STATES[state]}: {', '.join(students)}")
    if filled.not_changeable:
        print(f"left out, the platform lets nobody change the grade: {', '.join(filled.not_changeable)}")
    if filled.unknown_rows:
        print(f"nobody in the gradebook: {', '.join(filled.unknown_rows)}")
    if filled.without_row:
        raise CourseError(
            f"{template} has no row for {', '.join(filled.without_row)}, who should get a score: read the class list "
            "with `tito roster`, or enter these by hand."
        )


def _choose_isolation(course: Course, isolation: str | None) -> None:
    """Raise `CourseError` if submissions can't be isolated as chosen for this run or in nbgrader_config.py."""
    from tinytorch.course.configuration import load_config
    from tinytorch.course.sandbox.isolation import check_isolation

    if isolation is not None:
        check_isolation(isolation)
        os.environ["TINYTORCH_ISOLATION"] = isolation  # nbgrader_config.py reads it
    if warning := check_isolation(str(load_config(course).ExecuteStaged.isolation)):
        print(warning, file=sys.stderr)


def main(arguments: list[str] | None = None) -> None:
    """Run `tito`. A mistake that the user can correct is one sentence and an exit code, not a traceback."""
    with one_sentence():
        app(arguments)


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    """Return the two sides of an option such as id=Username."""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise CourseError(f"{option} {text!r} says nothing of anything: write it like {option} {example}.")
    return name, value


def _shown(path: Path, course: Course) -> Path:
    """Return a path as the user would write it: relative to the course folder, if it is in there."""
    path = path.resolve()
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


def _say_wrote(path: Path, course: Course) -> None:
    """Say that a file was written."""
    print(f"wrote {_shown(path, course)}", flush=True)


if __name__ == "__main__":
    main()
