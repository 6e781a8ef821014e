"""An assignment as it travels: all that a verdict rests on, in a name that changes with it. No student is in it."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse, contents
from tinytorch.course.grading.assignment import Assignment, pack
from tinytorch.course.layout import Course


def packed(course: TinyCourse) -> Assignment:
    return pack(Course(course.root), Course(course.root).module("02"))


def test_unpacked_it_is_the_course_in_miniature_with_what_the_module_stands_on(
    course: TinyCourse, tmp_path: Path
) -> None:
    assignment = packed(course)
    unpacked = assignment.unpack(tmp_path / "there")
    assert [module.assignment for module in unpacked.modules] == ["02_tiny"]
    found = contents(tmp_path / "there")
    assert "modules/02_tiny/tiny.ipynb" in found
    assert "src/02_tiny/tiny.ipynb" in found  # the hidden tests decide
    assert "tinytorch/core/tensor.py" in found
    assert "tinytorch/core/tiny.py" not in found
    assert not [name for name in found if name.startswith("tinytorch/course")]
    assert {"numpy", "fastcore.basics"} <= set(assignment.modules)
    assert not [name for name in assignment.modules if name.startswith("tinytorch")]


@pytest.mark.parametrize(
    ("changed", "is_another"),
    [
        ("src/02_tiny/tiny.ipynb", True),
        ("tinytorch/core/tensor.py", True),
        ("src/01_tensor/tensor.ipynb", False),
        ("LICENSE", False),
    ],
)
def test_its_key_changes_with_what_decides_and_with_nothing_else(
    course: TinyCourse, changed: str, is_another: bool
) -> None:
    before = packed(course).key
    assert packed(course).key == before
    path = course.root / changed
    path.write_text(path.read_text(encoding="utf-8").replace("2469134", "2469136") + "\n", encoding="utf-8")
    assert (packed(course).key != before) == is_another


def test_another_time_limit_is_another_key(course: TinyCourse) -> None:
    before = packed(course).key
    course.configure(("c.Execute.timeout = 4\n", "c.Execute.timeout = 5\n"))
    assert packed(course).key != before


def test_its_package_is_compiled_once_for_all_kernels_which_can_keep_nothing(course: TinyCourse) -> None:
    assignment = packed(course)
    sources = [Path(path) for path in assignment.files if path.startswith("tinytorch/") and path.endswith(".py")]
    assert len(sources) > 5
    compiled = {(Path(path).parent.parent, Path(path).name.split(".")[0]) for path in assignment.compiled}
    assert compiled == {(source.parent, source.stem) for source in sources}
    (tensor,) = (content for path, content in assignment.compiled.items() if "/tensor." in path)
    source = assignment.files["tinytorch/core/tensor.py"].decode()
    assert marshal.loads(tensor[16:]).co_code == compile(source, "tensor.py", "exec", dont_inherit=True).co_code
    assert assignment.compiled is assignment.compiled
