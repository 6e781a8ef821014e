"""What is committed is what the sources build, and plain nbgrader and nbdev agree with it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.repository import ROOT, copy_tracked, tracked_files


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the files that are, or would be, committed."""
    copy_tracked(folder := tmp_path_factory.mktemp("repository") / "checkout")
    return folder


@pytest.fixture(scope="module")
def built(checkout):
    """The same, built twice: each time the files that are committed have to be the same to the byte."""
    before, after = committed(checkout), []
    for _ in range(2):
        run(checkout, sys.executable, "-m", "tinytorch.course.cli", "build")
        after.append(committed(checkout))
    return before, after


def run(checkout, *command):
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    result = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def committed(checkout):
    """The bytes of every file that is committed; what is ignored does not count."""
    return {name: (checkout / name).read_bytes() for name in tracked_files() if (checkout / name).is_file()}


def test_two_builds_give_the_committed_files_to_the_byte(built):
    before, builds = built
    for after in builds:
        assert sorted(name for name in before if before[name] != after.get(name)) == []


def test_plain_nbgrader_and_nbdev_commands_change_nothing_that_is_committed(built, checkout):
    before = committed(checkout)
    run(checkout, "nbgrader", "generate_assignment", "05_dataloader")
    handed_in = checkout / "submitted" / "ada" / "05_dataloader"
    handed_in.mkdir(parents=True)
    shutil.copy(checkout / "src" / "05_dataloader" / "dataloader.ipynb", handed_in)
    run(checkout, "nbgrader", "autograde", "05_dataloader")
    run(checkout, "nbgrader", "generate_feedback", "05_dataloader")
    run(checkout, "nbdev-export")
    run(checkout, "nbdev-clean")
    after = committed(checkout)
    assert sorted(name for name in before if before[name] != after.get(name)) == []
    page = (checkout / "feedback" / "ada" / "05_dataloader" / "dataloader.html").read_text(encoding="utf-8")
    assert "(Score: 100 / 110)" in page
    assert sorted(path.name for path in (checkout / "autograded" / "ada" / "05_dataloader").iterdir()) == [
        "dataloader.ipynb"
    ]


def test_the_lock_holds_versions_and_no_addresses():
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.!+]*", line), line


def test_the_readme_is_short_and_what_it_links_to_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / link).exists(), link


def test_every_command_that_the_readme_shows_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    help_text = subprocess.run(
        [sys.executable, "-m", "tinytorch.course.cli", "--help"], capture_output=True, text=True, check=True
    )
    for command in set(re.findall(r"\btito ([a-z]+)", text)):
        assert command in help_text.stdout, command
