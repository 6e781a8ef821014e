"""What Binder makes of a repository, without Docker: its own program writes the Dockerfile, whose commands run here.

They run in a fresh virtual environment in the place of the image's, and in a copy of the repository in the place of the
home folder there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.repository import copy_tracked
from tests.helpers.student_venv import StudentVenv

GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]


@dataclass(frozen=True)
class BinderImage:
    """What a visitor finds."""

    dockerfile: str
    home: Path  # where the repository was
    installed: Path  # a copy of what site-packages held of the project; tests install other bundles later
    venv: StudentVenv


def build_image(place: Path) -> BinderImage:
    """Copy the repository and commit it, have the Dockerfile written, and run what it says of the repository."""
    home = place / "jovyan"
    copy_tracked(home)
    commit_all(home)
    dockerfile = render_dockerfile(home)
    venv = StudentVenv(place / "kernel", place / "elsewhere")
    binder = {"HOME": home, "KERNEL_PYTHON_PREFIX": venv.folder, "NB_PYTHON_PREFIX": venv.folder, "REPO_DIR": home}
    requirements, post_build = commands_of(dockerfile)
    # pip may keep and use what it downloaded before: an image has no cache, and needs none
    arguments = requirements.partition("/pip install ")[2].replace("--no-cache-dir", "").replace('"', "").split()
    venv.install(*arguments, cwd=home, **binder)
    (home / post_build).chmod(0o755)
    venv.run(post_build, cwd=home, **binder)
    installed = place / "installed"
    installed.mkdir()
    for path in venv.packages.glob("*tinytorch*"):
        copy = shutil.copytree if path.is_dir() else shutil.copyfile
        copy(path, installed / path.name)
    return BinderImage(dockerfile, home, installed, venv)


def commit_all(folder: Path) -> None:
    """Make a folder a repository, with all of it in one commit."""
    for command in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "-m", "All"]):
        subprocess.run([*GIT, *command], cwd=folder, check=True)


def render_dockerfile(repository: Path) -> str:
    """Return what `jupyter-repo2docker --no-build` says it would build."""
    program = Path(sys.executable).with_name("jupyter-repo2docker")
    command = [str(program), "--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan", str(repository)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def commands_of(dockerfile: str) -> tuple[str, str]:
    """Return the command that installs the requirements and the path of postBuild."""
    (requirements,) = re.findall(r'^.*/bin/pip install .*-r "[^"]*requirements\.txt".*$', dockerfile, re.MULTILINE)
    (post_build,) = re.findall(r"^RUN \./(\S*postBuild)$", dockerfile, re.MULTILINE)
    return requirements.strip(), f"./{post_build}"
