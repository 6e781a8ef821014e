"""Run a milestone, print what came of it, and draw it: `python -m tinytorch.milestones NAME FOLDER`.

`tito milestone` runs this in a process of its own, so that what a student exported is read anew and cannot break the
tool. The exit code is 0 if the threshold is reached, 3 if it is not.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import matplotlib

from tinytorch.milestones import MILESTONES, NOT_REACHED, picture_path


def main() -> int:
    """Run what the command line names."""
    name, folder = sys.argv[1:]
    milestone = next(each for each in MILESTONES if each.name == name)
    matplotlib.use("agg")
    outcome = import_module(f"tinytorch.milestones.{milestone.file}").run(picture_path(milestone, Path(folder)))
    print(f"{'pass' if outcome.reached else 'fail'}: {outcome.sentence}")
    return 0 if outcome.reached else NOT_REACHED


if __name__ == "__main__":
    sys.exit(main())
