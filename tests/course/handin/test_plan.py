"""What is done with each file that was handed in: nobody is lost, nobody is guessed, and each file is accounted for."""

from __future__ import annotations

import hashlib
import os
import shlex
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from timeit import repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.hand_in import aged, hand_in, written
from tests.helpers.tiny_course import TinyCourse
from tests.helpers.zips import rewritten
from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.file_table import What
from tinytorch.course.handin.plan import Plan, make_plan
from tinytorch.course.handin.sort_files import without_copy
from tinytorch.course.layout import Course, CourseError

SOLVED = "#| export\ndef double(x): return 2 * x\n"


@pytest.fixture
def put(tmp_path: Path, contents: dict[str, bytes]) -> Callable[..., Path]:
    """Return a function that puts a file of some content, so many hours old, into the folder of hand-ins."""

    def put_file(name: str, what: str = "filled", hours: float = 1) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[what])
        aged(path, hours)
        return path

    return put_file


@pytest.fixture
def plan_of(built_course: TinyCourse, tmp_path: Path) -> Callable[..., Plan]:
    """Return a function that plans what is done with the folder of hand-ins, for module 02."""

    def plan(**more: Any) -> Plan:
        course = Course(built_course.root)
        return make_plan(
            course, [tmp_path / "in"], **{"module": course.module("02"), "output": tmp_path / "out", **more}
        )

    return plan


def done(plan: Plan, root: Path) -> dict[str, str]:
    """Return what is done with each file, by its path below the folder."""
    return {row.path.relative_to(root / "in").as_posix(): row.what.name for row in plan.rows}


def counting(plan: Plan, root: Path) -> dict[str, str]:
    """Return the file that counts for each student."""
    return {each.student: each.path.relative_to(root / "in").as_posix() for each in plan.submissions}


@pytest.mark.parametrize(
    "name",
    [
        "bob.ipynb",
        "bob.ipynb.txt",
        "bob/tiny.ipynb",
        "bob/tiny.ipynb.json",
        "bob/tiny (1).ipynb",
        "bob/Copy of tiny.ipynb",
        "bob/02_tiny/tiny.ipynb",
        "bob/work/tiny.ipynb",
        "bob/work/homework.ipynb",
        "bob/tinytorch-02_tiny/modules/02_tiny/tiny.ipynb",
        "bob/a/b/c/d/e/f/tiny.ipynb",
        "bob/01_tensor/tensor.ipynb",
    ],
)
def test_the_one_notebook_that_fits_counts_at_whatever_depth_and_under_whatever_name(
    name: str, put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put(name)
    assert counting(plan_of(), tmp_path) == {"bob": name}


def test_of_all_modules_in_a_clone_the_one_for_this_assignment_counts(
    put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put("bob/repository/modules/02_tiny/tiny.ipynb")
    put("bob/repository/modules/01_tensor/tensor.ipynb", "another module's")
    put("bob/repository/.released/02_tiny/tiny.ipynb", "released")
    put("bob/repository/README.md", "garbage")
    for name in ("HEAD", "config", "objects/00/aa"):
        put(f"bob/repository/.git/{name}", "garbage")
    plan = plan_of()
    assert counting(plan, tmp_path) == {"bob": "bob/repository/modules/02_tiny/tiny.ipynb"}
    assert plan.to_look_at == []
    assert plan.counts == {
        "git's own files": 3,
        "released notebooks of a bundle": 1,
        "files beside hand-ins": 1,
        "notebooks of other modules": 1,
    }


def test_notebooks_and_zips_are_taken_together(put: Callable, plan_of: Callable, tmp_path: Path) -> None:
    put("carol.ipynb")
    put("02_tiny-ada-20261123T041500Z.zip", "ada's zip")
    put("week/02_tiny-bob-20261123T041500Z.zip", "bob's zip")
    assert set(counting(plan_of(), tmp_path)) == {"ada", "bob", "carol"}


def test_a_copy_in_which_nothing_is_written_yields_to_the_work(
    put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put("bob/tiny.ipynb", "released", hours=1)
    put("bob/work/tiny.ipynb", "filled", hours=5)
    assert counting(plan_of(), tmp_path) == {"bob": "bob/work/tiny.ipynb"}


def test_equal_copies_are_one_hand_in(put: Callable, plan_of: Callable, tmp_path: Path) -> None:
    put("bob/a/tiny.ipynb")
    put("bob/b/tiny.ipynb")
    plan = plan_of()
    assert done(plan, tmp_path) == {"bob/a/tiny.ipynb": "COUNTS", "bob/b/tiny.ipynb": "SAME"}


# Two notebooks of one student of which nobody can say which one counts
UNCLEAR = {
    "two folders": ("bob/a/tiny.ipynb", "bob/b/tiny.ipynb", 0),
    "two folders, one of which is older": ("bob/a/tiny.ipynb", "bob/b/tiny.ipynb", 9),
    "names of others": ("bob/ann.ipynb", "bob/cyd.ipynb", 9),
    "copies of the same minute": ("bob/tiny (1).ipynb", "bob/tiny (2).ipynb", 0),
    "a newer one elsewhere": ("bob/tiny.ipynb", "bob/work/tiny.ipynb", -9),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_what_is_not_clear_is_held_with_the_command_that_decides(
    case: str, put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    first, second, hours = UNCLEAR[case]
    put(first, "filled", hours=10)
    put(second, "filled otherwise", hours=10 + hours)
    plan = plan_of(command="tito grade in")
    assert done(plan, tmp_path) == {first: "HELD", second: "HELD"}
    assert plan.submissions == []
    path = tmp_path / "in" / second
    take = f"tito grade in --take {shlex.quote(f'bob={path}')}"
    assert any(take in row.why for row in plan.rows)
    decided = plan_of(taken={path.resolve(): "bob"})
    assert counting(decided, tmp_path) == {"bob": second}
    assert decided.to_look_at == []


def test_what_was_not_taken_is_older_and_kept_with_what_was(put: Callable, plan_of: Callable) -> None:
    first, second = put("bob/a/tiny.ipynb"), put("bob/b/tiny.ipynb", "filled otherwise")
    damaged = put("bob/tiny.ipynb", "garbage")
    (counts,) = plan_of(taken={second.resolve(): "bob"}).submissions
    assert (counts.path, set(counts.older)) == (second, {first, damaged})
    assert any(
        remark.startswith("3 notebooks were handed in; a person chose the one that") for remark in counts.remarks
    )


def test_a_damaged_notebook_beside_two_that_are_held_has_a_row_that_says_so(
    put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put("bob/tiny (1).ipynb", hours=2)
    put("bob/tiny (2).ipynb", "filled otherwise", hours=2)
    put("bob/tiny.ipynb", "garbage")
    put("bob/tiny (3).ipynb", "released", hours=3)
    plan = plan_of()
    assert done(plan, tmp_path) == {
        "bob/tiny (1).ipynb": "HELD",
        "bob/tiny (2).ipynb": "HELD",
        "bob/tiny (3).ipynb": "OLDER",
        "bob/tiny.ipynb": "OLDER",
    }
    assert not any("counts" in row.why for row in plan.rows if row.what is What.OLDER)


def test_of_canvas_s_attempts_the_last_counts_though_it_repeats_the_first(
    put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put("byronada_11_901_tiny.ipynb", hours=1)
    put("byronada_11_902_tiny-1.ipynb", "filled otherwise", hours=3)
    put("byronada_11_903_tiny-2.ipynb", hours=1)
    assert counting(plan_of(), tmp_path) == {"11": "byronada_11_903_tiny-2.ipynb"}


@pytest.mark.parametrize("name", ["tiny", "Copy of tiny", "tiny (1)", "tiny-Copy12", "tiny copy 2", "TINY_3"])
def test_the_name_of_a_copy_is_that_of_its_original(name: str) -> None:
    assert without_copy(f"{name}.ipynb") == "tiny"


def test_a_name_of_many_numbered_copies_does_not_take_twice_as_long_for_each_of_them() -> None:
    names = ("copy1" * count + "x.ipynb" for count in (8, 16))
    few, many = (min(repeat(partial(without_copy, name), timer=process_time, number=10)) for name in names)
    assert many < 40 * few  # in quadratic time 4 times as long, in exponential time 256 times


def test_a_name_that_no_folder_can_have_is_held_and_stops_nobody(
    put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put("O'Neil, Pat/tiny.ipynb")
    put("NUL.ipynb")
    put("bob.ipynb")
    plan = plan_of()
    assert set(counting(plan, tmp_path)) == {"bob"}
    assert [row.path.name for row in plan.to_look_at] == ["NUL.ipynb", "tiny.ipynb"]
    taken = plan_of(taken={(tmp_path / "in" / "O'Neil, Pat" / "tiny.ipynb").resolve(): "oneil"})
    assert set(counting(taken, tmp_path)) == {"bob", "oneil"}


def test_a_link_is_named_and_not_followed(put: Callable, plan_of: Callable, tmp_path: Path) -> None:
    secret = put("ada.ipynb")
    (tmp_path / "in" / "eve").mkdir()
    (tmp_path / "in" / "eve" / "tiny.ipynb").symlink_to(secret)
    (tmp_path / "in" / "all").symlink_to(tmp_path / "in", target_is_directory=True)
    plan = plan_of()
    assert set(counting(plan, tmp_path)) == {"ada"}
    assert [(row.path.name, "it is a link" in row.why) for row in plan.to_look_at] == [
        ("all", True),
        ("tiny.ipynb", True),
    ]


def test_who_handed_in_another_module_s_notebook_is_named(put: Callable, plan_of: Callable, tmp_path: Path) -> None:
    put("ada.ipynb")
    put("bob/homework.ipynb", "another module's")
    put("cyd/01_tensor/tensor.ipynb", "another module's")  # nbgrader's folders, where each module has its own
    put("dan.ipynb", "another module's")
    plan = plan_of()
    assert [row.student for row in plan.to_look_at] == ["bob", "dan"]
    as_this_module = plan_of(one_module=True)
    assert counting(as_this_module, tmp_path) == {"ada": "ada.ipynb", "dan": "dan.ipynb"}  # dan's page says what it is
    assert "it is a notebook of 01_tensor, and bob handed in none of 02_tiny" in plan.to_look_at[0].why
    assert plan.counts == {"notebooks of other modules": 1}


def test_who_is_named_by_the_path_and_who_by_the_zip_are_not_mixed_up(
    put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put("bob/tiny.ipynb")
    put("bob/02_tiny-ada-20261123T041500Z.zip", "ada's zip")
    plan = plan_of()
    assert counting(plan, tmp_path) == {"bob": "bob/tiny.ipynb"}
    assert "its path says bob, and the manifest in it says ada" in plan.to_look_at[0].why


def test_a_zip_in_the_folder_of_another_listed_student_is_held(
    put: Callable, plan_of: Callable, tmp_path: Path
) -> None:
    put("eve/hand-in.zip", "ada's zip")
    assert set(counting(plan_of(), tmp_path)) == {"ada"}  # nobody is called eve
    assert done(plan_of(listed={name: ListedStudent(name) for name in ("ada", "eve")}), tmp_path) == {
        "eve/hand-in.zip": "HELD"
    }


def test_of_two_people_who_hand_in_as_one_student_both_are_held(
    put: Callable, plan_of: Callable, tmp_path: Path, contents: dict[str, bytes], built_course: TinyCourse
) -> None:
    first = put("Ada Byron_1/one.zip", "ada's zip")
    other = written(built_course.filled(double=SOLVED)).encode()
    second = rewritten(first, "two.zip", {"tiny.ipynb": other}, sha256=hashlib.sha256(other).hexdigest())
    (tmp_path / "in" / "Eve X_2").mkdir()
    second = second.rename(tmp_path / "in" / "Eve X_2" / "two.zip")
    plan = plan_of()
    assert [row.what for row in plan.rows] == [What.HELD, What.HELD]
    assert "Ada Byron_1 and Eve X_2 both handed in as ada" in plan.rows[0].why
    decided = plan_of(taken={first.resolve(): "ada"})
    assert counting(decided, tmp_path) == {"ada": "Ada Byron_1/one.zip"}
    assert "was chosen by --take" in next(row.why for row in decided.rows if row.path == second)


def test_a_time_of_a_student_s_own_clock_is_shown_as_such(put: Callable, plan_of: Callable) -> None:
    put("02_tiny-ada-20261123T041500Z.zip", "ada's zip")
    put("bob.ipynb")
    assert [row.time.split(", ")[1] for row in plan_of().rows] == ["by the student's own clock", "by the file's date"]


def test_results_and_the_course_are_no_hand_ins(course: TinyCourse, tmp_path: Path) -> None:
    hand_in(course, tmp_path, "ada.ipynb", lambda course: course.filled())
    hand_in(course, tmp_path, "old/.results/lock", lambda course: b"")
    hand_in(course, tmp_path, "old/submitted/ada/02_tiny/tiny.ipynb", lambda course: course.notebook())
    hand_in(course, tmp_path, "out/submitted/ada/02_tiny/tiny.ipynb", lambda course: course.notebook())
    plan = make_plan(Course(course.root), [tmp_path], one_module=True, output=tmp_path / "out")
    assert [row.path for row in plan.rows] == [tmp_path / "ada.ipynb"]
    assert list(plan.counts) == ["results of `tito` and the course's files"]


STUDENTS = ("ada", "bob", "O'Neil, Pat", "ada/work", "ada/02_tiny", "bob/modules/01_tensor", "bob/.git", "")
NAMES = (
    "tiny.ipynb",
    "tensor.ipynb",
    "bob.ipynb",
    "tiny (1).ipynb",
    "ada.ipynb.txt",
    "data.json",
    "notes.pdf",
    "a.zip",
)
NAMES += ("b.zip", ".DS_Store", "onlinetext.html", "tiny.backup-1.ipynb", "timestamp.txt", ".tiny.ipynb", "README")
WHAT = ("filled", "filled otherwise", "released", "another module's", "no course's", "garbage", "nothing")
WHAT += ("ada's zip", "bob's zip", "a link")
FILES = st.lists(st.tuples(*map(st.sampled_from, (STUDENTS, NAMES, WHAT, (0, 0, 5)))), max_size=12)


@settings(deadline=None, max_examples=150)
@given(files=FILES, graded=st.booleans())
def test_every_file_of_any_folder_is_accounted_for(
    built_course: TinyCourse, contents: dict[str, bytes], files: list[tuple[str, str, str, int]], graded: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, course, work = Path(name, "in"), Course(built_course.root), set()
        folder.mkdir()
        for place, file, what, hours in files:
            path = folder / place / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            work.discard(path)
            if what == "a link":
                path.symlink_to("/etc/hostname")
                continue
            path.write_bytes(contents[what])
            aged(path, hours)
            if what.startswith("filled") and ".git" not in path.parts:
                work.add(path)
        there = {Path(at, each) for at, _, names in os.walk(folder) for each in names}
        try:
            plan = make_plan(course, [folder], module=course.module("02") if graded else None, output=Path(name, "out"))
        except CourseError as error:
            pytest.fail(f"no plan: {error}")
        rows = {row.path: row for row in plan.rows}
        assert len(rows) == len(plan.rows)
        assert set(rows) <= there
        assert len(rows) + sum(plan.counts.values()) == len(there)
        assert all(row.why or row.what == What.COUNTS for row in plan.rows)
        assert len({(each.student, each.module) for each in plan.submissions}) == len(plan.submissions)
        notebooks = {path for path in work if path.name.lower().endswith((".ipynb", ".txt", ".json"))}
        assert {path for path in notebooks - set(rows) if path.name != "timestamp.txt"} == set()
