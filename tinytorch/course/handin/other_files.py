"""What is said of files that are no hand-ins, and of students who handed in nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from tinytorch.course.handin.file_table import FileTable, What
from tinytorch.course.handin.found_files import FoundFile, Kind
from tinytorch.course.handin.senders import Sender
from tinytorch.course.handin.sort_files import BACKUP, HandIn
from tinytorch.course.handin.which_counts import Submission
from tinytorch.course.layout import STUDENT_ID, Course, Module


@dataclass
class OtherFiles:
    """Accounts for the files of one plan that are no hand-ins."""

    course: Course
    module: Module | None  # the only one that counts
    table: FileTable
    sender_of: Callable[[FoundFile], Sender]

    def account(self, others: list[tuple[FoundFile, str, str]], hand_ins: list[HandIn]) -> list[Submission]:
        """Say what the other files are; return the students who handed in nothing else, each with the problem."""
        have = {
            row.student for row in self.table.rows if row.what in (What.COUNTS, What.HELD, What.PROBLEM, What.REFUSED)
        }
        folders = {each.sender.student for each in hand_ins if each.sender.inside}
        by_student: dict[str, list[tuple[FoundFile, str]]] = defaultdict(list)
        for file, student, why in others:
            by_student[student].append((file, why))
        problems: list[Submission] = []
        modules = {module.assignment for module in self.course.modules}
        for student, files in by_student.items():
            of_others = [(file, why) for file, why in files if why in modules]
            own = [(file, why) for file, why in files if why not in modules]
            quiet = all(self.sender_of(file).inside == (why, file.path.name) for file, why in of_others)
            if student and student not in have and not (of_others and quiet):
                problems += self._problem(student, of_others, own)
                continue
            for file, why in of_others:
                self.table.add(file.path, What.OTHER_MODULE, why, student)
            for file, why in own:
                if not student:
                    self.table.add(file.path, What.REFUSED, f"it is {why}: hand in the .ipynb file", "")
                elif file.kind == Kind.NOTEBOOK:
                    self.table.add(file.path, What.BESIDE, why, student)
                else:
                    kind = "files beside hand-ins" if student in have or student in folders else "other files"
                    self.table.counts[kind] += 1
        return problems

    def _problem(
        self, student: str, of_others: list[tuple[FoundFile, str]], own: list[tuple[FoundFile, str]]
    ) -> list[Submission]:
        """Note what a student handed in instead of a notebook that can be graded, and return it."""
        wanted = self.module
        notebooks = [(file, why) for file, why in own if file.kind == Kind.NOTEBOOK and BACKUP not in file.path.name]
        if of_others and wanted:
            for file, assignment in of_others:
                why = f"it is a notebook of {assignment}, and {student} handed in none of {wanted.assignment}"
                self.table.add(file.path, What.HELD, why, student)
            for file, why in own:
                self.table.add(file.path, What.BESIDE, why, student)
            return []
        if notebooks:
            name = wanted.notebook_name if wanted else "as it was released"
            problem = f"a submission in a folder must be called {name}, and this is not that notebook"
            unreadable = [why for _, why in notebooks if why != "a notebook of no module"]
            path, problem = notebooks[0][0].path, "; ".join([problem, *unreadable[:1]])
        else:
            depth = len(own[0][0].parts) - len(self.sender_of(own[0][0]).inside)
            path = own[0][0].path.parents[len(own[0][0].parts) - depth - 1]
            names = sorted("/".join(self.sender_of(file).inside) for file, _ in own)
            problem = f"no notebook was handed in but {', '.join(names[:3])}: hand in the .ipynb file"
        for file, _ in own:
            self.table.add(file.path, What.PROBLEM, problem, student)
        if wanted and STUDENT_ID.match(student) and not self.sender_of(own[0][0]).is_sure:
            return [Submission(student, path, problem, (problem,), module=wanted)]
        return []
