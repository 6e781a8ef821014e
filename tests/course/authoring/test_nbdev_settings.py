"""What nbdev reads is in pyproject.toml alone, and plain nbdev commands find it at the root and in a bundle."""

from __future__ import annotations

import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbdev.config import get_config

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import TinyCourse, contents
from tinytorch.course.authoring.export import write_index
from tinytorch.course.layout import Course, CourseError


def pyproject(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def test_settings_ini_and_tool_nbdev_say_nothing_twice() -> None:
    settings = ConfigParser()
    settings.read(ROOT / "settings.ini", encoding="utf-8")
    assert set(settings["DEFAULT"]) & set(pyproject(ROOT)["tool"]["nbdev"]) == set()


def test_nbdev_reads_the_package_and_the_notebooks_that_the_course_writes() -> None:
    config = get_config(ROOT)
    assert config.config_path == ROOT
    assert config.lib_path == ROOT / "tinytorch"
    assert config.nbs_path == Course(ROOT).module("05").solution_path.parents[1]
    assert not config.jupyter_hooks


def test_a_bundle_says_the_same_to_nbdev_but_for_where_the_notebooks_are(course: TinyCourse) -> None:
    course.tito("bundle", "02", "--output", "out", check=True)
    bundle = course.root / "out"
    assert pyproject(bundle)["tool"]["nbdev"] == pyproject(ROOT)["tool"]["nbdev"] | {"nbs_path": "modules"}
    assert get_config(bundle).nbs_path == bundle / "modules"


def test_in_a_bundle_inside_the_course_both_ways_to_export_write_to_the_bundle_alone(course: TinyCourse) -> None:
    course.tito("bundle", "02", "--output", "build/out", check=True)
    bundle = TinyCourse(course.root / "build" / "out")
    nbformat.write(bundle.filled(), bundle.released)
    before = contents(course.root / "tinytorch")
    bundle.tito_process("export", "02", check=True)
    exported = contents(bundle.root / "tinytorch")
    assert b"class Pair" in exported["core/tiny.py"]
    (bundle.root / "tinytorch" / "core" / "tiny.py").unlink()
    bundle.run("nbdev-export", "--path", "modules/02_tiny", check=True)
    assert contents(bundle.root / "tinytorch") == exported
    assert contents(course.root / "tinytorch") == before


def test_without_a_section_for_nbdev_no_index_is_written_and_one_sentence_says_so(course: TinyCourse) -> None:
    path = course.root / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[tool.nbdev]", "[tool.somebody]"), encoding="utf-8")
    before = contents(course.root)
    with pytest.raises(CourseError, match=r"pyproject\.toml has no section \[tool\.nbdev\]: copy it"):
        write_index(Course(course.root))
    assert contents(course.root) == before
