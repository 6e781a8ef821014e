"""nbgrader as it is called from Python: what is wrong with the gradebook's address is told without the password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.helpers.class_in_gradebook import Graded
from tests.helpers.tiny_course import contents

NOT_TO_BE_REACHED: dict[str, tuple[Callable[[str], str], str]] = {
    "no server": (lambda url: f"{url}/elsewhere", "No such file or directory"),
    "no such database": (lambda url: url.replace("@/", "@/not_"), "does not exist"),
    "another password": (lambda url: url.replace(":word", ":sword"), "password authentication failed"),
    "no driver": (lambda url: url.replace("+psycopg:", "+pg8000:"), "'pg8000'"),
    "no such kind of database": (lambda url: url.replace("postgresql+psycopg:", "postgras:"), "as a database's URL"),
    "no host": (lambda url: url.replace("@/", "/"), "as a database's URL"),
    "a password as it is": (lambda url: url.replace("%40", "@"), "as a database's URL"),
}


@pytest.mark.parametrize("case", NOT_TO_BE_REACHED)
def test_a_server_that_is_not_reached_is_one_sentence_without_the_password(in_postgres: Graded, case: str) -> None:
    change, said = NOT_TO_BE_REACHED[case]
    lost = replace(in_postgres, url=change(in_postgres.url))
    files, scores = contents(in_postgres.course.root), in_postgres.scores()
    for run in (lost.grade(), lost.grade("--force")):
        assert run.returncode == 1
        assert run.stderr.startswith("tito: ")
        assert run.stderr.count("\n") == 1
        assert said in run.stderr
        assert "pass:" not in run.stdout + run.stderr
        assert "word" not in (run.stdout + run.stderr).replace("password", "")
    assert contents(in_postgres.course.root) == files
    assert in_postgres.scores() == scores


def test_plain_nbgrader_tells_no_password_of_a_server_that_is_not_reached(copied: Graded) -> None:
    run = replace(copied, url=f"{copied.url}/elsewhere").nbgrader("autograde", "02_tiny", "--force")
    assert run.returncode != 0
    assert "No such file or directory" in run.stderr
    assert "pass:" not in run.stdout + run.stderr
