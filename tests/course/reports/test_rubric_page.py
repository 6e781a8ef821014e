"""The server behind the rubric's page: what it saves, and whom it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.helpers.hand_in import grade, hand_in_each
from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.reports.rubric import RubricItem
from tinytorch.course.reports.rubric_page import MOST_BODY_BYTES, RubricGrading, RubricServer


@pytest.fixture
def server(graded, gradebook, module, tmp_path: Path) -> Iterator[RubricServer]:
    """The page of the written answer of the graded class, on a copy of its gradebook."""
    with running(graded, module, tmp_path) as started:
        yield started


class running:
    def __init__(self, graded, module, tmp_path: Path) -> None:
        api = open_nbgrader(Course(graded.course.root), db_url=f"sqlite:///{tmp_path / 'gradebook.db'}")
        api.coursedir.root = str(graded.output)
        self.server = RubricServer(RubricGrading(module, api.coursedir))
        self.path = tmp_path / "gradebook.db"

    def __enter__(self) -> RubricServer:
        self.server.database = self.path
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def ask(server: RubricServer, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(server.host)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def save(server: RubricServer, student: str, points: list[float | None], remark: str, version: str, **headers: str):
    usual = {"Content_Type": "application/json", "Origin": f"http://{server.host}"}
    body = json.dumps({"student": student, "points": points, "remark": remark, "version": version})
    return ask(server, "POST", f"/{server.token}/save", body, **{**usual, **headers})


def version_of(server: RubricServer, student: str) -> str:
    return next(answer.version for answer in server.grading.answers() if answer.student == student)


def recorded(server: RubricServer, student: str) -> tuple[float | None, bool, str | None]:
    with Gradebook(f"sqlite:///{server.database}", "tinytorch") as gradebook:
        score = gradebook.find_grade("why", "tiny", "02_tiny", student)
        comment = gradebook.find_comment("why", "tiny", "02_tiny", student)
        return score.manual_score, score.needs_manual_grade, comment.manual_comment


def test_points_and_comment_get_into_the_gradebook(server: RubricServer) -> None:
    status, said = save(server, "answers", [7], "Say why.", version_of(server, "answers"))
    assert (status, json.loads(said)["total"], json.loads(said)["offered"]) == (200, 7, ["Say why."])
    assert recorded(server, "answers") == (7, False, "- the answer: 7 of 10\n\nSay why.")


def test_points_that_are_taken_back_wait_again(server: RubricServer) -> None:
    _, said = save(server, "answers", [7], "", version_of(server, "answers"))
    save(server, "answers", [None], "", json.loads(said)["version"])
    assert recorded(server, "answers") == (None, True, None)


def test_of_two_graders_the_second_is_told_what_the_first_gave(server: RubricServer) -> None:
    seen = version_of(server, "answers")
    save(server, "answers", [7], "First.", seen)
    status, said = save(server, "answers", [2], "Second.", seen)
    now = json.loads(said)
    assert (status, now["total"], now["remark"]) == (409, 7, "First.")
    assert recorded(server, "answers")[0] == 7
    assert save(server, "answers", [2], "Second.", now["version"])[0] == 200


def test_points_that_were_given_for_no_item_stay_when_only_the_comment_changes(server: RubricServer) -> None:
    whole = server.grading.question
    server.grading.question = replace(whole, items=(RubricItem("a choice", 4), RubricItem("a reason", 6)))
    with Gradebook(f"sqlite:///{server.database}", "tinytorch") as gradebook:  # as Formgrader does
        score = gradebook.find_grade("why", "tiny", "02_tiny", "answers")
        score.manual_score, score.needs_manual_grade = 8, False
        gradebook.db.commit()
    _, said = save(server, "answers", [None, None], "Say why.", version_of(server, "answers"))
    assert json.loads(said)["total"] == 8
    assert recorded(server, "answers") == (8, False, "Say why.")
    _, said = save(server, "answers", [1, None], "Say why.", json.loads(said)["version"])
    _, said = save(server, "answers", [None, None], "Say why.", json.loads(said)["version"])
    assert recorded(server, "answers") == (None, True, "Say why.")


def test_an_answer_that_changed_since_it_got_its_points_is_shown_as_one_to_read(server: RubricServer) -> None:
    _, said = save(server, "answers", [7], "", version_of(server, "answers"))
    assert 'class="student graded"' in ask(server, "GET", f"/{server.token}/")[1]
    with Gradebook(f"sqlite:///{server.database}", "tinytorch") as gradebook:  # as grading it again does
        gradebook.find_grade("why", "tiny", "02_tiny", "answers").needs_manual_grade = True
        gradebook.db.commit()
    _, page = ask(server, "GET", f"/{server.token}/")
    assert 'class="student graded"' not in page
    assert "7 of 10 points for an earlier answer: read this one, and enter its points" in page
    assert save(server, "answers", [7], "", json.loads(said)["version"])[0] == 409  # who saw the earlier answer only
    assert save(server, "answers", [7], "", version_of(server, "answers"))[0] == 200
    assert recorded(server, "answers") == (7, False, "- the answer: 7 of 10")


def test_who_is_in_the_gradebook_without_a_notebook_is_left_out(server: RubricServer) -> None:
    with Gradebook(f"sqlite:///{server.database}", "tinytorch") as gradebook:  # as plain nbgrader does
        gradebook.remove_submission_notebook("tiny", "02_tiny", "answers")
    students = {answer.student for answer in server.grading.answers()}
    assert students
    assert "answers" not in students


def test_a_gradebook_that_cannot_be_read_is_said_on_the_page(server: RubricServer) -> None:
    server.database.unlink()
    status, said = ask(server, "GET", f"/{server.token}/")
    assert status == 500
    assert "There is no gradebook" in said


@pytest.mark.parametrize("points", [[11], [-1], [], [1, 2], ["x"], [float("nan")]])
def test_impossible_points_are_refused(server: RubricServer, points: list) -> None:
    assert save(server, "answers", points, "", version_of(server, "answers"))[0] == 400
    assert recorded(server, "answers")[0] is None


def test_who_does_not_come_from_the_page_is_refused(server: RubricServer) -> None:
    version = version_of(server, "answers")
    assert save(server, "answers", [7], "", version, Origin="http://elsewhere.invalid")[0] == 403
    assert save(server, "answers", [7], "", version, Content_Type="text/plain")[0] == 403
    assert save(server, "answers", [7], "", version, Host="elsewhere.invalid")[0] == 404
    assert ask(server, "GET", "/")[0] == 404
    assert ask(server, "GET", "/wrong/")[0] == 404
    assert ask(server, "GET", f"/{server.token}/", Host="elsewhere.invalid")[0] == 404
    assert save(server, "answers", [7], "x" * MOST_BODY_BYTES, version)[0] == 413
    assert recorded(server, "answers")[0] is None


def test_it_listens_on_this_machine_alone_and_its_token_cannot_be_guessed(server: RubricServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.token) >= 32


def test_an_answer_is_text_on_the_page(course: TinyCourse) -> None:
    folder = hand_in_each(course, ann={})
    notebook = course.filled()
    cell_named(notebook, "why").source = "</div><script>alert(1)</script>"
    nbformat.write(notebook, folder / "ann.ipynb")
    grade(course, folder)
    coursedir = open_nbgrader(Course(course.root)).coursedir
    server = RubricServer(RubricGrading(Course(course.root).module("02"), coursedir))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _, page = ask(server, "GET", f"/{server.token}/")
    server.shutdown()
    server.server_close()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_module_without_a_written_answer_is_named(graded, gradebook, tmp_path: Path) -> None:
    course = Course(graded.course.root)
    with pytest.raises(CourseError, match="01_tensor has no such written answer: nothing in it is graded by hand"):
        RubricGrading(course.module("01"), open_nbgrader(course).coursedir)
