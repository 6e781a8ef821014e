"""A configuration from before the tools were sorted into rooms: one sentence says what to replace."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path

import pytest
from traitlets.config import Config

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.layout import CourseError
from tinytorch.course.moved import MOVED, refuse_old_paths

OLD_CONFIGURATION = Path(__file__).with_name("nbgrader_config_of_0_1.py")
CONFIG = Path("nbgrader_config.py")


@pytest.mark.parametrize("path", MOVED.values())
def test_every_new_path_is_there(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert hasattr(importlib.import_module(module), name)


def test_the_guide_lists_every_old_path_with_its_new_one() -> None:
    guide = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    start = "tinytorch.course."
    for old, new in MOVED.items():
        assert f"| `{old.removeprefix(start)}` | `{new.removeprefix(start)}` |" in guide


def test_every_path_of_the_old_configuration_is_known() -> None:
    text = OLD_CONFIGURATION.read_text(encoding="utf-8")
    named = {part for part in text.replace('"', " ").split() if part.startswith("tinytorch.course.")}
    assert named
    assert named <= MOVED.keys() | {"tinytorch.course.sandbox"}


def refusal(config: Config) -> str:
    with pytest.raises(CourseError) as caught:
        refuse_old_paths(config, CONFIG)
    return str(caught.value)


def test_an_old_path_is_named_with_the_new_one() -> None:
    config = Config()
    config.Autograde.exporter_class = "tinytorch.course.received.SubmissionExporter"
    assert refusal(config).startswith(
        "nbgrader_config.py names tinytorch.course.received.SubmissionExporter, "
        "which is tinytorch.course.handin.exporter.SubmissionExporter now: "
    )


def test_old_paths_are_found_in_lists_and_in_what_was_appended() -> None:
    config = Config()
    config.GenerateFeedback.preprocessors = ["tinytorch.course.hide.ClearHiddenRegions", "nbgrader.preprocessors.X"]
    config.Autograde.sanitize_preprocessors.append("tinytorch.course.sanitize.GradeAsReleased")
    config.AssignLatePenalties.plugin_class = "tinytorch.course.late.LatePolicy"
    assert ", and 2 more old paths: " in refusal(config)


def test_one_more_is_one_path() -> None:
    config = Config()
    config.GenerateFeedback.preprocessors = [*list(MOVED)[:2], next(iter(MOVED))]
    assert ", and 1 more old path: " in refusal(config)


def test_the_current_configuration_is_not_refused(built_course: TinyCourse) -> None:
    from tinytorch.course.configuration import load_config
    from tinytorch.course.layout import Course

    refuse_old_paths(load_config(Course(built_course.root)), CONFIG)


@pytest.mark.parametrize(
    "command",
    [("nbgrader", "autograde", "02_tiny"), ("tito", "grade", "handed_in"), ("tito", "check", "02")],
    ids=lambda command: " ".join(command[:2]),
)
def test_an_old_configuration_gets_one_sentence(course: TinyCourse, command: tuple[str, ...]) -> None:
    shutil.copyfile(OLD_CONFIGURATION, course.root / "nbgrader_config.py")
    (course.root / "handed_in").mkdir()
    shutil.copyfile(course.released, course.root / "handed_in" / "alice.ipynb")
    result = course.run(*command)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(
        "nbgrader_config.py names tinytorch.course.sandbox.stop_without_isolation, "
        "which is tinytorch.course.sandbox.isolation.stop_without_isolation now: replace"
    )
    assert "Traceback" not in result.stdout + result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_name_that_never_was_there_is_an_ordinary_error() -> None:
    import tinytorch.course.sandbox

    with pytest.raises(AttributeError, match="has no attribute 'start_everything'"):
        _ = tinytorch.course.sandbox.start_everything
