"""Groups: one notebook that counts for two or three students, is graded once, and gives each of them the score."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from tests.helpers.hand_in import OTHER_ANSWER, written
from tests.helpers.tiny_course import TinyCourse
from tests.helpers.tiny_course import contents as files_in
from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.grading.worker import SubmissionTask
from tinytorch.course.grading.worker_pool import Pool
from tinytorch.course.handin.collect import collect_all
from tinytorch.course.handin.file_table import What
from tinytorch.course.handin.hand_in import group_of
from tinytorch.course.handin.plan import Plan, make_plan
from tinytorch.course.layout import Course, CourseError

CLASS = {
    each.id: each
    for each in (
        ListedStudent("ada", "Ada", "Byron", "ada@x.org", group="Team_1", platform_ids={"SID": "s1", "ID": "11"}),
        ListedStudent("bob", "Bob", "Lee", "bob@x.org", group="Team_1", platform_ids={"SID": "s2", "ID": "12"}),
        ListedStudent("cyd", "Cyd", "Ng", "cyd@x.org", group="", platform_ids={"SID": "s3", "ID": "13"}),
    )
}
WRONG = "#| export\ndef double(x): return 3 * x\n"
Write = Callable[[Mapping[str, str]], Path]


def submitters(number: int, hour: int, *sids: str) -> str:
    """Return what Gradescope's list says of one submission."""
    people = "".join(f"  - :name: Nobody\n    :sid: {sid}\n" for sid in sids)
    return f"submission_{number}:\n  :submitters:\n{people}  :created_at: 2026-05-01 {hour:02}:00:00.000 Z\n"


@pytest.fixture
def write(built_course: TinyCourse, tmp_path: Path) -> Write:
    """What writes a download, whose files have the answer that is given, or the text."""

    def files(given: Mapping[str, str]) -> Path:
        for name, content in given.items():
            path = tmp_path / "download" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            answers = {} if content == "right" else {"double": content}
            is_notebook = name.endswith(".ipynb")
            path.write_text(written(built_course.filled(**answers)) if is_notebook else content, encoding="utf-8")
        return tmp_path / "download"

    return files


def plan_of(course: TinyCourse, folder: Path, **more: Any) -> Plan:
    real = Course(course.root)
    return make_plan(real, [folder], module=real.module("02"), output=folder.parent / "out", listed=CLASS, **more)


def counting(plan: Plan) -> dict[str, str]:
    """Return the folder, or the file, that counts for each student."""
    return {each.student: each.path.parent.name for each in plan.submissions}


def test_a_group_of_gradescope_gets_its_notebook_for_each_member(built_course: TinyCourse, write: Write) -> None:
    folder = write({"submission_metadata.yml": submitters(1, 9, "s1", "s2"), "submission_1/tiny.ipynb": "right"})
    plan = plan_of(built_course, folder)
    assert counting(plan) == {"ada": "submission_1", "bob": "submission_1"}
    assert {each.group for each in plan.submissions} == {("ada", "bob")}
    assert plan.to_look_at == []


def test_a_member_who_also_handed_in_alone_gets_the_newer_one_by_gradescope_s_time(
    built_course: TinyCourse, write: Write
) -> None:
    for hour, of_bob in ((8, "submission_1"), (10, "submission_2")):
        both = submitters(1, 9, "s1", "s2") + submitters(2, hour, "s2")
        folder = write(
            {
                "submission_metadata.yml": both,
                "submission_1/tiny.ipynb": "right",
                "submission_2/tiny.ipynb": OTHER_ANSWER,
            }
        )
        assert counting(plan_of(built_course, folder)) == {"ada": "submission_1", "bob": of_bob}


def test_a_member_who_is_not_on_the_class_list_is_named_and_the_others_get_the_notebook(
    built_course: TinyCourse, write: Write
) -> None:
    folder = write({"submission_metadata.yml": submitters(1, 9, "s9", "s2", "s3"), "submission_1/tiny.ipynb": "right"})
    plan = plan_of(built_course, folder)
    assert counting(plan) == {"bob": "submission_1", "cyd": "submission_1"}
    (row,) = plan.to_look_at
    assert row.why.startswith("Nobody (Gradescope's s9) belongs to the group that handed it in, and the class list has")


def test_a_team_s_folder_of_moodle_counts_for_everybody_of_that_group_on_the_class_list(
    built_course: TinyCourse, write: Write
) -> None:
    folder = write(
        {
            "Team 1_4711_assignsubmission_file/tiny.ipynb": "right",
            "Default group_assignsubmission_file/tiny.ipynb": "right",
        }
    )
    plan = plan_of(built_course, folder)
    assert set(counting(plan)) == {"ada", "bob"}
    assert [row.why.split(":")[0] for row in plan.to_look_at] == [
        "the class list has nobody, or several, for Default group (Moodle)"
    ]


def test_the_class_list_s_groups_count_only_if_that_is_asked_for(built_course: TinyCourse, write: Write) -> None:
    folder = write({"byronada_11_901_tiny.ipynb": "right", "ngcyd_13_903_tiny.ipynb": "right"})
    assert set(counting(plan_of(built_course, folder))) == {"ada", "cyd"}
    assert set(counting(plan_of(built_course, folder, by_group=True))) == {"ada", "bob", "cyd"}


def test_a_group_on_the_class_list_that_is_a_whole_tutorial_is_refused(built_course: TinyCourse, write: Write) -> None:
    folder = write({"byronada_11_901_tiny.ipynb": "right"})
    course = Course(built_course.root)
    tutorial = {f"s{number}": ListedStudent(f"s{number}", group="Monday") for number in range(7)}
    with pytest.raises(CourseError, match="has 7 students in the group 'Monday', and at most 6 hand in together"):
        make_plan(course, [folder], output=folder, listed=tutorial, by_group=True)


def test_two_different_notebooks_of_a_group_are_held_and_a_person_decides(
    built_course: TinyCourse, write: Write
) -> None:
    files = {"byronada_11_901_tiny-2.ipynb": "right", "leebob_12_902_tiny.ipynb": OTHER_ANSWER}
    folder = write(files)
    plan = plan_of(built_course, folder, by_group=True)
    assert plan.submissions == []
    assert {row.what for row in plan.rows} == {What.HELD}
    assert {row.student for row in plan.rows} == {"ada", "bob"}
    assert all(row.why.startswith("ada, bob handed in 2 different notebooks of 02_tiny") for row in plan.rows)
    first, second = ((folder / name).resolve() for name in files)
    decided = plan_of(built_course, folder, by_group=True, taken={first: "ada"})
    assert {each.path.name for each in decided.submissions} == {first.name}
    assert {each.student for each in decided.submissions} == {"ada", "bob"}
    each_own = plan_of(built_course, folder, by_group=True, taken={first: "ada", second: "bob"})
    assert {each.student: each.path.name for each in each_own.submissions} == {"ada": first.name, "bob": second.name}


def test_of_two_notebooks_of_a_group_the_newer_by_the_platform_s_time_counts(
    built_course: TinyCourse, write: Write
) -> None:
    folder = write(
        {
            "HW_ada_attempt_2026-05-01-09-00-00_tiny.ipynb": "right",
            "HW_bob_attempt_2026-05-01-10-00-00_tiny.ipynb": OTHER_ANSWER,
        }
    )
    plan = plan_of(built_course, folder, by_group=True)
    assert {each.path.name[:6] for each in plan.submissions} == {"HW_bob"}
    assert {each.student for each in plan.submissions} == {"ada", "bob"}


def test_a_file_of_a_group_has_one_row_and_collecting_it_twice_changes_nothing(
    course: TinyCourse, write: Write
) -> None:
    folder = write({"byronada_11_901_tiny.ipynb": "right"})
    real = Course(course.root)
    collect_all(real, [folder], course.root, listed=CLASS)
    assert group_of(course.root / "submitted" / "ada" / "02_tiny") == ()
    rows = collect_all(real, [folder], course.root, listed=CLASS, by_group=True).rows
    assert {row.student: row.why for row in rows} == {"ada": "was collected before", "bob": "collected"}
    assert group_of(course.root / "submitted" / "ada" / "02_tiny") == ("ada", "bob")
    before = files_in(course.root)
    (row,) = collect_all(real, [folder], course.root, listed=CLASS, by_group=True).rows
    assert (row.student, row.why) == ("ada, bob", "was collected before")
    assert files_in(course.root) == before


@pytest.fixture(scope="module")
def graded_group(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> tuple[TinyCourse, list[str]]:
    """A course whose group of two, and a student alone, were graded; and who was run for that. To read, not to change.

    Bob of the group has two days more, and all were a day late.
    """
    course = TinyCourse(tmp_path_factory.mktemp("groups") / "course")
    shutil.copytree(built_course.root, course.root)
    course.configure(more="\nc.LatePolicy.percent_per_day = 10\n")
    roster, download = course.root.parent / "roster.csv", course.root.parent / "download"
    lines = [f"{each.id},{each.first_name},{each.last_name},{each.email},{each.group}" for each in CLASS.values()]
    roster.write_text("\n".join(["id,first_name,last_name,email,group", *lines]), encoding="utf-8")
    course.tito("roster", roster, check=True)
    download.mkdir()
    for name, answers in {"ada": {"double": WRONG}, "cyd": {}}.items():
        notebook = download / f"HW_{name}_attempt_2026-05-01-09-00-00_tiny.ipynb"
        notebook.write_text(written(course.filled(why="Because.", **answers)), encoding="utf-8")
    course.tito("collect", download, "--groups", check=True)
    ran: list[str] = []
    submit = Pool.submit

    def counted(self: Pool, task: Any, *args: Any, **more: Any) -> None:
        if isinstance(task, SubmissionTask):
            ran.append(task.student)
        submit(self, task, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pool, "submit", counted)
        course.tito("grade", "submitted", check=True)
        course.tito("due", "02", "2026-04-30 12:00 UTC", check=True)
        course.tito("extend", "02", "bob", "--days", "2", check=True)
        course.tito("grade", "submitted", check=True)
    return course, ran


def scores(course: TinyCourse) -> dict[str, tuple[float, float | None]]:
    """Return each student's points, and what is taken for lateness."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        found = gradebook.assignment_submissions("02_tiny")
        return {each.student_id: (each.score, each.notebooks[0].late_submission_penalty) for each in found}


def give(course: TinyCourse, student: str, points: float, comment: str = "") -> None:
    """Give points, and a comment, for the written answer, as Formgrader does."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        grade = gradebook.find_grade("why", "tiny", "02_tiny", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("why", "tiny", "02_tiny", student).manual_comment = comment
        gradebook.db.commit()


def test_a_group_s_notebook_is_run_once_and_each_member_has_the_score(
    graded_group: tuple[TinyCourse, list[str]],
) -> None:
    course, ran = graded_group
    assert sorted(ran) == ["ada", "cyd", "reference"]
    points = {student: score for student, (score, _) in scores(course).items()}
    assert points["ada"] == points["bob"] < points["cyd"] == 20


def test_lateness_and_extensions_are_each_member_s_own(graded_group: tuple[TinyCourse, list[str]]) -> None:
    course, _ = graded_group
    (points, of_ada), (_, of_bob) = scores(course)["ada"], scores(course)["bob"]
    assert of_ada == pytest.approx(points / 10)
    assert of_bob is None


def test_every_member_has_a_page_and_a_row_in_each_file(graded_group: tuple[TinyCourse, list[str]]) -> None:
    course, _ = graded_group
    pages = [(course.root / "feedback" / name / "02_tiny" / "tiny.html").read_text("utf-8") for name in ("ada", "bob")]
    for page in pages:
        assert "ada and bob handed it in together" in page
        assert "Because." in page
    for file in ("grades.csv", "canvas.csv", "nbgrader.csv"):
        text = (course.root / file).read_text(encoding="utf-8")
        assert "ada" in text
        assert "bob" in text


def test_nbgrader_releases_the_page_of_every_member(graded_group: tuple[TinyCourse, list[str]], tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    copy = TinyCourse(tmp_path / "copy")
    shutil.copytree(graded_group[0].root, copy.root)
    copy.configure(more=f"\nc.Exchange.root = {str(exchange)!r}\n")
    copy.run("nbgrader", "release_feedback", "02_tiny", check=True)
    released = list((exchange / "tinytorch" / "feedback").glob("*.html"))
    assert len(released) == 3


def test_points_by_hand_for_one_member_are_the_others_too_unless_they_have_their_own(
    graded_group: tuple[TinyCourse, list[str]], tmp_path: Path
) -> None:
    course = TinyCourse(tmp_path / "course")
    shutil.copytree(graded_group[0].root, course.root)
    before = {student: score for student, (score, _) in scores(course).items()}

    def given() -> dict[str, float]:
        course.tito("due", "02", "2026-05-09 12:00 UTC", check=True)  # enters what each has, as grading does
        return {student: score - before[student] for student, (score, _) in scores(course).items()}

    give(course, "bob", 4, "Say why.")
    assert given() == {"ada": 4, "bob": 4, "cyd": 0}
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        assert gradebook.find_comment("why", "tiny", "02_tiny", "ada").manual_comment == "Say why."
    give(course, "bob", 7)  # corrected: it was shared, so it is corrected for both
    assert given() == {"ada": 7, "bob": 7, "cyd": 0}
    give(course, "ada", 2)  # another one for her alone
    assert given() == {"ada": 2, "bob": 7, "cyd": 0}
    give(course, "bob", 9)
    assert given() == {"ada": 2, "bob": 9, "cyd": 0}


def test_what_is_kept_beside_a_member_s_notebook_says_who_handed_it_in(
    graded_group: tuple[TinyCourse, list[str]],
) -> None:
    origin = graded_group[0].root / "submitted" / "bob" / "02_tiny" / "handed_in.json"
    said = json.loads(origin.read_text(encoding="utf-8"))
    assert said["group"] == "ada, bob"
    assert said["path"].startswith("HW_ada_attempt")
