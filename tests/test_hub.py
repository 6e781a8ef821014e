"""docs/jupyterhub.md, done: a hub, a grader and two students go through a term, and each sees what is theirs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.hub import Hub, Person, everybodys_python, fetch_proxy, left_of, machine, set_up, until
from tests.helpers.leaks import bundle_secrets, leaks_below
from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.layout import Course

NEEDED = ("useradd", "chpasswd", "userdel", "npm", "node", "bwrap")
MISSING = [] if sys.platform == "linux" and os.geteuid() == 0 else ["root on Linux"]
MISSING += [name for name in NEEDED if shutil.which(name) is None]

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"a hub with accounts of its own needs {', '.join(MISSING)}")
pytest.importorskip("jupyterhub", reason="the hub needs JupyterHub: make install")

FORMGRADER = "/services/course/formgrader/api"
NOTEBOOK = "modules/02_tiny/tiny.ipynb"
WRONG = "#| export\ndef double(x):\n    return 2 * x if x < 100 else 7 * x\n"


@pytest.fixture(scope="module")
def python() -> str:
    found = everybodys_python()
    if found is None:
        pytest.skip("no Python of this version here that every user may run")
    if hindered := fetch_proxy():
        assert "CI" not in os.environ, hindered
        pytest.skip(f"npm can't fetch configurable-http-proxy: {hindered}")
    return found


@pytest.fixture(scope="module")
def hub(python: str, built_course: TinyCourse) -> Iterator[Hub]:
    """The machine, its hub running."""
    with machine(python) as running:
        set_up(running, built_course.root)
        running.start()
        yield running
    assert left_of(running) == []


@pytest.fixture(scope="module")
def grader(hub: Hub) -> Person:
    """Somebody of the group of graders, in the graders' server."""
    person = Person(hub, hub.names["pat"])
    until(lambda: person.refused("/services/course/api/status") == 200, hub.log)
    return person


@pytest.fixture(scope="module")
def students(hub: Hub) -> list[Person]:
    """Two students, their servers running."""
    both = [Person(hub, hub.names[name]) for name in ("ada", "bob")]
    for person in both:
        person.start_server()
    return both


@pytest.fixture(scope="module")
def term(hub: Hub, grader: Person, students: list[Person], built_course: TinyCourse) -> dict[str, str]:
    """A term: fetched, worked on, handed in, collected, graded and given back; gives each student's feedback page."""
    for person, double in zip(students, (None, WRONG), strict=True):
        assert states(listed(person)) == ["released"]
        assert states(listed(person, "fetch")) == ["fetched"]
        content = built_course.filled(**({"double": double} if double else {}))
        saved = {"type": "notebook", "format": "json", "content": content}
        person.ask("PUT", f"/user/{person.name}/api/contents/{NOTEBOOK}", saved)
        assert states(listed(person, "submit")) == ["fetched", "submitted"]
    collected = grader.ask("POST", f"{FORMGRADER}/assignment/02_tiny/collect", {})
    assert collected["success"], collected
    code, said = grader.run("tito grade submitted/", "/services/course")
    assert code == 0, said
    for step in ("generate_feedback", "release_feedback"):
        done = grader.ask("POST", f"{FORMGRADER}/assignment/02_tiny/{step}", {})
        assert done["success"], done
    pages = {}
    for person in students:
        (submission,) = listed(person, "fetch_feedback")[-1]["submissions"]
        folder = submission["local_feedback_path"]
        names = person.ask("GET", f"/user/{person.name}/api/contents/{folder}")["content"]
        (page,) = [each["path"] for each in names if each["name"].endswith(".html")]
        pages[person.name] = person.ask("GET", f"/user/{person.name}/api/contents/{page}")["content"]
    return pages


def listed(person: Person, action: str = "") -> list[dict]:
    """Return what the student's Assignment List shows, after a click on a button of it."""
    if not action:
        answer = person.ask("GET", f"/user/{person.name}/assignments?course_id=tinytorch")
    else:
        asked = {"course_id": "tinytorch", "assignment_id": "02_tiny"}
        answer = person.ask("POST", f"/user/{person.name}/assignments/{action}", asked)
    assert answer["success"], answer
    return answer["value"]


def states(assignments: list[dict]) -> list[str]:
    """Return the state of each row of an Assignment List."""
    return [each["status"] for each in assignments]


def test_each_student_gets_the_page_of_the_own_work_back(hub: Hub, term: dict[str, str]) -> None:
    ada, bob = term[hub.names["ada"]], term[hub.names["bob"]]
    assert ada != bob
    assert "expected 2469134" in bob
    assert "expected 2469134" not in ada


def test_the_gradebook_has_the_points_of_both(hub: Hub, grader: Person, term: dict[str, str]) -> None:
    rows = grader.ask("GET", f"{FORMGRADER}/submissions/02_tiny")
    points = {row["student"]: row["code_score"] for row in rows}
    assert points == {hub.names["ada"]: 20, hub.names["bob"]: 14}


def test_a_student_can_check_and_export_with_a_package_of_the_own_folder(
    hub: Hub, students: list[Person], term: dict[str, str]
) -> None:
    ada, home = students[0], Path("/home", students[0].name)
    code, said = ada.run("tito check 02 && tito export 02")
    assert code == 0, said
    code, said = ada.run("python -c 'from tinytorch.core import tiny; print(tiny.double(21), tiny.__file__)'")
    assert code == 0, said
    assert f"42 {home}/tinytorch/tinytorch/core/tiny.py" in said
    code, said = ada.run("cd / && env -u PYTHONPATH python -c 'import tinytorch; print(tinytorch.__file__)'")
    assert f"{hub.students}/bundle/tinytorch/__init__.py" in said


def test_no_line_of_a_solution_is_where_students_can_read(hub: Hub, students: list[Person]) -> None:
    course = Course(hub.course)
    secrets = bundle_secrets(course, course.module("02"))
    assert len(secrets) > 3
    for folder in (hub.students / "bundle", hub.exchange / "tinytorch" / "outbound"):
        assert leaks_below(folder, secrets) == {}
    packages = next((hub.students / ".venv").glob("lib/python3*/site-packages"))
    assert [path.name for path in packages.iterdir() if "tinytorch" in path.name] == []
    assert (packages / "nbgrader").is_dir()


def test_a_student_reads_neither_the_course_nor_what_others_handed_in_and_got_back(
    hub: Hub, students: list[Person], term: dict[str, str]
) -> None:
    ada = students[0]
    closed = [
        hub.course,
        hub.course / "src" / "02_tiny" / "02_tiny.py",
        hub.course / "gradebook.db",
        hub.course / "submitted",
        hub.place / "hub" / "jupyterhub_config.py",
        hub.exchange / "tinytorch" / "inbound",
        hub.exchange / "tinytorch" / "feedback",
        Path("/home", hub.names["bob"]),
        Path("/home", hub.names["tt-course"]),
    ]
    open_to_all = [hub.exchange / "tinytorch" / "outbound" / "02_tiny", hub.students / "bundle"]
    paths = json.dumps([str(path) for path in [*closed, *open_to_all]])
    program = f"""
import json, os
for path in json.loads({paths!r}):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).close()
        print("read", path)
    except PermissionError:
        print("refused", path)
"""
    home = Path("/home", ada.name)
    content = {"type": "file", "format": "text", "content": program}
    ada.ask("PUT", f"/user/{ada.name}/api/contents/look.py", content)
    code, said = ada.run(f"python {home}/tinytorch/look.py")
    assert code == 0, said
    told = said.split()
    assert dict(zip(told[1::2], told[::2], strict=True)) == {
        **{str(path): "refused" for path in closed},
        **{str(path): "read" for path in open_to_all},
    }
    code, said = ada.run(f"mv {hub.exchange}/tinytorch {hub.exchange}/mine")
    assert code != 0, said


def test_a_student_gets_into_no_other_server_and_has_no_formgrader(
    hub: Hub, students: list[Person], grader: Person, term: dict[str, str]
) -> None:
    ada, bob = students
    assert ada.refused(f"{FORMGRADER}/submissions/02_tiny") == 403
    assert ada.refused(f"/user/{bob.name}/api/contents") == 403
    assert ada.refused(f"/user/{ada.name}/formgrader") == 404
    assert grader.refused(f"{FORMGRADER}/submissions/02_tiny") == 200
    assert grader.refused(f"/user/{bob.name}/api/contents") == 403


def test_nothing_is_left_after_a_hub_that_does_not_start(python: str) -> None:
    made: list[Hub] = []

    def fail_to_start() -> None:
        with machine(python) as broken:
            made.append(broken)
            assert len(left_of(broken)) == len(broken.names) + 1
            subprocess.run(["groupdel", broken.names["tt-graders"]], check=True)  # which the hub's file asks for
            broken.start()

    with pytest.raises(AssertionError, match="did not start"):
        fail_to_start()
    assert left_of(made[0]) == []
