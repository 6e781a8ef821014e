"""`tito milestone`: what there is and what it needs, and what becomes of a run, on what is exported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from tests.helpers.repository import ROOT
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.student.milestones import FOLDER, RESULTS, find_milestone, rows
from tinytorch.milestones import MILESTONES
from tinytorch.milestones.draw import save

CORE = Path("tinytorch", "core")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with nothing exported."""
    (tmp_path / "modules").mkdir()
    shutil.copyfile(ROOT / "settings.ini", tmp_path / "settings.ini")
    (tmp_path / CORE).mkdir(parents=True)
    return Course(tmp_path)


def export(course: Course, *names: str, **replaced: str) -> None:
    """Put the reference's exports of some modules into the package, with some text in place of other."""
    for name in names:
        text = (ROOT / CORE / f"{name}.py").read_text(encoding="utf-8")
        for old, new in replaced.items():
            text = text.replace(old, new)
        (course.root / CORE / f"{name}.py").write_text(text, encoding="utf-8")


def milestone(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `tito milestone` in a course, with the rest of the package there."""
    own = shutil.ignore_patterns("core", "__pycache__")
    shutil.copytree(ROOT / "tinytorch", course.root / "tinytorch", ignore=own, dirs_exist_ok=True)
    shutil.copyfile(ROOT / CORE / "__init__.py", course.root / CORE / "__init__.py")
    environment = {**os.environ, "PYTHONPATH": str(course.root)}
    command = [sys.executable, "-m", "tinytorch.course.cli", "milestone", *arguments]
    return subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, check=False)


def state(course: Course, name: str = "perceptron") -> str:
    return {row[0]: row[-1] for row in rows(course)}[name]


def test_each_has_a_file_of_its_own() -> None:
    for each in MILESTONES:
        assert (ROOT / "tinytorch" / "milestones" / f"{each.file}.py").is_file()


def test_the_list_says_which_modules_are_not_exported_yet(course: Course) -> None:
    export(course, "tensor")
    assert state(course) == "needs module 03, not exported yet"
    assert state(course, "xor") == "needs modules 02, 03, 04, 06 and 07, not exported yet"
    export(course, "layers")
    assert state(course) == "not run yet: tito milestone perceptron"


def test_a_file_that_nothing_was_exported_to_does_not_count(course: Course) -> None:
    for name in ("tensor", "layers"):
        (course.root / CORE / f"{name}.py").write_text("x = 1\n", encoding="utf-8")
    assert state(course) == "needs modules 01 and 03, not exported yet"


def test_a_run_that_lacks_something_says_what_and_begins_nothing(course: Course) -> None:
    export(course, "tensor")
    ran = milestone(course, "perceptron")
    assert ran.returncode == 1
    assert "needs module 03, not exported yet: finish the notebook, then run `tito export 03`" in ran.stderr
    assert not (course.root / FOLDER).exists()


def test_a_run_is_kept_with_its_picture_and_can_be_run_again(course: Course) -> None:
    export(course, "tensor", "layers")
    for _ in range(2):
        ran = milestone(course, "perceptron")
        assert ran.returncode == 0, ran.stderr
        assert "pass: AND 4 of 4" in ran.stdout
    assert state(course).startswith("pass, ")
    assert (course.root / FOLDER / "perceptron.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_drawn_to_its_end_leaves_the_old_one(tmp_path: Path) -> None:
    picture = tmp_path / "xor.png"
    save(Figure(), picture)
    before = picture.read_bytes()
    broken = Figure()
    broken.text(0, 0, "$\\nothing$")  # matplotlib meets it as it draws
    with pytest.raises(ValueError, match="nothing"):
        save(broken, picture)
    assert picture.read_bytes() == before
    assert list(tmp_path.iterdir()) == [picture]


def test_a_layer_that_loses_its_input_fails_the_milestone(course: Course) -> None:
    export(course, "tensor", "layers", **{"product = x @": "product = x * 0 @"})
    ran = milestone(course, "perceptron")
    assert ran.returncode == 1, ran.stderr
    assert "fail: AND 1 of 4, which has to be 4" in ran.stdout
    assert state(course).startswith("fail, ")


def test_an_error_in_what_was_exported_is_shown_and_nothing_is_kept(course: Course) -> None:
    export(course, "tensor", "layers", **{"product = x @": "product = y @"})
    ran = milestone(course, "perceptron")
    assert ran.returncode == 1
    assert "NameError" in ran.stderr
    assert "Fix it in its notebook" in ran.stderr
    assert state(course).startswith("not run yet")


@pytest.mark.parametrize("damaged", ["{", "[]", '{"perceptron": 3}', '{"perceptron": {"at": "soon", "reached": true}}'])
def test_results_that_are_damaged_are_made_anew(course: Course, damaged: str) -> None:
    export(course, "tensor", "layers")
    (course.root / FOLDER).mkdir()
    (course.root / FOLDER / RESULTS).write_text(damaged, encoding="utf-8")
    assert state(course).startswith("not run yet")


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(CourseError, match="no milestone 'and': choose one of perceptron, xor, mlp, cnn, from-disk"):
        find_milestone("and")
