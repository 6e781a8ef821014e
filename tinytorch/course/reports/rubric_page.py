"""The page on which a person grades a written answer: all students side by side, each item of the rubric in sight.

It is served on this machine alone, at an address that nobody can guess, and saves while one types. Whatever a student
wrote is shown as text.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbgrader.coursedir import CourseDirectory

from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.gradebook.points_by_hand import GivenByHand, give, read_given, read_given_to
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.layout import CourseError, Module
from tinytorch.course.notebook import grade_id, read_notebook
from tinytorch.course.reports.rubric import WrittenQuestion, exact, joined, taken_apart, written_questions

TEMPLATES = Path(__file__).parent / "templates" / "rubric"
HERE = "127.0.0.1"
MOST_BODY_BYTES = 100_000  # of what one save may send
MOST_OFFERED = 20  # comments given before
POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Answer:
    """A student's written answer, and what it has got so far."""

    student: str
    text: str
    points: list[float | None]  # of each item of the rubric
    total: float | None
    remark: str
    version: str
    is_for_earlier: bool  # whether the points were given before the answer was changed


class RubricGrading:
    """One written question of a class that is graded by hand.

    Raises:
        CourseError: the module has no written answer, or nobody was graded.
    """

    def __init__(self, module: Module, coursedir: CourseDirectory, cell: str = "") -> None:
        self.module, self.coursedir = module, coursedir
        questions = written_questions(read_notebook(module.released_path))
        chosen = [question for question in questions if cell in ("", question.cell)]
        if not chosen:
            names = ", ".join(question.cell for question in questions)
            advice = f"choose one of {names}" if names else "nothing in it is graded by hand"
            raise CourseError(f"{module.assignment} has no such written answer: {advice}.")
        self.question: WrittenQuestion = chosen[0]
        self._lock = threading.Lock()  # two saves at once would each see what was there before both
        if not self.answers():
            raise CourseError(f"Nobody has been graded in {module.assignment}: run `tito grade` first.")

    def answers(self) -> list[Answer]:
        """Return everybody's answer, as the gradebook and autograded/ have it now."""
        files = StudentFiles(self.coursedir, self.module)
        with open_read_only(self.coursedir.db_url) as gradebook:
            given = read_given(gradebook, self.module, self.question.cell)
        return [
            self._answer(each, self._text(files, each.student))
            for each in given
            if files.graded_notebook(each.student).is_file()
        ]

    def offered(self) -> list[str]:
        """Return the remarks that were given before, the most frequent first."""
        with open_read_only(self.coursedir.db_url) as gradebook:
            given = read_given(gradebook, self.module, self.question.cell)
        remarks = Counter(taken_apart(self.question, each.comment)[1] for each in given)
        return [remark for remark, _ in remarks.most_common(MOST_OFFERED + 1) if remark][:MOST_OFFERED]

    def save(self, asked: dict[str, Any]) -> tuple[bool, Answer]:
        """Enter what the page sent for one student, unless somebody else did since the page was loaded.

        Raises:
            ValueError: it is not what the page sends, or an item has more points than it gives.
        """
        points = [None if each is None else float(each) for each in asked["points"]]
        items = self.question.items
        if len(points) != len(items):
            raise ValueError("not the items of this rubric")
        for given, item in zip(points, items, strict=True):
            if given is not None and not 0 <= given <= item.max_points:
                raise ValueError(f"{item.what} gives 0 to {item.max_points:g} points, not {given:g}")
        student, remark = str(asked["student"]), str(asked["remark"])
        graded = [each for each in points if each is not None]
        with self._lock:
            total = float(sum(graded)) if graded else self._given_as_a_whole(student)
            new = GivenByHand(student, total, joined(self.question, points, remark))
            saved, now = give(
                self.coursedir.db_url, self.coursedir.course_id, self.module, self.question.cell, new, asked["version"]
            )
        return saved, self._answer(now, "")

    def _given_as_a_whole(self, student: str) -> float | None:
        """Return the points that a student has for no single item: the page can't show them there, and leaves them."""
        with open_read_only(self.coursedir.db_url) as gradebook:
            now = self._answer(read_given_to(gradebook, self.module, self.question.cell, student), "")
        return now.total if all(each is None for each in now.points) else None

    def _answer(self, given: GivenByHand, text: str) -> Answer:
        points, remark = taken_apart(self.question, given.comment)
        if given.points is not None and sum(each or 0 for each in points) != given.points:
            # given elsewhere, such as in Formgrader, without items: a single item takes it, several cannot
            points = [given.points] if len(points) == 1 else [None] * len(points)
        return Answer(given.student, text, points, given.points, remark, given.version, given.is_for_earlier)

    def _text(self, files: StudentFiles, student: str) -> str:
        cells = files.read_graded(student).cells
        return next((str(cell.source) for cell in cells if grade_id(cell) == self.question.cell), "")


class RubricServer(ThreadingHTTPServer):
    """Serves the page of one question on this machine, until it is shut down."""

    daemon_threads = True

    def __init__(self, grading: RubricGrading, port: int = 0) -> None:
        super().__init__((HERE, port), _Handler)
        self.grading = grading
        self.token = secrets.token_urlsafe(24)
        environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
        environment.filters["exact"] = exact
        self.template = environment.get_template("rubric.html.j2")

    @property
    def host(self) -> str:
        """The host and port that a browser names."""
        return f"{HERE}:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """The address of the page, with its token."""
        return f"http://{self.host}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: RubricServer

    def do_GET(self) -> None:
        """Send the page."""
        if not self._is_allowed("/"):
            return
        nonce, grading = secrets.token_urlsafe(16), self.server.grading
        try:
            page = self.server.template.render(
                module=grading.module,
                question=grading.question,
                answers=grading.answers(),
                offered=grading.offered(),
                nonce=nonce,
            )
        except Exception as error:  # such as a gradebook that another program has locked
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, f"The page cannot be shown: {error}")
            return
        self._send(HTTPStatus.OK, page, "text/html; charset=utf-8", POLICY.format(nonce=nonce))

    def do_POST(self) -> None:
        """Save one student's points and remark."""
        if not self._is_allowed("/save"):
            return
        is_json = self.headers.get("Content-Type") == "application/json"
        if self.headers.get("Origin") != f"http://{self.server.host}" or not is_json:
            self._send(HTTPStatus.FORBIDDEN, "Save from the page itself.")
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That comment is too long.")
            return
        try:
            saved, now = self.server.grading.save(json.loads(self.rfile.read(int(length))))
        except (ValueError, KeyError, TypeError) as error:
            self._send(HTTPStatus.BAD_REQUEST, f"Not saved: {error}.")
            return
        except Exception as error:  # such as a gradebook that another program has locked: the page says so
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, f"Not saved: {error}")
            return
        answer = {**vars(now), "offered": self.server.grading.offered()}
        self._send(HTTPStatus.OK if saved else HTTPStatus.CONFLICT, json.dumps(answer), "application/json")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing in the terminal: an address with its token would stand there."""

    def _is_allowed(self, path: str) -> bool:
        """Whether the request names this server by its own address, and knows the token; if not, it is answered."""
        known = hmac.compare_digest(self.path.encode(), f"/{self.server.token}{path}".encode())
        if known and self.headers.get("Host") == self.server.host:
            return True
        self._send(HTTPStatus.NOT_FOUND, "There is nothing here: open the address that `tito rubric` shows.")
        return False

    def _send(self, status: int, body: str, kind: str = "text/plain; charset=utf-8", policy: str = "") -> None:
        content = body.encode("utf-8", "replace")
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": policy or "default-src 'none'",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
