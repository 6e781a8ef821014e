"""Carrying out what plan.py decided: one notebook, its time and its secret for each student in nbgrader's submitted/.

The folder may mix these, and zips that `tito submit` made:

    alice.ipynb    bob/dataloader.ipynb    carol/05_dataloader/dataloader.ipynb    dave/work/Copy of dataloader.ipynb

If a student handed in several, the newest counts; the others, and one that was collected earlier, are kept in history/.
"""

from __future__ import annotations

import dataclasses
import json
import secrets
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType

from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.file_table import Row, What
from tinytorch.course.handin.hand_in import ORIGIN, Parts, group_of, read_parts, says, time_of
from tinytorch.course.handin.plan import Plan, make_plan
from tinytorch.course.handin.read_file import REMARKS
from tinytorch.course.handin.submit import SECRET, TIME_FORMAT, TIMESTAMP
from tinytorch.course.handin.unpack_download import is_download, unpack_download
from tinytorch.course.handin.which_counts import Submission
from tinytorch.course.layout import STUDENT_ID, Course, CourseError, Module


def plan_grading(
    course: Course,
    folder: Path,
    module: Module | None,
    output: Path,
    *,
    keep_going: bool = False,
    listed: Mapping[str, ListedStudent] | None = None,
    form: str = "",
    take: Sequence[str] = (),
    by_group: bool = False,
    zone: tzinfo | None = None,
) -> Plan:
    """Return what is done with each file of a folder when one module is graded; change nothing.

    Args:
        course: the course.
        folder: the folder of submissions.
        module: the module that they are for; found out from the files if None.
        output: the folder of results, which holds no hand-ins.
        keep_going: return what cannot be graded, too, each with its problem.
        listed: the students on the class list, by id, if there is one.
        form: how paths say who handed a file in; it is found out if empty.
        take: what a person has decided, as STUDENT=FILE.
        by_group: whether the groups on the class list hand in together.
        zone: of the times in names that do not say their zone; this machine's if None.

    Raises:
        CourseError: there is no such folder, it has no submissions of one module, something in it cannot be graded, or,
            with `keep_going`, nothing can.
    """
    if not folder.is_dir():
        raise CourseError(_no_folder(course, folder))
    if folder.resolve() == course.root.resolve():
        raise CourseError(f"{folder} is the course itself: give the folder that holds the submissions.")
    plan = make_plan(
        course,
        [folder],
        module=module,
        one_module=True,
        output=output,
        listed=listed,
        form=form,
        taken=taken_files(take),
        command=f"tito grade {folder}",
        by_group=by_group,
        zone=zone,
    )
    refused = "; ".join(f"{row.path}: {row.why}" for row in plan.to_look_at[:5])
    problems = [f"{each.path}: {each.problem}" for each in plan.submissions if each.problem]
    if plan.module is None or not plan.submissions:
        what = f"submission of {plan.module.assignment}" if plan.module else "notebooks"
        notebook = plan.module.notebook_name if plan.module else "<module>.ipynb"
        raise CourseError(
            f"{folder} holds no {what}: expected <student>.ipynb, <student>/{notebook} or zips of `tito submit`"
            + (f" (but found {refused})." if refused else ".")
        )
    if problems and not keep_going:
        raise CourseError(
            f"Nothing was graded, because of {'; '.join(problems)} - correct or remove these files, "
            "or give --keep-going to grade the others and record 0 points for these."
        )
    if len(problems) == len(plan.submissions):
        raise CourseError(f"Nothing was graded, because nothing in {folder} can be: {'; '.join(problems)}.")
    return plan


def taken_files(take: Sequence[str], unpacked: Mapping[Path, Path] = MappingProxyType({})) -> dict[Path, str]:
    """Return what a person has decided: each file, and the student whose hand-in it is; they come as STUDENT=FILE.

    `unpacked` has the folders that zips were unpacked to: a file of such a zip is named as if that were a folder.

    Raises:
        CourseError: it is written in another way, there is no such file, or the name cannot be a student's id.
    """
    decided: dict[Path, str] = {}
    for each in take:
        student, _, name = each.partition("=")
        if not STUDENT_ID.match(student) or not name:
            raise CourseError(f"--take {each} does not say whose it is: write it as --take STUDENT=FILE.")
        file = Path(name)
        for path, folder in unpacked.items():
            file = folder / file.relative_to(path) if file.is_relative_to(path) else file
        if not file.is_file():
            raise CourseError(f"--take {each}: there is no file {name}; give it as the table shows it.")
        decided[file.resolve()] = student
    return decided


def _no_folder(course: Course, given: Path) -> str:
    """Return the sentence about a path that is not a folder of submissions."""
    if given.exists():
        return f"{given} is a file: give the folder that holds the submissions."
    with suppress(CourseError):
        module = course.module(str(given))
        return (
            f"{given} names the module {module.assignment}, and there is no folder of that name: give the folder of "
            f"submissions, such as `tito grade handed_in/ --module {module.number}`."
        )
    return f"There is no folder {given}: give the one that holds the submissions."


def collect(module: Module, submissions: Sequence[Submission], output: Path) -> None:
    """Copy each notebook, and nothing else, to `output`/submitted in nbgrader's way."""
    for submission in submissions:
        paths = (submission.path, *submission.older)
        _collect_one(module, submission, output, {path: _read(module, submission, path) for path in paths})


def _collect_one(module: Module, submission: Submission, output: Path, parts: Mapping[Path, Parts]) -> None:
    """Copy what one student handed in; `parts` has what each file holds."""
    target = output / "submitted" / submission.student / module.assignment
    for older in submission.older:
        _keep_in_history(output, submission.student, module, parts[older])
    _collect_notebook(module, submission, output, target, parts[submission.path])
    # nbgrader's release_feedback finds a student's page by this secret; its own `submit` makes it the same way.
    if not (target / SECRET).is_file():
        write_whole(target / SECRET, secrets.token_hex(64).encode())
    if submission.remarks:
        write_whole(target / REMARKS, "\n".join(submission.remarks).encode())
    elif (target / REMARKS).is_file() and target.resolve() not in submission.path.resolve().parents:
        (target / REMARKS).unlink()


def _read(module: Module, submission: Submission, path: Path) -> Parts:
    """Read one of a student's hand-ins; a platform's word for its time counts before any other."""
    parts, sender = read_parts(module, path), submission.senders.get(path)
    if sender is None or sender.time is None:
        return parts
    timestamp = sender.time.strftime(TIME_FORMAT)
    return dataclasses.replace(
        parts, time=sender.time, time_from=says(sender.platform, sender.zone), timestamp=timestamp
    )


def _collect_notebook(module: Module, submission: Submission, output: Path, target: Path, parts: Parts) -> None:
    """Copy a notebook and its time to the folder `target`; keep another one that is there in history/."""
    collected = target / module.notebook_name
    is_new = not collected.is_file() or collected.read_bytes() != parts.notebook
    if is_new and collected.is_file():
        _keep_in_history(output, submission.student, module, read_parts(module, collected))
        collected.unlink()
    is_shared_anew = bool(submission.group) and group_of(target) != submission.group
    if is_new or is_shared_anew or not (target / TIMESTAMP).is_file():
        # The time comes first: if this is killed in between, the next run does not take an older time for this one's.
        write_whole(target / TIMESTAMP, parts.timestamp.encode())
        origin = {"file": str(submission.path), "time": parts.time_from}
        if sender := submission.senders.get(submission.path):
            origin |= {"platform": sender.platform, "name": sender.name, "path": "/".join(sender.path)}
        if submission.group:
            origin["group"] = ", ".join(submission.group)
        write_whole(target / ORIGIN, (json.dumps(origin, ensure_ascii=False) + "\n").encode())
    if is_new:
        write_whole(collected, parts.notebook)
    if parts.secret is not None and (is_new or not (target / SECRET).is_file()):
        write_whole(target / SECRET, parts.secret)


def collect_all(
    course: Course,
    given: Sequence[Path],
    output: Path,
    *,
    module: Module | None = None,
    listed: Mapping[str, ListedStudent] | None = None,
    form: str = "",
    take: Sequence[str] = (),
    by_group: bool = False,
    zone: tzinfo | None = None,
    dry_run: bool = False,
) -> Plan:
    """Collect notebooks, and zips that `tito submit` made, to `output`/submitted; return what was done with each file.

    A student's newest notebook counts, and the others are kept in history/. What is held or refused is in the plan with
    its reason, and stops no other. What was collected before stays as it is. With `dry_run` nothing is written.

    Raises:
        CourseError: a path does not exist, nothing was handed in, or `output` cannot be written to.
    """
    for path in given:
        if not path.exists():
            raise CourseError(f"There is no {path}: give what was handed in, or the folder that holds it.")
        if path.resolve() == course.root.resolve():
            raise CourseError(f"{path} is the course itself: give the folder that holds what was handed in.")
    with tempfile.TemporaryDirectory(prefix="tinytorch-collect-") as scratch:
        unpacked, refused = _unpack_downloads(given, Path(scratch))
        plan = make_plan(
            course,
            [unpacked.get(path, path) for path in given],
            module=module,
            output=output,
            listed=listed,
            form=form,
            taken=taken_files(take, unpacked),
            command=f"tito collect {' '.join(shlex.quote(str(path)) for path in given)}",
            by_group=by_group,
            zone=zone,
        )
        if not plan.rows and not refused:
            where = ", ".join(map(str, given))
            raise CourseError(f"There is no notebook and no zip in {where}: give what was handed in.")
        done = _carry_out(plan, output, dry_run)
        rows = [*refused, *(_as_given(row, unpacked) for row in _joined(done))]
    return dataclasses.replace(plan, rows=rows)


def _carry_out(plan: Plan, output: Path, dry_run: bool) -> list[Row]:
    """Collect what counts; return the row of each file with what became of it."""
    outcomes: dict[tuple[Path, str], Row] = {}
    rows = {(row.path, row.student): row for row in plan.rows}
    for submission in plan.submissions:
        if submission.problem or submission.module is None:
            continue
        try:
            outcomes |= _collect_newest(submission.module, submission, rows, output, dry_run)
        except OSError as error:
            raise CourseError(
                f"Collecting had to stop at {submission.student} ({error}): all before is complete; run it again."
            ) from None
    return [outcomes.get((row.path, row.student), row) for row in plan.rows]


def _joined(rows: list[Row]) -> list[Row]:
    """Return one row for a file of which the same is true for each member of a group."""
    joined: dict[tuple[Path, What, str, str], list[Row]] = {}
    for row in rows:
        joined.setdefault((row.path, row.what, row.why, row.time), []).append(row)
    return [dataclasses.replace(same[0], student=", ".join(row.student for row in same)) for same in joined.values()]


def _unpack_downloads(given: Sequence[Path], scratch: Path) -> tuple[dict[Path, Path], list[Row]]:
    """Unpack the zips of whole classes; return where each is now, and a row for each file that was not unpacked."""
    unpacked: dict[Path, Path] = {}
    rows = []
    for number, path in enumerate(given):
        if path.is_file() and is_download(path):
            unpacked[path] = scratch / str(number) / path.stem
            unpacked[path].mkdir(parents=True)
            refused = unpack_download(path, unpacked[path])
            rows += [Row(path / name.lstrip("/"), What.REFUSED, why) for name, why in refused.items()]
    return unpacked, rows


def _as_given(row: Row, unpacked: Mapping[Path, Path]) -> Row:
    """Return a row with the zip's name in place of the folder that it was unpacked to."""
    for path, folder in unpacked.items():
        why = row.why.replace(str(folder), str(path))
        inside = path / row.path.relative_to(folder) if row.path.is_relative_to(folder) else row.path
        row = dataclasses.replace(row, path=inside, why=why)
    return row


def _collect_newest(
    module: Module, submission: Submission, rows: Mapping[tuple[Path, str], Row], output: Path, dry_run: bool
) -> dict[tuple[Path, str], Row]:
    """Collect what one student handed in of one module; return the row of each file with what became of it."""
    collected = output / "submitted" / submission.student / module.assignment / module.notebook_name
    before = [collected] if collected.is_file() else []
    known = {path.read_bytes() for path in [*before, *_history(output, submission.student, module)]}
    parts = {path: _read(module, submission, path) for path in (submission.path, *submission.older)}
    # at the same time, the one that was collected before
    is_newest = not before or time_of(collected)[0] < parts[submission.path].time
    new = [path for path in parts if parts[path].notebook not in known]
    is_shared_anew = (
        bool(submission.group)
        and collected.is_file()
        and collected.read_bytes() == parts[submission.path].notebook
        and group_of(collected.parent) != submission.group
    )
    if not dry_run:
        if is_shared_anew or (is_newest and submission.path in new):
            older = tuple(path for path in submission.older if path in new)
            _collect_one(module, dataclasses.replace(submission, older=older), output, parts)
        else:
            for path in new:
                _keep_in_history(output, submission.student, module, parts[path])
    outcomes = {}
    for path in parts:
        if path not in new:
            what, why = What.SAME, "was collected before"
        elif path != submission.path or not is_newest:
            what, why = What.OLDER, "an older one, kept in history/"
        else:
            what, why = What.COUNTS, "collected; the one before is in history/" if before else "collected"
        key = (path, submission.student)
        outcomes[key] = dataclasses.replace(rows[key], what=what, why=why)
    return outcomes


def _history(output: Path, student: str, module: Module) -> list[Path]:
    folder = output / "history" / student / module.assignment
    return sorted(folder.glob(f"*/{module.notebook_name}")) if folder.is_dir() else []


def _keep_in_history(output: Path, student: str, module: Module, parts: Parts) -> None:
    """Keep a notebook that a newer one replaces, by the time when it was handed in."""
    folder = output / "history" / student / module.assignment
    name, count = f"{parts.time:%Y-%m-%dT%H-%M-%S}", 1
    kept = folder / name / module.notebook_name
    while kept.is_file() and kept.read_bytes() != parts.notebook:
        count += 1
        kept = folder / f"{name}-{count}" / module.notebook_name
    if not kept.is_file():
        write_whole(kept, parts.notebook)
