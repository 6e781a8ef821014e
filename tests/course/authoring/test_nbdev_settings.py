"""What nbdev reads is in pyproject.toml alone, and plain nbdev commands find it at the root and in a bundle."""

from __future__ import annotations

import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import nbformat
from nbdev.config import get_config

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import TinyCourse, contents
from tinytorch.course.layout import Course


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


def test_without_a_section_for_nbdev_nothing_is_exported_and_one_sentence_says_so(course: TinyCourse) -> None:
    path = course.root / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[tool.nbdev]", "[tool.somebody]"), encoding="utf-8")
    nbformat.write(course.filled(), course.released)
    before = contents(course.root)
    refused = course.tito("export", "02")
    assert refused.returncode == 1
    assert refused.stderr == f"tito: {path} has no section [tool.nbdev]: copy it from a new bundle's pyproject.toml.\n"
    assert contents(course.root) == before


def test_nbdev_still_replaces_the_package_s_docstring_where_nobody_stops_it(course: TinyCourse) -> None:
    """Where this fails, `nbdev_processor` is not needed any more."""
    path = course.root / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("export_procs", "# export_procs"), encoding="utf-8")
    course.run("nbdev-export", check=True)
    assert "tinytorch.panel" in (course.root / "tinytorch" / "__init__.py").read_text(encoding="utf-8")
    assert (course.root / "src" / "llms.txt").is_file()
