"""Sorting files into hand-ins, which are notebooks and zips of `tito submit`, and all others."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.class_list_match import ClassListMatch
from tinytorch.course.handin.file_table import FileTable, What
from tinytorch.course.handin.found_files import PAGES, RESULT_NAMES, RESULTS, FoundFile, Kind, find_files, notebook_stem
from tinytorch.course.handin.hand_in import OWN_CLOCK, in_words, parse_time, read_parts, says, time_of
from tinytorch.course.handin.notebook_facts import KnownFacts, NotebookFacts
from tinytorch.course.handin.read_file import MOST_BYTES, NotANotebook
from tinytorch.course.handin.read_zip import NotAHandIn, packed_notebook, unpack
from tinytorch.course.handin.senders import Reader, Sender, by_folder, find_reader
from tinytorch.course.handin.submit import TIMESTAMP
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import module_by_path, shared_cells

BACKUP = ".backup-"
# What browsers, systems and JupyterLab put around the name of a copy. Each name can be read in one way only: with two
# ways to read "copy1", as `copy\d*` or as `copy` and `\d`, a long name of many of them would take hours.
COPY = re.compile(r"^(copy of )?(?P<name>.*?)([ _-]*(\(\d+\)|copy|\d))*$", re.IGNORECASE | re.DOTALL)
GRADE_ID = re.compile(rb'"grade_id":\s*"([^"\\]*)"')


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
    group: tuple[str, ...] = ()  # everybody for whom it counts, if those are several
    by: str = ""  # who of the group handed it in

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
        return is_expected(self.sender.inside, self.module)

    @property
    def rank(self) -> int:
        """How well its place and name fit: 0 as expected, 1 a copy under another name, 2 in any other folder."""
        if self.at_the_right_place or self.module is None:
            return 0
        is_copy = without_copy(self.place.name) in (self.module.name, without_copy(self.module.browser_name))
        return 1 if len(self.sender.inside) == 1 and is_copy else 2

    @functools.cached_property
    def digest(self) -> str:
        """A name for the notebook's content."""
        assert self.module is not None
        return hashlib.sha256(read_parts(self.module, self.file.path).notebook).hexdigest()


@dataclass
class FileSorter:
    """Sorts the files of one plan."""

    course: Course
    module: Module | None  # the only one that counts
    form: str
    listed: Mapping[str, ListedStudent]
    table: FileTable
    match: ClassListMatch = field(init=False)
    facts: KnownFacts = field(init=False)
    reader: Reader = by_folder
    hand_ins: list[HandIn] = field(default_factory=list)
    others: list[tuple[FoundFile, str, str]] = field(default_factory=list)  # no hand-in: with its student, and why
    empty: list[tuple[Path, str]] = field(default_factory=list)  # folders, and the students whose they are
    zone: tzinfo | None = None  # of the times in names that do not say their zone
    modules: list[Module] = field(init=False)
    # by the names of a notebook's cells, which are the same in most hand-ins of a class
    shared: dict[frozenset[str], dict[Module, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.match, self.modules = ClassListMatch(self.listed), self.course.modules

    def sort(self, given: Sequence[Path], output: Path) -> None:
        """Sort all files below what is given; `output` is the folder of results, which holds no hand-ins."""
        now, self.facts = datetime.now(UTC), KnownFacts(output)
        found: dict[Path, FoundFile] = {}
        for path in given:
            own = self._own(path, output)
            for file in find_files(path, own):
                # a folder that is given may be the one that a platform's form begins with
                parts = (path.resolve().name, *file.parts) if path.is_dir() else file.parts
                found.setdefault(file.path, dataclasses.replace(file, full=parts))
        self.reader = find_reader(self.form, [file.full for file in found.values()], given, self.zone)
        for file in found.values():
            sender = self.sender_of(file)
            student = sender.student if sender.inside else ""
            if file.kind == Kind.EMPTY:
                if not sender.inside:  # a student's own folder, and not one in it
                    self.empty.append((file.path, sender.student))
            elif file.kind == Kind.LEFTOVER or (sender.is_page and file.kind == Kind.OTHER):
                self.table.counts[file.why or PAGES] += 1
            elif file.kind == Kind.REFUSED:
                self.table.add(file.path, What.REFUSED, file.why, sender.student)
            elif file.kind == Kind.ZIP and (packed := packed_notebook(file.path)):
                self._add_packed(file, sender, *packed)
            elif file.kind == Kind.ZIP:
                self._add_zip(file, sender, now)
            elif file.kind == Kind.NOTEBOOK and BACKUP not in file.path.name:
                self._add_notebook(file, sender)
            else:
                why = "a backup that `tito reset` made" if file.kind == Kind.NOTEBOOK else "no notebook"
                self.others.append((file, student, why))
        self.facts.keep()

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

    def sender_of(self, file: FoundFile) -> Sender:
        """Return what a file's path says, with the student's id as the class list has it."""
        found = self.reader(file.full)
        if found is None or not found.is_sure:
            found = by_folder(file.parts)
        student = self.match.identify(found)
        members, strangers = self.match.members(found)
        student = student or next(iter(members), "")
        return dataclasses.replace(found, student=student, path=file.parts, members=members, strangers=strangers)

    def _add_zip(self, file: FoundFile, sender: Sender, now: datetime) -> None:
        try:
            found = unpack(self.course, file.path, now)
        except NotAHandIn as problem:
            self.table.add(file.path, What.REFUSED, str(problem), sender.student if sender.inside else "")
            return
        time, time_from = parse_time(found.parts[TIMESTAMP]), OWN_CLOCK
        if sender.time:
            time, time_from = sender.time, says(sender.platform, sender.zone)
        student = self.table.owner(file.path, found.student)
        self.hand_ins.append(HandIn(file, student, sender, found.module, time, time_from))

    def _add_packed(self, file: FoundFile, sender: Sender, name: str, content: bytes) -> None:
        """Add the only notebook of a zip that a student made: it counts as if it lay in the zip's place."""
        inside = (*sender.inside[:-1], name) if sender.inside else ()
        with tempfile.NamedTemporaryFile(suffix=".ipynb") as notebook:
            notebook.write(content)
            notebook.flush()
            replaced = dataclasses.replace(file, kind=Kind.NOTEBOOK)
            self._add_notebook(replaced, dataclasses.replace(sender, inside=inside), Path(notebook.name))

    def _add_notebook(self, file: FoundFile, sender: Sender, content: Path | None = None) -> None:
        """Add a notebook; `content` is the file that holds it, if that is another."""
        student = self.table.owner(file.path, sender.student)
        by_path = module_by_path(self.modules, _place(file, sender))
        time, time_from = (sender.time, says(sender.platform, sender.zone)) if sender.time else time_of(file.path)
        is_another = self.module is not None and by_path not in (None, self.module) and is_all_named(file, by_path)
        if is_another and self._module_of(_names_in(file.path), None) == by_path:
            self.hand_ins.append(HandIn(file, student, sender, by_path, time, time_from))
            return  # a clone holds all modules, and to read them all would take long
        unreadable, facts = "", NotebookFacts(frozenset(), written=True)
        try:
            facts = self.facts.of(content or file.path)
        except NotANotebook as error:
            unreadable = str(error)
        module = self._module_of(facts.names, by_path)
        self.hand_ins.append(HandIn(file, student, sender, module, time, time_from, unreadable, facts.written))

    def _module_of(self, names: frozenset[str], by_path: Module | None) -> Module | None:
        """Return the module that most of a notebook's cells are of, else that of its path."""
        if names not in self.shared:
            self.shared[names] = shared_cells(self.course, names)
        shared = self.shared[names]
        if not shared:
            return by_path
        most = max(shared.values())
        likely = [module for module, count in shared.items() if count == most]
        return next((module for module in (by_path, self.module) if module in likely), likely[0])


def without_copy(name: str) -> str:
    """Return a notebook's name without its ending and without what was put around it for a copy."""
    found = COPY.match(notebook_stem(name))
    assert found is not None  # the name may be anything
    return found["name"].lower()


def _place(file: FoundFile, sender: Sender) -> Path:
    """Return a file's path below its student's own folder; its name if it lies in none."""
    return Path(*(sender.inside or file.parts[-1:] or (file.path.name,)))


def is_expected(inside: Sequence[str], module: Module) -> bool:
    """Whether a notebook has the path, below its student's own folder, at which a module's is expected."""
    named = [(module.notebook_name,), (module.browser_name,), (module.assignment, module.notebook_name)]
    return tuple(inside) in named


def is_all_named(file: FoundFile, module: Module | None) -> bool:
    """Whether both a notebook's name and its folder's are those of a module."""
    return module is not None and file.parts[-2:] == (module.assignment, module.notebook_name)


def _names_in(path: Path) -> frozenset[str]:
    """Return the names of nbgrader's cells that stand in a file, found without reading it as a notebook."""
    if path.stat().st_size > MOST_BYTES:
        return frozenset()
    return frozenset(name.decode("utf-8", "replace") for name in GRADE_ID.findall(path.read_bytes()))
