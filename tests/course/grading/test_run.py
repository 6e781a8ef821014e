"""One run after the other over the same class: what was done stays, and what has changed is done again."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.helpers.hand_in import hand_in_each
from tests.helpers.tiny_course import GradedClass, TinyCourse
from tinytorch.course.gradebook import register as registering
from tinytorch.course.gradebook.record import Recorder
from tinytorch.course.grading.assignment import Assignment
from tinytorch.course.grading.grade import grade
from tinytorch.course.grading.options import Options
from tinytorch.course.grading.run import Setting
from tinytorch.course.grading.worker_pool import Pool
from tinytorch.course.handin.collect import collect
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.notes import add_note
from tinytorch.course.reports.student_page import PageWriter
from tinytorch.course.sandbox.forked_kernel import ForkServer


class GradedTwice:
    """A class of two, graded once, and what the next run does."""

    def __init__(self, course: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.course, self.folder = course, folder
        self.url = f"sqlite:///{course.root / 'gradebook.db'}"
        for student in ("amy", "bob"):
            nbformat.write(course.filled(), folder / f"{student}.ipynb")
        self.grade()
        self.recorded: list[str] = []
        self.submitted: list[str] = []
        self.registered = 0
        record, submit, register = Recorder.record, Pool.submit, registering.register

        def note_record(recorder: Recorder, student: str, *arguments: Any) -> Any:
            self.recorded.append(student)
            return record(recorder, student, *arguments)

        def note_submit(pool: Pool, task: Any, **settings: Any) -> None:
            self.submitted.append(f"{type(task).__name__} {task.student}")
            submit(pool, task, **settings)

        def note_register(*arguments: Any, **settings: Any) -> None:
            self.registered += 1
            register(*arguments, **settings)

        monkeypatch.setattr(Recorder, "record", note_record)
        monkeypatch.setattr(Pool, "submit", note_submit)
        monkeypatch.setattr(registering, "register", note_register)

    def grade(self, **options: Any) -> dict[str, float]:
        course = Course(self.course.root)
        results = grade(course, self.folder, course.module("02"), options=Options(workers=1, **options))
        return {student.student: student.points for student in results.graded}

    def notes(self) -> dict[str, list[str]]:
        course = Course(self.course.root)
        results = grade(course, self.folder, course.module("02"), options=Options(workers=1))
        return {student.student: [note.text for note in student.notes] for student in results.graded}

    def page(self, student: str) -> Path:
        return self.course.root / "feedback" / student / "02_tiny" / "tiny.html"


@pytest.fixture
def class_(course: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GradedTwice:
    (tmp_path / "handed_in").mkdir()
    return GradedTwice(course, tmp_path / "handed_in", monkeypatch)


def test_without_a_change_nothing_is_done_again_and_no_process_is_started(class_: GradedTwice) -> None:
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
    assert class_.grade() == {"amy": 20, "bob": 20}
    assert (class_.submitted, class_.recorded, class_.registered) == ([], [], 0)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt == children


def test_kernels_get_ready_to_be_forked_while_a_class_is_collected_if_somebody_is_new(
    class_: GradedTwice, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    class Noted(ForkServer):
        def __init__(self, modules: Sequence[str] = ()) -> None:
            order.append("started")
            super().__init__(modules)

        def wait(self) -> None:
            order.append("waited for")
            super().wait()

    def note_collect(*arguments: Any) -> None:
        order.append("collected")
        collect(*arguments)

    monkeypatch.setattr("tinytorch.course.grading.worker.ForkServer", Noted)
    monkeypatch.setattr("tinytorch.course.grading.run.collect", note_collect)
    class_.grade()
    assert order == ["collected"]
    nbformat.write(class_.course.filled(), class_.folder / "cleo.ipynb")
    assert class_.grade()["cleo"] == 20
    assert order == ["collected", "started", "collected", "waited for"]


def test_workers_are_made_ready_before_they_are_forked_without_a_sandbox_too() -> None:
    called: list[str] = []
    assignment = Assignment("02_tiny", {}, {"ExecuteStaged": {"isolation": "limits"}}, ())
    nothing: Any = None
    with ExitStack() as stack:
        setting = Setting(nothing, nothing, assignment, nothing, lambda: called.append("ready"), stack)
        assert [setting.server, setting.server] == [None, None]
    assert called == ["ready"]


def test_what_a_graded_notebook_says_is_told_again_and_anew_after_it_was_changed(class_: GradedTwice) -> None:
    assert class_.notes() == {"amy": [], "bob": []}
    path = class_.course.root / "autograded" / "amy" / "02_tiny" / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    add_note(notebook, "note", "", "looked at")
    path.chmod(0o644)
    nbformat.write(notebook, path)
    for _ in range(2):  # as it is now, and as it was kept then
        assert class_.notes() == {"amy": ["looked at"], "bob": []}
    assert (class_.submitted, class_.recorded) == ([], [])


def test_a_damaged_result_that_has_to_be_entered_again_is_run_again(class_: GradedTwice) -> None:
    kept = class_.course.root / ".results" / "02_tiny" / "amy.gz"
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    (class_.course.root / "gradebook.db").unlink()
    assert class_.grade() == {"amy": 20, "bob": 20}
    assert class_.submitted[0] == "SubmissionTask amy"


def test_another_answer_is_run_recorded_and_shown(class_: GradedTwice) -> None:
    nbformat.write(class_.course.filled(double=None), class_.folder / "amy.ipynb")
    assert class_.grade() == {"amy": 10, "bob": 20}
    assert class_.submitted == ["SubmissionTask amy", "PageTask amy"]
    assert class_.recorded == ["amy"]


def test_a_missing_page_is_written_and_nothing_else(class_: GradedTwice) -> None:
    before = class_.page("amy").read_bytes()
    class_.page("amy").unlink()
    class_.grade()
    assert class_.page("amy").read_bytes() == before
    assert (class_.submitted, class_.recorded) == (["PageTask amy"], [])


def test_a_comment_of_a_person_is_shown_without_another_run(class_: GradedTwice) -> None:
    with Gradebook(class_.url, "tinytorch") as gradebook:
        gradebook.find_comment("why", "tiny", "02_tiny", "bob").manual_comment = "Say more."
        gradebook.db.commit()
    class_.grade()
    assert (class_.submitted, class_.recorded) == (["PageTask bob"], [])
    assert "Say more." in class_.page("bob").read_text(encoding="utf-8")


def test_a_gradebook_that_lost_a_score_gets_it_back_from_what_was_kept(class_: GradedTwice) -> None:
    with Gradebook(class_.url, "tinytorch") as gradebook:
        gradebook.find_grade("double-more", "tiny", "02_tiny", "amy").auto_score = 0
        gradebook.db.commit()
    assert class_.grade() == {"amy": 20, "bob": 20}
    assert (class_.submitted, class_.recorded) == (["PageTask amy"], ["amy"])


def test_a_whole_lost_gradebook_is_filled_again_without_running_anybody(class_: GradedTwice) -> None:
    (class_.course.root / "gradebook.db").unlink()
    assert class_.grade() == {"amy": 20, "bob": 20}
    assert class_.recorded == ["amy", "bob"]
    assert not [task for task in class_.submitted if task.startswith("SubmissionTask")]


def test_a_store_from_before_registration_had_a_file_of_its_own_is_still_good(class_: GradedTwice) -> None:
    results = class_.course.root / ".results"
    (results / "02_tiny.registered").unlink()
    (results / "02_tiny" / "registered .json").write_text('{"state": "of old"}', encoding="utf-8")
    assert class_.grade() == {"amy": 20, "bob": 20}
    assert (class_.submitted, class_.recorded, class_.registered) == ([], [], 1)
    class_.grade()
    assert class_.registered == 1


def test_no_student_is_called_as_a_file_of_the_run_s_own(class_: GradedTwice) -> None:
    kept = {path.name for path in (class_.course.root / ".results" / "02_tiny").iterdir()}
    assert kept == {f"{student}.{ending}" for student in ("amy", "bob") for ending in ("gz", "json")}


def test_pages_are_written_without_a_change_to_the_gradebook(class_: GradedTwice) -> None:
    for student in ("amy", "bob"):
        class_.page(student).unlink()
    gradebook = class_.course.root / "gradebook.db"
    before = gradebook.read_bytes()
    class_.grade()
    assert class_.submitted == ["PageTask amy", "PageTask bob"]
    assert gradebook.read_bytes() == before


def test_a_page_that_fails_is_told_of_and_stops_no_other(class_: GradedTwice, monkeypatch: pytest.MonkeyPatch) -> None:
    write = PageWriter.write

    def fail_for_amy(pages: PageWriter, student: str, *grades: Any) -> None:
        if student == "amy":
            raise ValueError("no such template")
        write(pages, student, *grades)

    monkeypatch.setattr(PageWriter, "write", fail_for_amy)
    for student in ("amy", "bob"):
        class_.page(student).unlink()
    course = Course(class_.course.root)
    results = grade(course, class_.folder, course.module("02"), options=Options(workers=1))
    assert [student.page_problem for student in results.students] == [
        "no feedback page could be made (ValueError: no such template)",
        "",
    ]
    assert [student.points for student in results.graded] == [20, 20]
    assert results.students[0].notes[-1].kind == "fault"
    _, amy, bob = (class_.course.root / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[1] for row in (amy, bob)] == ["20", "20"]
    assert class_.page("bob").is_file()


def test_lateness_is_read_from_the_gradebook_and_not_from_a_note_s_words(class_: GradedTwice) -> None:
    with Gradebook(class_.url, "tinytorch") as gradebook:
        gradebook.update_or_create_assignment("02_tiny", duedate="2020-01-01 12:00 UTC")
    course = Course(class_.course.root)
    results = grade(course, class_.folder, course.module("02"), options=Options(workers=1))
    for student in results.students:
        assert student.seconds_late > 365 * 24 * 60 * 60
        (note,) = student.notes
        assert student.lateness == note.text


def test_a_student_s_bundle_is_no_place_to_grade_in(class_: GradedTwice) -> None:
    shutil.rmtree(class_.course.root / "src")
    with pytest.raises(CourseError, match=r"has no src/.*: grade in the instructor's course folder\.$"):
        class_.grade()


LASTING = {
    "a_loops": "while True:\n        pass",
    "a_sleeps": "import time\n    time.sleep(900)",
    "a_will_not_end": "while True:\n        try:\n            [x] * 9\n        except BaseException:\n            pass",
    "a_is_huge": "return range(10**12)",
}


def test_four_that_try_to_last_hold_nobody_back_and_cost_nobody_a_point(course: TinyCourse) -> None:
    course.configure(("submission_timeout = 120\n", "submission_timeout = 12\n"))
    source = "#| export\ndef double(x):\n    {}\n"
    lasting = {name: {"double": source.format(body)} for name, body in LASTING.items()}
    folder = hand_in_each(course, **lasting, **{f"b{number}": {} for number in range(8)})
    run = course.tito("grade", folder, "--module", "02", "--workers", "2", check=True)
    graded = GradedClass(course, folder, course.root, run)
    honest = [f"b{number}" for number in range(8)]
    assert {graded.points(student)["points"] for student in honest} == {20}
    assert {graded.points(name.replace("_", "-"))["double-number"] for name in lasting} == {0}
    order = [line.split()[2] for line in run.stdout.splitlines() if line.startswith("graded ")]
    assert len(order) == 12
    endless = [name.replace("_", "-") for name in LASTING if name != "a_is_huge"]
    # Both workers have an endless one within moments, and who would wait for these comes after them
    assert any(order.index(student) < min(map(order.index, endless)) for student in honest)


# A preprocessor of the course in which the grader itself hangs, outside of any sandbox
HANGING = """
from nbgrader.preprocessors import NbGraderPreprocessor

class Hang(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        if resources["nbgrader"]["student"] == "hangs":
            sum(range(10**15))
        return nb, resources
"""


def test_a_run_waits_for_nobody_for_ever_and_names_whom_it_did_not_wait_for(
    course: TinyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.root / "hanging.py").write_text(HANGING, encoding="utf-8")
    monkeypatch.syspath_prepend(course.root)
    monkeypatch.setattr("tinytorch.course.grading.run.SPARE_SECONDS", 0.0)
    course.configure(
        ("submission_timeout = 120\n", "submission_timeout = 8\n"),
        more='c.Autograde.autograde_preprocessors.insert(0, "hanging.Hang")\n',
    )
    run = course.tito("grade", hand_in_each(course, hangs={}, right={}), "--module", "02", "--workers", "1")
    assert run.returncode == 1
    assert "hangs: grading it took longer than 10 s, and was stopped: look at what it does" in run.stdout
    assert "right" in run.stdout
    assert GradedClass(course, course.root / "handed_in", course.root, run).points("right")["points"] == 20
