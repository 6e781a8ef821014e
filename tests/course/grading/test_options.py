"""The options of a grading run."""

from __future__ import annotations

import pytest

from tinytorch.course.grading.options import Options


def test_options_are_given_by_name() -> None:
    assert Options(keep_going=True).keep_going
    with pytest.raises(TypeError):
        Options(True)
