"""A virtual environment as a student has it, made anew: nothing of the repository's own is in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


class StudentVenv:
    """A fresh virtual environment, and commands run in it as from a shell where it was activated."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        home.mkdir()
        cache = [sys.executable, "-m", "pip", "cache", "dir"]
        self.pip_cache = subprocess.run(cache, capture_output=True, text=True, check=False).stdout.strip()
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)

    @property
    def programs(self) -> Path:
        """Where its programs are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        return next(self.folder.rglob("site-packages"))

    def environment(self, **variables: str | Path) -> dict[str, str]:
        """Return the environment of a command: its programs come first, and the home folder is its own."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER"))}
        return {
            **inherited,
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": str(self.folder),
            "HOME": str(self.home),
            "PIP_CACHE_DIR": self.pip_cache,
            "PIP_NO_COMPILE": "1",  # which halves the time
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **{name: str(value) for name, value in variables.items()},
        }

    def try_run(self, *command: str | Path, cwd: Path, **variables: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def run(self, *command: str | Path, cwd: Path, **variables: str | Path) -> str:
        """Run a command that must end well; give what it prints."""
        ran = self.try_run(*command, cwd=cwd, **variables)
        assert ran.returncode == 0, f"{' '.join(map(str, command))}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
        return ran.stdout

    def install(self, *arguments: str, cwd: Path, **variables: str | Path) -> None:
        """Run `pip install`; where pip reaches no packages, outside continuous integration, the test is skipped."""
        ran = self.try_run("python", "-m", "pip", "install", "--quiet", *arguments, cwd=cwd, **variables)
        lines = [line for line in ran.stderr.splitlines() if "ERROR" in line]
        if ran.returncode and "CI" not in os.environ and "No matching distribution" in ran.stderr:
            pytest.skip(f"pip can't fetch the packages of a student's environment: {lines[-1]}")
        assert ran.returncode == 0, ran.stderr[-3000:]

    def frozen(self) -> list[str]:
        """Return the name and version of all that is installed, but for the course's own package and pip."""
        listed = self.run("python", "-m", "pip", "freeze", "--all", "--exclude-editable", cwd=self.folder)
        return [line for line in listed.splitlines() if not line.startswith("pip==")]
