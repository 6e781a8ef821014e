"""The environment variables of a graded kernel. tests/course/sandbox/test_bubblewrap.py looks at them from inside."""

from __future__ import annotations

import json
import os

import pytest

from tinytorch.course.sandbox.environment import clean_environment, font_caches


def test_it_holds_the_folders_that_are_given_and_nothing_of_the_grader_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTRUCTOR_TOKEN", "a secret")
    variables = clean_environment("/home-inside", "/fonts", "/package")
    assert (variables["HOME"], variables["MPLCONFIGDIR"], variables["PYTHONPATH"]) == (
        "/home-inside",
        "/fonts",
        "/package",
    )
    assert "INSTRUCTOR_TOKEN" not in variables
    assert "a secret" not in variables.values()
    assert not [value for value in variables.values() if os.path.expanduser("~") in value]


def test_every_kernel_uses_one_thread_and_hashes_alike() -> None:
    variables = clean_environment("/h", "/m", "/p")
    assert {value for name, value in variables.items() if name.endswith("_NUM_THREADS")} == {"1"}
    assert variables["PYTHONHASHSEED"] == "0"


def test_matplotlib_s_list_of_fonts_is_there_to_be_copied() -> None:
    assert font_caches()
    for cache in font_caches():
        assert json.loads(cache.read_text(encoding="utf-8"))["ttflist"]
