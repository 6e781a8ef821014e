"""A configuration that cannot be read is told of in one sentence, with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinytorch.course.gradebook.nbgrader_api import load_config
from tinytorch.course.layout import Course, CourseError

BROKEN = {
    "c = get_config()\nimport no_such_package\n": ", line 2 cannot be run (ModuleNotFoundError: No module named",
    "c = get_config()\n\nc.Execute.timeout = 1 +\n": ", line 3 cannot be run (SyntaxError: invalid syntax",
    "c = get_config()\nc.Execute.timeout = 1 / 0\n": ", line 2 cannot be run (ZeroDivisionError: division by zero)",
    "import json\n\n\njson.loads('{')\n": ", line 4 cannot be run (JSONDecodeError: ",
}


@pytest.mark.parametrize("text", BROKEN)
def test_an_error_in_the_configuration_is_one_sentence_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as refused:
        load_config(Course(tmp_path))
    assert str(refused.value).startswith(f"{tmp_path / 'nbgrader_config.py'}{BROKEN[text]}")
    assert "\n" not in str(refused.value)


def test_a_course_without_a_configuration_says_so(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"nbgrader_config\.py is missing"):
        load_config(Course(tmp_path))


def test_a_configuration_that_is_right_is_read(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 7\n", encoding="utf-8")
    assert load_config(Course(tmp_path)).Execute.timeout == 7
