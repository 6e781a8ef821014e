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

from student_venv import StudentVenv

GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]


@dataclass(frozen=True)
class BinderImage:
    """What a visitor finds."""

    dockerfile: str
    home: Path  # where the repository was
    venv: StudentVenv


def build_image(repository: Path, place: Path) -> BinderImage:
    """Copy the repository with its history, have the Dockerfile written, and run what it says of the repository."""
    home = place / "jovyan"
    copy_repository(repository, home)
    dockerfile = render_dockerfile(home)
    venv = StudentVenv(place / "kernel", place / "elsewhere")
    binder = {"HOME": home, "KERNEL_PYTHON_PREFIX": venv.folder, "NB_PYTHON_PREFIX": venv.folder, "REPO_DIR": home}
    requirements, post_build = commands_of(dockerfile)
    # pip may keep and use what it downloaded before: an image has no cache, and needs none
    arguments = requirements.partition("/pip install ")[2].replace("--no-cache-dir", "").replace('"', "").split()
    venv.install(*arguments, cwd=home, **binder)
    (home / post_build).chmod(0o755)
    venv.run(post_build, cwd=home, **binder)
    return BinderImage(dockerfile, home, venv)


def copy_repository(repository: Path, to: Path) -> None:
    """Copy what is, or would be, committed, and commit it there."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=repository, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (repository / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / name, to / name)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "All of it"]):
        subprocess.run([*GIT, *command], cwd=to, check=True)


def render_dockerfile(repository: Path) -> str:
    """Give what `jupyter-repo2docker --no-build` says it would build."""
    program = Path(sys.executable).with_name("jupyter-repo2docker")
    command = [str(program), "--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan", str(repository)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def commands_of(dockerfile: str) -> tuple[str, str]:
    """Give the command that installs the requirements and the path of postBuild."""
    (requirements,) = re.findall(r'^.*/bin/pip install .*-r "[^"]*requirements\.txt".*$', dockerfile, re.MULTILINE)
    (post_build,) = re.findall(r"^RUN \./(\S*postBuild)$", dockerfile, re.MULTILINE)
    return requirements.strip(), f"./{post_build}"
