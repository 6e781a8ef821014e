"""What student code can reach while it is graded: nothing but the interpreter, the package and its own folder."""

from __future__ import annotations

import json
import os
import shutil
import socket
from dataclasses import dataclass
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
