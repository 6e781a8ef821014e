"""Build, test and grade with the newest supported Python on this machine that is not .venv's: `make other-python`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKS = (
    "pytest tests/test_repository.py::test_two_builds_give_the_committed_files_to_the_byte",
    "pytest -n auto tests/core tests/datasets tests/profiling",
    "tests.programs.demo correct_reference correct_beginner untouched wrong_drops_the_last_batch",
)


def supported_versions() -> list[str]:
    """Return the Pythons that pyproject.toml's classifiers name, the newest first: "3.13"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    return sorted(named, key=lambda version: int(version.partition(".")[2]), reverse=True)


def find_program(version: str) -> Path | None:
    """Return an interpreter of that version that can make virtual environments, or None."""
    folders = [Path(folder) for folder in os.environ["PATH"].split(os.pathsep)]
    folders += Path.home().glob(".pyenv/versions/*/bin")
    for program in (folder / f"python{version}" for folder in folders):
        # pyenv puts programs on PATH that fail for versions that are not switched on.
        if (
            program.is_file()
            and not subprocess.run([program, "-c", "import ensurepip"], capture_output=True).returncode
        ):
            return program
    return None


def main() -> int:
    """Run the checks, and return the exit code of the first that fails."""
    own = "{}.{}".format(*sys.version_info)
    others = [version for version in supported_versions() if version != own]
    found = [(version, program) for version in others if (program := find_program(version))]
    if not found:
        print(f"This machine has no other supported Python ({' or '.join(others)}): nothing to check.")
        return 0
    version, program = found[0]
    folder = ROOT / "build" / f"python{version}"
    python = folder / "bin" / "python"
    install = "pip install --quiet --disable-pip-version-check -c requirements.lock -e .[course,images,dev]"
    commands = [[program, "-m", "venv", "--clear", folder]]
    commands += [[python, "-m", *arguments.split()] for arguments in (install, *CHECKS)]
    for command in commands:
        print(f"Python {version}:", *command[1:], flush=True)
        if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
