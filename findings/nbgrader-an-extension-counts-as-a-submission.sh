#!/usr/bin/env bash
# Expected: more time can be given to a student who has handed in nothing yet, and they stay a student who has handed in nothing.
# Seen:     `grant_extension` refuses such a student. After `update_or_create_submission`, which makes room for the extension, the assignment
#           counts one submission, with 0 points, that waits for a person to grade it.
# Costs:    Formgrader's counts, the exporter's "raw_score 0.0" and the list of what is to be graded by hand are wrong until something is handed in.
# Versions: nbgrader 0.9.6, Python 3.11.7.
# Source:   `add_submission` in nbgrader/api.py makes a Grade for each cell, and `Grade.needs_manual_grade` is True by default.
#
# Output seen:
#   MissingEntry
#   submissions: 1, points: 0.0, waits for a person: True, handed in: None
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6
export PATH="$folder/venv/bin:$PATH"
cd "$folder"
seen=$(python -W ignore - 2> /dev/null <<'EOF'
from nbgrader.api import Gradebook, MissingEntry

with Gradebook("sqlite:///gradebook.db") as gradebook:
    gradebook.update_or_create_assignment("ps1", duedate="2026-11-29 12:00 UTC")
    gradebook.update_or_create_notebook("notebook", "ps1")
    gradebook.update_or_create_grade_cell("test", "notebook", "ps1", max_score=4, cell_type="code")
    gradebook.update_or_create_student("ada")
    try:
        gradebook.grant_extension("ps1", "ada", days=2)
    except MissingEntry as error:
        print(type(error).__name__)
    gradebook.update_or_create_submission("ps1", "ada")
    gradebook.grant_extension("ps1", "ada", days=2)
    count = gradebook.find_assignment("ps1").num_submissions
    ada = gradebook.find_submission("ps1", "ada")
    print(f"submissions: {count}, points: {ada.score}, waits for a person: {ada.needs_manual_grade}, handed in: {ada.timestamp}")
EOF
)
echo "$seen"
[ "$seen" = "MissingEntry
submissions: 1, points: 0.0, waits for a person: True, handed in: None" ] ||
  { echo "changed: an extension is kept otherwise" >&2; exit 1; }
