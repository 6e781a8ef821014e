"""A kernel that Jupyter starts."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse


def test_where_there_is_nothing_to_fork_kernels_from_they_are_started(
    course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("tinytorch.course.sandbox.forked_kernel._sealed_interpreter", refuse)
    monkeypatch.setattr("tinytorch.course.sandbox.forked_kernel.ForkedKernel.__init__", refuse)
    nbformat.write(course.filled(), tmp_path / "alice.ipynb")
    course.tito("grade", tmp_path, "--module", "02", check=True)
    assert "alice,20,20," in (course.root / "grades.csv").read_text(encoding="utf-8")
