"""The Containerfile, as far as it can be tried without an engine: what it copies and runs, and a sandbox inside.

No engine for containers runs where these tests do. What an engine makes of the options in docs/instructors.md is made
here with `unshare`: namespaces of users, processes and the network, an ordinary user, and no right outside of them.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys

import nbformat
import pytest

from tests.helpers.repository import ROOT, tracked_files
from tests.helpers.tiny_course import TinyCourse

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [line.split(maxsplit=1) for line in TEXT.replace("\\\n", " ").splitlines() if re.match(r"[A-Z]+ ", line)]
GUIDE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")


def instructions(kind: str) -> list[str]:
    """Return what the instructions of a kind say, in their order."""
    return [rest for name, rest in INSTRUCTIONS if name == kind]


def test_what_it_copies_is_in_the_repository() -> None:
    sources = [shlex.split(each)[0] for each in instructions("COPY")]
    assert sources == ["requirements.lock"]
    assert set(sources) <= set(tracked_files())


def test_its_python_is_the_one_that_grades_and_what_it_installs_fits_together() -> None:
    (image,) = instructions("FROM")
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert oldest
    assert image.startswith(f"python:{oldest[1]}-")
    (install,) = [each for each in instructions("RUN") if "pip install" in each]
    program, *arguments = shlex.split(install.replace("/srv/requirements.lock", str(ROOT / "requirements.lock")))
    assert program == "python"
    # what is installed here is the lock's, so pip has nothing to fetch, and says so
    ran = subprocess.run([sys.executable, *arguments, "--dry-run"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "Would install" not in ran.stdout


def test_what_the_sandbox_is_made_with_is_installed_in_it() -> None:
    (packages,) = [each for each in instructions("RUN") if "apt-get" in each]
    assert {"bubblewrap", "util-linux"} <= set(packages.split())  # prlimit, choom and setpriv are in the second


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare makes what an engine would make")
def test_a_container_s_ordinary_user_grades_in_the_sandbox(course: TinyCourse) -> None:
    handed_in = course.root / "handed_in"
    handed_in.mkdir()
    nbformat.write(course.filled(), handed_in / "ada.ipynb")
    (entry,) = [re.findall(r'"([^"]+)"', each) for each in instructions("ENTRYPOINT")]
    assert "docker run" in GUIDE
    container = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--pid", "--fork", "--mount-proc"]
    command = [*container, "--net", "--ipc", sys.executable, *entry[1:], "grade", "handed_in"]
    ran = course.run(*command)
    if "unshare: " in ran.stderr:
        pytest.skip(f"no namespaces here: {ran.stderr}")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^ada +20 / 20 ", ran.stdout, re.MULTILINE), ran.stdout


def test_the_guide_runs_the_file_that_is_there() -> None:
    (build,) = re.findall(r"^docker build .*$", GUIDE, re.MULTILINE)
    assert "-f Containerfile" in build
    (place,) = set(re.findall(r'-v "\$PWD:([^"]+)"', GUIDE))
    assert instructions("WORKDIR") == [place]
    assert f"PYTHONPATH={place}" in instructions("ENV")[0]
