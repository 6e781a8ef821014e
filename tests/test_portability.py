"""What students run assumes no system: Windows' text encoding is faked, and what only Unix has is taken away."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from tests.helpers.corpus import read_corpus
from tests.helpers.repository import ROOT
from tinytorch.course.authoring.bundle import make_bundle
from tinytorch.course.layout import Course

COURSE = Course(ROOT)
MODULE = COURSE.module("05")
NOTEBOOK = MODULE.released_path.relative_to(ROOT)

# Python reads it before anything else, in the kernels that `tito` starts, too. Text that is read or written without an
# encoding is cp1252, as in Western Europe's Windows; in the project's own code, and in cells, that is an error as well.
SITECUSTOMIZE = """
import builtins, io, locale, os, sys, warnings

real_open, RealWrapper, real_import = io.open, io.TextIOWrapper, builtins.__import__

def fake_open(file, mode="r", buffering=-1, encoding=None, *others, **named):
    if "b" not in mode and encoding is None:
        warnings.warn("'encoding' argument not specified", EncodingWarning, 2)
    if "b" not in mode and encoding in (None, "locale"):
        encoding = "cp1252"
    return real_open(file, mode, buffering, encoding, *others, **named)

class FakeWrapper(RealWrapper):
    def __init__(self, buffer, encoding=None, *others, **named):
        super().__init__(buffer, "cp1252" if encoding in (None, "locale") else encoding, *others, **named)

builtins.open = io.open = fake_open
io.TextIOWrapper = FakeWrapper
locale.getpreferredencoding = lambda do_setlocale=True: "cp1252"
locale.getencoding = lambda: "cp1252"

OWN = r"(tinytorch(\\..*)?|__main__)$"
warnings.filterwarnings("ignore", category=EncodingWarning)
warnings.filterwarnings("error", category=EncodingWarning, module=OWN)

UNIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}

def fake_import(name, globals=None, *others, **named):
    if name in UNIX_ONLY and str((globals or {}).get("__name__", "")).startswith("tinytorch"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return real_import(name, globals, *others, **named)

builtins.__import__ = fake_import
for name in ("fork", "forkpty", "geteuid", "memfd_create", "pidfd_open"):
    delattr(os, name)
"""

EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
shown = [output.get("data", {}).get("text/html", "") for cell in notebook.cells for output in cell.get("outputs", [])]
print(sum("<img" in output for output in shown))
"""


@dataclass(frozen=True)
class Student:
    """A student's folder, on one system or another."""

    folder: Path
    variables: dict[str, str]

    def try_run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run Python there."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment = {**inherited, "PYTHONPATH": str(self.folder), **self.variables}
        return subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=environment, capture_output=True, check=False
        )

    def run(self, *command: str) -> str:
        """Run Python, which must end well; give what it prints."""
        ran = self.try_run(*command)
        assert ran.returncode == 0, f"{command}\n{ran.stdout.decode('cp1252')}\n{ran.stderr.decode('cp1252')}"
        return ran.stdout.decode("cp1252")

    def tito(self, *arguments: str) -> str:
        """Run tito."""
        return self.run("-m", "tinytorch.course.cli", *arguments)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of module 05, with the answers of a student, who writes letters that no ASCII has."""
    folder = tmp_path_factory.mktemp("Übung") / "tinytorch"
    make_bundle(COURSE, [MODULE], folder)
    notebook = read_corpus(MODULE, ["correct_reference"])[0].notebook
    solved = next(cell for cell in notebook.cells if "class Dataset(ABC)" in cell.source)
    solved.source += "\n\n    # größer als 10 €, naïve, 数据"
    nbformat.write(notebook, folder / NOTEBOOK)
    return folder


@pytest.fixture
def windows(bundle: Path, tmp_path: Path) -> Student:
    """A student who works, as far as text and modules go, on Windows."""
    (tmp_path / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
    return Student(
        bundle,
        {
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{bundle}",
            "PYTHONUTF8": "0",
            "PYTHONIOENCODING": "cp1252",
            "PYTHONWARNDEFAULTENCODING": "1",
        },
    )


def test_the_fake_catches_what_it_is_there_for(windows: Student) -> None:
    reads = windows.try_run("-c", "open('README.md')")
    assert b"EncodingWarning" in reads.stderr
    asks = windows.try_run("-c", "import tinytorch.course.sandbox.temporary as scratch; scratch.lock(None)")
    assert b"No module named 'fcntl'" in asks.stderr
    said = windows.run("-c", "import pathlib, nbformat; print(pathlib.Path('x').open('w', encoding='locale').encoding)")
    assert said.strip() == "cp1252"
    (windows.folder / "x").unlink()


def test_check_export_import_submit_and_reset_do_as_they_do_elsewhere(windows: Student) -> None:
    here = Student(windows.folder, {"PYTHONUTF8": "1"})
    exported = windows.folder / "tinytorch" / "core" / "dataloader.py"
    made = []
    for student in (here, windows):
        student.tito("export", "05")
        made.append([path.read_bytes() for path in (exported, exported.with_suffix(".pyi"))])
    assert made[0] == made[1]
    assert "größer als 10 €, naïve, 数据" in exported.read_text(encoding="utf-8")

    checked = windows.tito("check", "05")
    assert re.findall(r"^Step \d +(\w+)", checked, re.MULTILINE) == ["pass"] * 6 + ["not"]  # step 7 is optional
    code = "from tinytorch import DataLoader, Tensor; print(len(DataLoader([(1, 2)], 1)), Tensor([1.0]))"
    assert windows.run("-c", code).startswith("1 ")

    windows.tito("submit", "05", "--student", "ada")
    (handed_in,) = windows.folder.glob("*.zip")
    answered = (windows.folder / NOTEBOOK).read_bytes()
    with zipfile.ZipFile(handed_in) as archive:
        assert archive.read("dataloader.ipynb") == answered
    handed_in.unlink()

    windows.tito("reset", "05", "--step", "2")
    (backup,) = (windows.folder / NOTEBOOK).parent.glob("*.backup-*")
    assert backup.read_bytes() == answered
    assert "naïve, 数据" in (windows.folder / NOTEBOOK).read_text(encoding="utf-8")
    backup.replace(windows.folder / NOTEBOOK)


def test_errors_are_sentences_there_too(windows: Student) -> None:
    failed = windows.try_run("-m", "tinytorch.course.cli", "check", "größer/nirgends.ipynb")
    assert failed.returncode == 1
    assert failed.stderr.decode("cp1252").startswith("tito: There is no notebook größer")


def test_the_notebook_s_cells_run_and_draw(windows: Student) -> None:
    assert int(windows.run("-c", EXECUTE, str(NOTEBOOK))) >= 5
