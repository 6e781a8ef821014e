"""CONTRIBUTING.md leads to files that are there, and its recipes name what the code has."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GUIDE, RECIPES = TEXT.split("\n## Recipes\n")
PATH = re.compile(r"`((?:[\w.]+/)*(?:[\w.-]+\.(?:py|md|j2|toml|ini)|[\w.-]+/))`")


def is_there(name: str) -> bool:
    return any((folder / name).exists() for folder in (ROOT, ROOT / "tinytorch" / "course"))


def test_every_file_and_folder_that_the_guide_names_is_there() -> None:
    named = set(PATH.findall(GUIDE)) - {"submitted/", "src/NN_name/NN_name.py", "tests/submissions/NN_name/"}
    assert len(named) > 50
    assert sorted(name for name in named if not is_there(name)) == []


def test_what_the_recipes_change_is_there_and_what_they_add_is_not() -> None:
    added = re.compile(r"11|attention|words|count_cells|correct_|untouched|wrong_")
    named = set(PATH.findall(RECIPES))
    assert sorted(name for name in named if not added.search(name) and not is_there(name)) == []
    assert sorted(name for name in named if added.search(name) and is_there(name)) == []


def test_the_recipes_name_what_the_code_has() -> None:
    for name, file in [
        ("_PUBLIC_NAMES", "tinytorch/__init__.py"),
        ("core modules import only what comes before them", "pyproject.toml"),
        ("rich_help_panel=STUDENTS", "tinytorch/course/cli.py"),
        ("rich_help_panel=INSTRUCTORS", "tinytorch/course/cli.py"),
        ("STUDENTS = [", "tests/course/test_cli.py"),
        ("def checked_index", "tinytorch/datasets/indices.py"),
        ("class ArrayDataset", "tinytorch/datasets/arrays.py"),
        ("PACKAGE_FILES", "tinytorch/course/authoring/bundle.py"),
        ("c.GenerateAssignment.preprocessors", "nbgrader_config.py"),
        ("c.Autograde.sanitize_preprocessors", "nbgrader_config.py"),
        ("c.Autograde.autograde_preprocessors", "nbgrader_config.py"),
        ("c.GenerateFeedback.preprocessors", "nbgrader_config.py"),
        ("def config(", "tinytorch/course/grading/assignment.py"),
        ("def add_note", "tinytorch/course/notes.py"),
    ]:
        assert name in (ROOT / file).read_text(encoding="utf-8"), f"{name} in {file}"
