"""What student code can reach while it is graded: nothing but the interpreter, the package and its own folder."""

from __future__ import annotations

import json
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import DOUBLE, TinyCourse, cell_named

SECRET = "a token of the instructor's"

# Each line is one attempt: what it gives is printed, an error by its name.
PROBE = """\
import ctypes, glob, json, os, shutil, socket, subprocess, sys, time, urllib.request

def attempt(action):
    try:
        return repr(action())
    except BaseException as error:
        return type(error).__name__

def readable(path):
    return open(path).read(50)

def writable(path):
    with open(path, "w") as file:
        file.write("x")

def connect(address):
    socket.create_connection(address, timeout=1)

def fork_all():
    pids = []
    try:
        for _ in range(1000):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            pids.append(pid)
        return "1000 forks"
    except OSError:
        return f"stopped {len(pids) < 100}"
    finally:
        for pid in pids:
            os.kill(pid, 9)
            os.waitpid(pid, 0)

def fill(folder):
    try:
        for number in range(100):
            with open(f"{folder}/fill{number}", "wb") as file:
                file.write(bytes(2**25))
        return "3 GB"
    except OSError as error:
        return f"stopped {number < 20}"
    finally:
        for path in glob.glob(f"{folder}/fill*"):
            os.remove(path)

def make_user_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.unshare(0x10000000)

def mount():
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)

found = {
    "connects to the internet": attempt(lambda: connect(("93.184.215.14", 80))),
    "connects to this machine": attempt(lambda: connect(("127.0.0.1", PORT))),
    "looks a name up": attempt(lambda: socket.getaddrinfo("example.org", 80)),
    "reads the gradebook": attempt(lambda: readable(ROOT + "/gradebook.db")),
    "reads the source": attempt(lambda: readable(ROOT + "/src/02_tiny/02_tiny.py")),
    "lists the course": attempt(lambda: os.listdir(ROOT)),
    "reads the repository": attempt(lambda: os.listdir(REPOSITORY + "/src")),
    "reads another submission": attempt(lambda: readable(OTHER)),
    "reads its notebook with the hidden tests": attempt(lambda: readable("tiny.ipynb")),
    "reads the users of this machine": attempt(lambda: readable("/etc/passwd")),
    "imports the reference": attempt(lambda: __import__("tinytorch.core.tiny")),
    "imports the grader": attempt(lambda: __import__("tinytorch.course.grading.grade")),
    "writes its folder": attempt(lambda: writable("mine.txt")),
    "writes the package": attempt(lambda: writable(os.path.dirname(sys.modules["tinytorch"].__file__) + "/x.py")),
    "writes the interpreter's packages": attempt(lambda: writable(np.__file__)),
    "writes the root": attempt(lambda: writable("/x")),
    "starts a shell": attempt(lambda: subprocess.run("true", shell=True, check=True)),
    "mounts": attempt(mount),
    "makes a user namespace": attempt(make_user_namespace),
    "writes the interpreter it runs in": attempt(lambda: writable("/proc/self/exe")),
    "becomes root": attempt(lambda: os.setuid(0)),
    "kills its parent": attempt(lambda: os.kill(os.getppid(), 9)),
    "kills everything": attempt(lambda: os.kill(PID, 9)),
    "forks without end": attempt(fork_all),
    "fills the scratch space": attempt(lambda: fill("/tmp")),
    "reads what was handed in with it": attempt(lambda: readable("data.txt")),
    "writes scratch files": attempt(lambda: writable("/tmp/scratch.txt")),
    "finds its fonts": attempt(lambda: len(glob.glob(os.environ["MPLCONFIGDIR"] + "/fontlist*"))),
    "uid": os.getuid(),
    "open files": [os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")],
    "parent": os.getppid(),
    "capabilities": [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")],
    "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
    "environment": dict(os.environ),
}
print("FOUND" + json.dumps(found))
"""


@dataclass(frozen=True)
class Probed:
    """A course, and what a submission found out while it was graded there."""

    course: TinyCourse
    found: dict[str, Any]


def probe(course: TinyCourse, port: int, engine: str) -> Probed:
    """Grade a submission that tries all there is to try, beside one of somebody else."""
    other, mine = (course.root / "submitted" / student / "02_tiny" / "tiny.ipynb" for student in ("alice", "mallory"))
    for path in (other, mine):
        path.parent.mkdir(parents=True)
    (mine.parent / "data.txt").write_text("its own data", encoding="utf-8")
    names = {"PORT": port, "ROOT": str(course.root), "REPOSITORY": str(ROOT), "OTHER": str(other)}
    values = "".join(f"{name} = {value!r}\n" for name, value in {**names, "PID": os.getpid()}.items())
    notebook = course.filled(double=DOUBLE.format(before="", inside="pass") + values + PROBE)
    nbformat.write(notebook, mine)
    nbformat.write(course.filled(), other)
    if engine == "nbgrader":  # which starts a kernel
        course.run("nbgrader", "autograde", "02_tiny", "--student", "mallory", check=True)
    else:  # which forks one
        (course.root / "handed_in").mkdir()
        shutil.copyfile(mine, course.root / "handed_in" / "mallory.ipynb")
        course.tito_process("grade", course.root / "handed_in", "--module", "02", check=True)
    ran = nbformat.read(course.root / "autograded" / "mallory" / "02_tiny" / "tiny.ipynb", as_version=4)
    text = "".join(output.get("text", "") for output in cell_named(ran, "double").outputs)
    assert "FOUND" in text, cell_named(ran, "double").outputs
    return Probed(course, json.loads(text.partition("FOUND")[2]))


@pytest.fixture(scope="module", params=["nbgrader", "tito"])
def probed(
    built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Probed:
    """The outcome in the sandbox, with a server listening on this machine and a secret in the grader's environment."""
    root = tmp_path_factory.mktemp("sandbox")
    shutil.copytree(built_course.root, root / "course")
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as server:
        patch.setenv("INSTRUCTOR_TOKEN", SECRET)
        return probe(TinyCourse(root / "course"), server.getsockname()[1], request.param)


REFUSED = {
    "connects to the internet": ["OSError"],
    "connects to this machine": ["ConnectionRefusedError"],
    "looks a name up": ["gaierror"],
    "reads the gradebook": ["FileNotFoundError"],
    "reads the source": ["FileNotFoundError"],
    "lists the course": ["FileNotFoundError"],
    "reads the repository": ["FileNotFoundError"],
    "reads another submission": ["FileNotFoundError"],
    "reads its notebook with the hidden tests": ["PermissionError", "''"],
    "reads the users of this machine": ["FileNotFoundError"],
    "imports the reference": ["ModuleNotFoundError"],
    "imports the grader": ["ModuleNotFoundError"],
    "writes its folder": ["OSError", "PermissionError"],
    "writes the package": ["OSError", "PermissionError"],
    "writes the interpreter's packages": ["OSError", "PermissionError"],
    "writes the root": ["OSError", "PermissionError"],
    "starts a shell": ["FileNotFoundError"],
    "mounts": ["-1"],
    "makes a user namespace": ["-1"],
    "writes the interpreter it runs in": ["OSError", "PermissionError"],
    "becomes root": ["PermissionError"],
    "kills its parent": ["PermissionError", "None"],
    "kills everything": ["ProcessLookupError"],
    "forks without end": ["'stopped True'"],
    "fills the scratch space": ["'stopped True'"],
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_the_sandbox_refuses_what_a_submission_has_no_business_with(probed: Probed, attempt: str) -> None:
    assert probed.found[attempt] in REFUSED[attempt]


def test_the_sandbox_leaves_a_submission_what_it_needs(probed: Probed) -> None:
    assert probed.found["reads what was handed in with it"] == "'its own data'"
    assert probed.found["writes scratch files"] == "None"
    assert probed.found["finds its fonts"] != "0"


def test_no_process_but_the_sandbox_s_own_is_visible_and_none_is_root(probed: Probed) -> None:
    assert probed.found["processes"][0] == 1
    assert max(probed.found["processes"]) < 10
    assert probed.found["uid"] not in (0, os.getuid() or 0)
    assert int(probed.found["capabilities"][0], 16) == 0


def test_no_file_of_the_grader_is_open(probed: Probed) -> None:
    assert not [path for path in probed.found["open files"] if str(probed.course.root.parent) in path]
    assert probed.found["parent"] == 1  # the sandbox's own first process


def test_the_environment_holds_nothing_of_the_grader_s(probed: Probed) -> None:
    assert SECRET not in probed.found["environment"].values()
    assert not [name for name in probed.found["environment"] if "TOKEN" in name or "TINYTORCH" in name]
    assert str(probed.course.root) not in json.dumps(probed.found["environment"])


def without_bubblewrap(folder: Path) -> str:
    """Give a PATH with all programs of this machine but bubblewrap."""
    for parent in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(parent).iterdir() if Path(parent).is_dir() else ():
            if program.name != "bwrap":
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)


@pytest.mark.parametrize("engine", ["tito", "nbgrader"])
def test_without_bubblewrap_grading_stops_before_it_begins(
    course: TinyCourse, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in = tmp_path / "handed_in"
    submitted = course.root / "submitted" / "alice" / "02_tiny" / "tiny.ipynb"
    for path in (handed_in / "alice.ipynb", submitted):
        path.parent.mkdir(parents=True)
        nbformat.write(course.filled(), path)
    (tmp_path / "programs").mkdir()
    monkeypatch.setenv("PATH", without_bubblewrap(tmp_path / "programs"))
    grade = {"tito": ("tito", "grade", handed_in), "nbgrader": ("nbgrader", "autograde", "02_tiny")}[engine]
    result = course.run(*grade)  # it puts the environment's own programs first on PATH; bubblewrap is not among them
    assert result.returncode != 0
    complaints = [line for line in result.stderr.splitlines() if "bubblewrap" in line]
    assert len(complaints) == 1
    assert "apt-get install bubblewrap" in complaints[0]
    assert 'isolation = "limits"' in complaints[0]
    assert "Traceback" not in result.stderr
    assert not (course.root / "autograded").exists()
    assert not (course.root / "grades.csv").exists()


def test_limits_alone_are_a_choice_that_warns(course: TinyCourse, tmp_path: Path) -> None:
    nbformat.write(course.filled(), tmp_path / "alice.ipynb")
    nbformat.write(course.filled(double="import os\nos._exit(1)"), tmp_path / "bob.ipynb")
    result = course.tito_process("grade", tmp_path, "--module", "02", "--isolation", "limits")
    assert result.returncode == 0, result.stderr
    assert [line for line in result.stderr.splitlines() if "your own rights" in line and "warning" in line]
    assert result.stderr.count("your own rights") == 1
    rows = (course.root / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[:6] for row in rows[1:]] == [
        ["alice", "20", "20", "4", "6", "10"],
        ["bob", "10", "20", "0", "0", "10"],
    ]


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


def test_an_unknown_isolation_is_said(course: TinyCourse, tmp_path: Path) -> None:
    nbformat.write(course.filled(), tmp_path / "alice.ipynb")
    result = course.tito("grade", tmp_path, "--isolation", "fog")
    assert result.returncode == 1
    assert "choose bubblewrap or limits" in result.stderr


def test_a_submission_s_time_is_up_for_all_its_cells_together(course: TinyCourse, tmp_path: Path) -> None:
    config = (course.root / "nbgrader_config.py").read_text(encoding="utf-8")
    short = config.replace("submission_timeout = 120\n", "submission_timeout = 3\n")
    assert short != config
    (course.root / "nbgrader_config.py").write_text(short, encoding="utf-8")
    slow = DOUBLE.format(before="", inside="") + "while True: pass\n"
    nbformat.write(course.filled(double=slow), tmp_path / "alice.ipynb")
    course.tito("grade", tmp_path, "--module", "02", check=True)
    ran = nbformat.read(course.root / "autograded" / "alice" / "02_tiny" / "tiny.ipynb", as_version=4)
    errors = [cell_named(ran, name).outputs[-1].evalue for name in ("double-number", "pair-total-right")]
    assert all("the 3 s that all cells have together were over" in error for error in errors)
    assert "alice,0,20,0,0,0" in (course.root / "grades.csv").read_text(encoding="utf-8")
