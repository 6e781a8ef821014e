#!/usr/bin/env bash
# Expected: `nbgrader autograde --force`, after a hidden test was corrected, leaves answers that were graded by hand as graded.
# Seen:     their points stay, and each is put back to 'needs manual grade', whether the answer changed or not.
# Costs:    after one correction Formgrader lists every written answer of the class anew, and `nbgrader export` and the students' list show them as not graded. Put the mark back for answers that are the same.
# Versions: nbgrader 0.9.6, ipykernel 7.4.0, Python 3.11.7.
# Source:   `_add_score` sets needs_manual_grade wherever there is a manual score (nbgrader/preprocessors/saveautogrades.py).
#
# Output seen:
#   autograded: points None needs manual grade: True
#   graded by hand: points 7.0 needs manual grade: False
#   autograded again: points 7.0 needs manual grade: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 ipykernel==7.4.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

metadata = {"schema_version": 3, "grade_id": "why", "grade": True, "solution": True, "locked": False, "task": False, "points": 10}
for path, answer in {"source/ps1/p.ipynb": "YOUR ANSWER", "submitted/alice/ps1/p.ipynb": "Because."}.items():
    cell = new_markdown_cell(answer, metadata={"nbgrader": metadata}, id="why")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    Path(path).parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[cell], metadata=kernel), path)


def nbgrader(*arguments):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # where nbgrader finds alembic
    subprocess.run([sys.executable, "-m", "nbgrader", *arguments], env=os.environ | {"PATH": path}, check=True, stdin=subprocess.DEVNULL)


def show(when):
    with Gradebook("sqlite:///gradebook.db") as gradebook:
        grade = gradebook.find_grade("why", "p", "ps1", "alice")
        print(when, "points", grade.manual_score, "needs manual grade:", grade.needs_manual_grade)


nbgrader("generate_assignment", "ps1")
nbgrader("autograde", "ps1")
show("autograded:")
with Gradebook("sqlite:///gradebook.db") as gradebook:
    grade = gradebook.find_grade("why", "p", "ps1", "alice")
    grade.manual_score, grade.needs_manual_grade = 7.0, False
    gradebook.db.commit()
show("graded by hand:")
nbgrader("autograde", "ps1", "--force")
show("autograded again:")
EOF
)
echo "$seen"
[ "$seen" = "autograded: points None needs manual grade: True
graded by hand: points 7.0 needs manual grade: False
autograded again: points 7.0 needs manual grade: True" ] ||
  { echo "changed: answers that were graded by hand stay graded" >&2; exit 1; }
