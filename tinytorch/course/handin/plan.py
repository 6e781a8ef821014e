"""Deciding what is done with each file that was handed in, before anything is written: a table with a row for each.

Nobody is guessed. A student's newest notebook counts; what contradicts itself, or could be one thing or another, is
held with the command that decides: two notebooks of the same time, two hand-ins that different people made in one
student's name. The table knows nothing of grading: `tito collect` and `tito grade` carry it out.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.class_list_match import ClassListMatch, described
from tinytorch.course.handin.found_files import PAGES, RESULT_NAMES, RESULTS, FoundFile, Kind, find_files, notebook_stem
from tinytorch.course.handin.hand_in import OWN_CLOCK, in_words, parse_time, read_parts, says, time_of
from tinytorch.course.handin.notebook_facts import NotebookFacts, read_facts
from tinytorch.course.handin.read_file import MOST_BYTES, NotANotebook
from tinytorch.course.handin.read_zip import NotAHandIn, unpack
from tinytorch.course.handin.senders import Reader, Sender, by_folder, find_reader
from tinytorch.course.handin.submit import TIMESTAMP
from tinytorch.course.instants import shown
from tinytorch.course.layout import STUDENT_ID, Course, CourseError, Module
from tinytorch.course.notebook import module_by_path, shared_cells

BACKUP = ".backup-"
NO_TIME = datetime.min.replace(tzinfo=UTC)
SAME_TIME = timedelta(minutes=1)  # dates of files that were copied or cloned together say nothing of which is newer
# What browsers, systems and JupyterLab put around the name of a copy
COPY = re.compile(r"^(copy of )?(?P<name>.*?)([ _-]*(\(\d+\)|copy\d*|\d))*$", re.IGNORECASE)

GRADE_ID = re.compile(rb'"grade_id":\s*"([^"\\]*)"')


class What(enum.Enum):
    """What is done with a file."""

    COUNTS = "counts"
    OLDER = "older"  # kept in history/
    SAME = "the same as another"
    PROBLEM = "cannot be read"  # what a student has instead of a notebook
    HELD = "held"  # until a person decides
    REFUSED = "not taken"
    OTHER_MODULE = "of another module"
    BESIDE = "beside a hand-in"

    @property
    def needs_a_person(self) -> bool:
        """Whether something that was handed in may be lost if nobody looks."""
        return self in (What.PROBLEM, What.HELD, What.REFUSED)


@dataclass(frozen=True)
class Row:
    """One file, and what is done with it."""

    path: Path
    what: What
    why: str = ""
    student: str = ""  # empty if the file is nobody's
    module: Module | None = None
    time: str = ""  # when it was handed in, and who says so

    @property
    def outcome(self) -> str:
        """What is done with the file, in a few words; `sentence` has all of them."""
        return self.what.value if self.what in (What.HELD, What.REFUSED) else self.why or self.what.value

    @property
    def sentence(self) -> str:
        """What is done with the file, and why, in a sentence that names the file."""
        return self.why if self.why.startswith(str(self.path)) else f"{self.path}: {self.why}"


@dataclass(frozen=True)
class Submission:
    """What a student handed in."""

    student: str
    path: Path  # the notebook, or a zip of `tito submit`; the student's folder, if there is no notebook in it
    problem: str = ""  # why it cannot be read; empty if it can
    remarks: tuple[str, ...] = ()  # what the student has to know about how it was handed in
    older: tuple[Path, ...] = ()  # what else the student handed in
    module: Module | None = None
    senders: Mapping[Path, Sender] = field(
        default_factory=dict
    )  # what the paths of all of these say, if a platform did


@dataclass(frozen=True)
class Plan:
    """What is done with every file: each has a row or is among the counts."""

    rows: list[Row]
    counts: Counter[str]  # how many files nobody needs to look at one by one, by what they are
    submissions: list[Submission]
    module: Module | None  # the only one that counts

    def of_one_module(self) -> Module:
        """Return the only module that counts, or raise `CourseError`."""
        if self.module is None:
            raise CourseError("It does not show which module this is for: give --module, such as --module 05.")
        return self.module

    @property
    def to_look_at(self) -> list[Row]:
        """The rows of files that a person has to look at."""
        return [row for row in self.rows if row.what.needs_a_person]


@dataclass(frozen=True)
class HandIn:
    """A notebook that was handed in, by itself or in a zip of `tito submit`."""

    file: FoundFile
    student: str
    sender: Sender
    module: Module | None
    time: datetime
    time_from: str
    unreadable: str = ""  # why it is not a notebook; empty if it is one
    written: bool = True  # whether a cell to write is not as released

    @property
    def place(self) -> Path:
        """Its path below the student's own folder."""
        return _place(self.file, self.sender)

    @property
    def is_direct(self) -> bool:
        """Whether it was handed in as it is, and not in folders of the student's own."""
        return not self.sender.inside or (self.sender.is_sure and len(self.sender.inside) == 1)

    @property
    def is_zip(self) -> bool:
        """Whether the notebook is in a zip, which says whose it is and when it was handed in."""
        return self.file.kind == Kind.ZIP

    @property
    def when(self) -> str:
        """When it was handed in, and who says so."""
        late = f", late as {self.sender.platform} says" if self.sender.late else ""
        return in_words(self.time, self.time_from) + late

    @property
    def at_the_right_place(self) -> bool:
        """Whether it lies where a student's notebook is expected."""
        if self.is_zip or not self.sender.inside or self.module is None:
            return True
        return self.sender.inside in (
            (self.module.notebook_name,),
            (self.module.assignment, self.module.notebook_name),
        )

    @property
    def rank(self) -> int:
        """How well its place and name fit: 0 as expected, 1 a copy under another name, 2 in any other folder."""
        if self.at_the_right_place or self.module is None:
            return 0
        is_copy = _without_copy(self.place.name) == self.module.name
        return 1 if len(self.sender.inside) == 1 and is_copy else 2

    @functools.cached_property
    def digest(self) -> str:
        """A name for the notebook's content."""
        assert self.module is not None
        return hashlib.sha256(read_parts(self.module, self.file.path).notebook).hexdigest()


def make_plan(
    course: Course,
    given: Sequence[Path],
    *,
    module: Module | None = None,
    one_module: bool = False,
    output: Path | None = None,
    form: str = "",
    listed: Mapping[str, ListedStudent] | None = None,
    taken: Mapping[Path, str] | None = None,
    command: str = "tito collect",
) -> Plan:
    """Return what is done with each of these files, and each file below these folders; nothing is changed.

    Args:
        course: the course.
        given: folders and files.
        module: the only module that counts; each file's own if None.
        one_module: whether all files have to be for one module; it is found out if `module` is None.
        output: the folder of results, which holds no hand-ins; the course's if None.
        form: how paths say who handed a file in, one of `FORMS`; it is found out if empty.
        listed: the students on the class list, by id, if there is one.
        taken: files that a person has decided on, with resolved paths, and whose they are.
        command: what a sentence tells people to run, without the options that decide.

    Raises:
        CourseError: there is nothing that was handed in, or, with `one_module`, it is for several modules or for none.
    """
    planner = _Planner(course, module, one_module, form, listed or {}, taken or {}, command)
    return planner.plan(given, output or course.root)


@dataclass
class _Planner:
    """Makes one plan."""

    course: Course
    module: Module | None
    one_module: bool
    form: str
    listed: Mapping[str, ListedStudent]
    taken: Mapping[Path, str]
    command: str
    match: ClassListMatch = field(init=False)
    reader: Reader = by_folder
    rows: list[Row] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    hand_ins: list[HandIn] = field(default_factory=list)
    others: list[tuple[FoundFile, str, str]] = field(default_factory=list)  # no hand-in: with its student, and why
    submissions: list[Submission] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.match = ClassListMatch(self.listed)

    def plan(self, given: Sequence[Path], output: Path) -> Plan:
        """Return the plan."""
        self._find(given, output)
        found = {each.file.path.resolve() for each in self.hand_ins}
        if stray := next((path for path in self.taken if path not in found), None):
            raise CourseError(f"--take {self.taken[stray]}={stray}: that is no hand-in; see the table.")
        if self.one_module and self.module is None:
            self.module = self._only_module(given)
        self.hand_ins = [self._with_module(each) for each in self.hand_ins]
        self._hold_usurped()
        groups: dict[tuple[str, Module], list[HandIn]] = defaultdict(list)
        for each in self.hand_ins:
            if self._is_hand_in(each):
                groups[each.student, each.module].append(each)  # type: ignore[index]
        for (student, module), group in groups.items():
            self._choose(student, module, group)
        self._account_for_others()
        for row in self.rows:
            if row.what == What.OTHER_MODULE:
                self.counts["notebooks of other modules"] += 1
        rows = [row for row in self.rows if row.what != What.OTHER_MODULE]
        submissions = sorted(self.submissions, key=lambda each: (each.student, each.module or ""))
        return Plan(sorted(rows, key=lambda row: row.path), self.counts, submissions, self.module)

    def _find(self, given: Sequence[Path], output: Path) -> None:
        """Sort the files: hand-ins, leftovers, and others."""
        now = datetime.now(UTC)
        found: dict[Path, FoundFile] = {}
        for path in given:
            own = self._own(path, output)
            for file in find_files(path, own):
                # a folder that is given may be the one that a platform's form begins with
                parts = (path.resolve().name, *file.parts) if path.is_dir() else file.parts
                found.setdefault(file.path, dataclasses.replace(file, full=parts))
        self.reader = find_reader(self.form, [file.full for file in found.values()], given)
        for file in found.values():
            sender = self._sender(file)
            student = sender.student if sender.inside else ""
            if file.kind == Kind.LEFTOVER or (sender.is_page and file.kind == Kind.OTHER):
                self.counts[file.why or PAGES] += 1
            elif file.kind == Kind.REFUSED:
                self._row(file.path, What.REFUSED, file.why, sender.student)
            elif file.kind == Kind.ZIP:
                self._add_zip(file, sender, now)
            elif file.kind == Kind.NOTEBOOK and BACKUP not in file.path.name:
                self._add_notebook(file, sender)
            else:
                why = "a backup that `tito reset` made" if file.kind == Kind.NOTEBOOK else "no notebook"
                self.others.append((file, student, why))

    def _own(self, given: Path, output: Path) -> dict[Path, str]:
        """Return what is no hand-in below a folder: the course, and the folder of results."""
        folder, own = given.resolve(), {}
        root, results = self.course.root.resolve(), output.resolve()
        if root != folder and root.is_relative_to(folder):
            own[root] = RESULTS
        if results == folder:
            own |= {results / name: RESULTS for name in RESULT_NAMES}
        elif results.is_relative_to(folder):
            own[results] = RESULTS
        return own

    def _sender(self, file: FoundFile) -> Sender:
        """Return what a file's path says, with the student's id as the class list has it."""
        found = self.reader(file.full)
        if found is None or not found.is_sure:
            found = by_folder(file.parts)
        return dataclasses.replace(found, student=self.match.identify(found), path=file.parts)

    def _row(
        self, path: Path, what: What, why: str = "", student: str = "", module: Module | None = None, time: str = ""
    ) -> None:
        self.rows.append(Row(path, what, why, student, module, time))

    def _add_zip(self, file: FoundFile, sender: Sender, now: datetime) -> None:
        try:
            found = unpack(self.course, file.path, now)
        except NotAHandIn as problem:
            self._row(file.path, What.REFUSED, str(problem), sender.student if sender.inside else "")
            return
        time, time_from = parse_time(found.parts[TIMESTAMP]), OWN_CLOCK
        if sender.time:
            time, time_from = sender.time, says(sender.platform)
        student = self.taken.get(file.path.resolve(), found.student)
        self.hand_ins.append(HandIn(file, student, sender, found.module, time, time_from))

    def _add_notebook(self, file: FoundFile, sender: Sender) -> None:
        student = self.taken.get(file.path.resolve(), sender.student)
        by_path = module_by_path(self.course, _place(file, sender))
        time, time_from = (sender.time, says(sender.platform)) if sender.time else time_of(file.path)
        is_another = self.module is not None and by_path not in (None, self.module) and _is_all_named(file, by_path)
        if is_another and self._module_of(_names_in(file.path), None) == by_path:
            self.hand_ins.append(HandIn(file, student, sender, by_path, time, time_from))
            return  # a clone holds all modules, and to read them all would take long
        unreadable, facts = "", NotebookFacts(frozenset(), written=True)
        try:
            facts = read_facts(file.path)
        except NotANotebook as error:
            unreadable = str(error)
        module = self._module_of(facts.names, by_path)
        self.hand_ins.append(HandIn(file, student, sender, module, time, time_from, unreadable, facts.written))

    def _module_of(self, names: frozenset[str], by_path: Module | None) -> Module | None:
        """Return the module that most of a notebook's cells are of, else that of its path."""
        shared = shared_cells(self.course, names)
        if not shared:
            return by_path
        most = max(shared.values())
        likely = [module for module, count in shared.items() if count == most]
        return next((module for module in (by_path, self.module) if module in likely), likely[0])

    def _only_module(self, given: Sequence[Path]) -> Module | None:
        """Return the one module that all hand-ins are for; None if there are none at all."""
        modules = {each.module for each in self.hand_ins if each.module}
        if len(modules) == 1 or not self.hand_ins:
            return next(iter(modules), None)
        names = ", ".join(module.assignment for module in sorted(modules))
        reason = f"holds notebooks of {names}" if modules else "does not show which module it is for"
        where = ", ".join(map(str, given))
        raise CourseError(f"{where} {reason}: choose the module to grade with --module, such as --module 05.")

    def _with_module(self, each: HandIn) -> HandIn:
        """Return a hand-in; what lies where the only module's notebook is expected is handed in as that.

        If its cells are another module's, it yields to any other; its student is told what it is when it is graded.
        """
        if self.module is None or each.is_zip:
            return each
        expected = [(self.module.notebook_name,), (self.module.assignment, self.module.notebook_name)]
        is_expected = each.is_direct or each.sender.inside in expected
        if each.module is None and (each.is_direct or self._is_taken(each)):
            return dataclasses.replace(each, module=self.module)
        if self.one_module and each.module not in (None, self.module) and is_expected:
            return dataclasses.replace(each, module=self.module, written=False)
        return each

    def _hold_usurped(self) -> None:
        """Hold what nobody on the class list handed in, and what one person handed in in the name of another."""
        of_modules = {module.name for module in self.course.modules}
        for each in [each for each in self.hand_ins if not self._is_taken(each)]:
            if not each.sender.inside and not each.is_zip and _without_copy(each.place.name) in of_modules:
                self._hold(each, "its name does not say whose it is", "STUDENT")
            elif each.sender.others:
                self._hold(each, f"a group handed it in: {', '.join([each.sender.name, *each.sender.others])}")
            elif not each.sender.student:
                self._hold(each, f"the class list has nobody, or several, for {described(each.sender)}", "STUDENT")
        self._call_by_their_zips()
        claims: dict[str, set[str]] = defaultdict(set)  # by first folder: whose hand-ins are in it
        notebooks_of = {each.sender.student for each in self.hand_ins if not each.is_zip and each.sender.inside}
        for each in self.hand_ins:
            if each.sender.inside:
                claims[each.sender.student].add(each.student)
        contradicted: list[HandIn] = []
        by_sender: dict[tuple[str, Module | None], dict[str, list[HandIn]]] = defaultdict(lambda: defaultdict(list))
        for each in self.hand_ins:
            sender = each.sender.student if each.sender.inside else each.student
            is_nobodys = not each.sender.is_sure and len(claims[sender]) > 1 and sender not in notebooks_of
            if self._is_taken(each) or is_nobodys:
                sender = each.student  # a person has decided, or the folder is nobody's
            if each.is_zip and sender != each.student and (sender in self.listed or sender in notebooks_of):
                contradicted.append(each)
            else:
                by_sender[each.student, each.module][sender].append(each)
        for each in contradicted:
            self._hold(each, f"its path says {each.sender.student}, and the manifest in it says {each.student}")
        for (student, _), hand_ins in by_sender.items():
            claimed = [each for group in hand_ins.values() for each in group]
            if len(hand_ins) < 2 or len({each.digest for each in claimed}) < 2:
                continue
            chosen = [each for each in claimed if self._is_taken(each)]
            names = " and ".join(sorted(hand_ins))
            for each in claimed:
                if not chosen:
                    self._hold(each, f"{names} both handed in as {student}")
                elif each not in chosen:
                    why = f"{chosen[0].file.path} was chosen by --take"
                    self._row(each.file.path, What.BESIDE, why, student, each.module, each.when)
                    self.hand_ins.remove(each)

    def _is_taken(self, each: HandIn) -> bool:
        """Whether a person has decided whose it is, and that it counts."""
        return each.file.path.resolve() in self.taken

    def _call_by_their_zips(self) -> None:
        """Give each person whom only a platform's number names the id that all zips of that person say."""
        if self.listed:
            return
        said: dict[str, set[str]] = defaultdict(set)
        senders: dict[str, set[str]] = defaultdict(set)
        for each in self.hand_ins:
            if each.is_zip and each.sender.is_sure:
                said[each.sender.student].add(each.student)
                senders[each.student].add(each.sender.student)
        for place, each in enumerate(self.hand_ins):
            names = said[each.sender.student] if each.sender.is_sure else set()
            if len(names) == 1 and len(senders[name := next(iter(names))]) == 1:
                student = each.student if self._is_taken(each) else name
                sender = dataclasses.replace(each.sender, student=name)
                self.hand_ins[place] = dataclasses.replace(each, student=student, sender=sender)

    def _hold(self, each: HandIn, reason: str, student: str = "") -> None:
        """Hold a hand-in, with the command that decides."""
        whose = student or (each.student if STUDENT_ID.match(each.student) else "STUDENT")
        take = f"{self.command} --take {shlex.quote(f'{whose}={each.file.path}')}"
        why = f"{reason}: look at it; if it counts, say so with `{take}`"
        self._row(each.file.path, What.HELD, why, each.student, each.module, each.when)
        self.hand_ins.remove(each)

    def _is_hand_in(self, each: HandIn) -> bool:
        """Whether a notebook can be a student's hand-in of a module that counts; if not, a row says why."""
        if each.module is None:
            if each.is_direct:
                why = each.unreadable or "it does not show which module it is for: choose one by --module"
                what = What.PROBLEM if each.unreadable else What.HELD
                self._row(each.file.path, what, why, each.student, None, each.when)
            else:
                self.others.append((each.file, each.student, each.unreadable or "a notebook of no module"))
            return False
        if self.module and each.module != self.module:
            self.others.append((each.file, each.student, each.module.assignment))
            return False
        return True

    def _choose(self, student: str, module: Module, group: list[HandIn]) -> None:
        """Decide which of a student's hand-ins of a module counts."""
        if not STUDENT_ID.match(student):
            for each in group:
                self._hold(each, f"{student!r} cannot be a student's id (letters, digits and . _ - @ only)")
            return
        readable = [each for each in group if not each.unreadable]
        by_hand = [each for each in group if self._is_taken(each)]
        distinct = by_hand or self._distinct(student, readable)
        rivals = distinct if by_hand or not readable else _rivals(distinct)
        if not readable:
            counting = max(group, key=lambda each: (each.time, each.file.path))
        elif len(rivals) > 1:
            shown = ", ".join(each.file.path.name if each.is_zip else "/".join(each.file.parts) for each in rivals[:4])
            reason = f"{student} handed in {len(rivals)} different notebooks of {module.assignment} ({shown})"
            self._settle(student, module, [each for each in distinct if each not in rivals], rivals[-1])
            for each in rivals:
                self._hold(each, f"{reason}, and none is clearly the newest")
            return
        else:
            counting = rivals[0]
        what = What.PROBLEM if counting.unreadable else What.COUNTS
        self._row(counting.file.path, what, counting.unreadable, student, module, counting.when)
        remaining = distinct if readable else group
        older = self._settle(student, module, remaining, counting)
        older += self._settle(student, module, [each for each in group if readable and each.unreadable], counting)
        remarks = _remarks(module, counting, len(older) + 1)
        paths = tuple(each.file.path for each in older)
        senders = {each.file.path: each.sender for each in (counting, *older) if each.sender.is_sure}
        submission = Submission(student, counting.file.path, counting.unreadable, remarks, paths, module, senders)
        self.submissions.append(submission)

    def _distinct(self, student: str, hand_ins: list[HandIn]) -> list[HandIn]:
        """Return hand-ins, the oldest first, without those that repeat the one before."""
        ordered = sorted(hand_ins, key=lambda each: (each.time, each.rank, each.file.path))
        if len(ordered) < 2:
            return ordered
        kept: list[HandIn] = []
        for each in ordered:
            if kept and kept[-1].digest == each.digest:
                same, kept[-1] = (each, kept[-1]) if kept[-1].rank <= each.rank else (kept[-1], each)
                self._row(
                    same.file.path, What.SAME, f"the same as {kept[-1].file.path}", student, same.module, same.when
                )
            else:
                kept.append(each)
        return kept

    def _settle(self, student: str, module: Module, others: Iterable[HandIn], counting: HandIn) -> list[HandIn]:
        """Note what a student's hand-ins are that do not count, and return them."""
        settled = [each for each in others if each is not counting]
        for each in settled:
            better = f"{counting.file.path} counts" if each.written else "nothing is written in it"
            why = each.unreadable or better
            self._row(each.file.path, What.OLDER, why, student, module, each.when)
        return settled

    def _account_for_others(self) -> None:
        """Say what the other files are; a student who handed in nothing else has a problem."""
        have = {row.student for row in self.rows if row.what in (What.COUNTS, What.HELD, What.PROBLEM, What.REFUSED)}
        folders = {each.sender.student for each in self.hand_ins if each.sender.inside}
        by_student: dict[str, list[tuple[FoundFile, str]]] = defaultdict(list)
        for file, student, why in self.others:
            by_student[student].append((file, why))
        modules = {module.assignment for module in self.course.modules}
        for student, files in by_student.items():
            of_others = [(file, why) for file, why in files if why in modules]
            own = [(file, why) for file, why in files if why not in modules]
            quiet = all(self._sender(file).inside == (why, file.path.name) for file, why in of_others)
            if student and student not in have and not (of_others and quiet):
                self._add_problem(student, of_others, own)
                continue
            for file, why in of_others:
                self._row(file.path, What.OTHER_MODULE, why, student)
            for file, why in own:
                if not student:
                    self._row(file.path, What.REFUSED, f"it is {why}: hand in the .ipynb file", "")
                elif file.kind == Kind.NOTEBOOK:
                    self._row(file.path, What.BESIDE, why, student)
                else:
                    kind = "files beside hand-ins" if student in have or student in folders else "other files"
                    self.counts[kind] += 1

    def _add_problem(
        self, student: str, of_others: list[tuple[FoundFile, str]], own: list[tuple[FoundFile, str]]
    ) -> None:
        """Note what a student handed in instead of a notebook that can be graded."""
        wanted = self.module
        notebooks = [(file, why) for file, why in own if file.kind == Kind.NOTEBOOK and BACKUP not in file.path.name]
        if of_others and wanted:
            for file, assignment in of_others:
                why = f"it is a notebook of {assignment}, and {student} handed in none of {wanted.assignment}"
                self._row(file.path, What.HELD, why, student)
            for file, why in own:
                self._row(file.path, What.BESIDE, why, student)
            return
        if notebooks:
            name = wanted.notebook_name if wanted else "as it was released"
            problem = f"a submission in a folder must be called {name}, and this is not that notebook"
            unreadable = [why for _, why in notebooks if why != "a notebook of no module"]
            path, problem = notebooks[0][0].path, "; ".join([problem, *unreadable[:1]])
        else:
            depth = len(own[0][0].parts) - len(self._sender(own[0][0]).inside)
            path = own[0][0].path.parents[len(own[0][0].parts) - depth - 1]
            names = sorted("/".join(self._sender(file).inside) for file, _ in own)
            problem = f"no notebook was handed in but {', '.join(names[:3])}: hand in the .ipynb file"
        for file, _ in own:
            self._row(file.path, What.PROBLEM, problem, student)
        if wanted and STUDENT_ID.match(student) and not self._sender(own[0][0]).is_sure:
            self.submissions.append(Submission(student, path, problem, (problem,), module=wanted))


def _without_copy(name: str) -> str:
    """Return a notebook's name without its ending and without what was put around it for a copy."""
    found = COPY.match(notebook_stem(name))
    return found["name"].lower() if found else name


def _place(file: FoundFile, sender: Sender) -> Path:
    """Return a file's path below its student's own folder; its name if it lies in none."""
    return Path(*(sender.inside or file.parts[-1:] or (file.path.name,)))


def _is_all_named(file: FoundFile, module: Module | None) -> bool:
    """Whether both a notebook's name and its folder's are those of a module."""
    return module is not None and file.parts[-2:] == (module.assignment, module.notebook_name)


def _names_in(path: Path) -> frozenset[str]:
    """Return the names of nbgrader's cells that stand in a file, found without reading it as a notebook."""
    if path.stat().st_size > MOST_BYTES:
        return frozenset()
    return frozenset(name.decode("utf-8", "replace") for name in GRADE_ID.findall(path.read_bytes()))


def _rivals(hand_ins: list[HandIn]) -> list[HandIn]:
    """Return the hand-in that counts, or those among which a person has to choose; they come with the oldest first."""
    latest = max((each.sender.attempt, each.sender.time or NO_TIME) for each in hand_ins)
    hand_ins = [each for each in hand_ins if (each.sender.attempt, each.sender.time or NO_TIME) == latest]
    written = [each for each in hand_ins if each.written or each.is_zip] or hand_ins
    best = min((each.rank for each in written), default=0)
    if best == 2:
        as_released = [each for each in written if _is_all_named(each.file, each.module)]
        return as_released if len(as_released) == 1 else written
    expected = [each for each in written if each.rank < 2]
    newest = expected[-1]
    close = [each for each in expected if _close(each, newest)]
    if len(close) > 1:
        first = [each for each in close if each.rank == min(other.rank for other in close)]
        newest, close = first[-1], first
    newer_elsewhere = [each for each in written if each.rank == 2 and each.time - newest.time >= SAME_TIME]
    return [*close, *newer_elsewhere] if len(close) > 1 or newer_elsewhere else [newest]


def _close(first: HandIn, second: HandIn) -> bool:
    """Whether the times of two hand-ins do not say which is newer; the times in zips are exact."""
    if first.is_zip and second.is_zip:
        return first.time == second.time
    return abs(first.time - second.time) < SAME_TIME


def _remarks(module: Module, counting: HandIn, count: int) -> tuple[str, ...]:
    """Return what a student has to know about how a notebook was handed in."""
    path, remarks = counting.file.path, []
    if not counting.is_zip and counting.place.name != module.notebook_name and not _is_students_own(counting):
        remarks.append(f"the notebook was handed in as {counting.place.name}; it must be called {module.notebook_name}")
    if count > 1:
        handed_in = f"{path.parent.name}/{path.name}, of {shown(counting.time)}"
        remarks.append(f"{count} notebooks were handed in; the newest that can be read counts, {handed_in}")
    return tuple(remarks)


def _is_students_own(hand_in: HandIn) -> bool:
    """Whether a notebook has its student's name, as in alice.ipynb."""
    return not hand_in.sender.inside and hand_in.file.path.suffix.lower() == ".ipynb"
