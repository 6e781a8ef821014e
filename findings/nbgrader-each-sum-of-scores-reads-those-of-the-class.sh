#!/usr/bin/env bash
# Expected: nbgrader's gradebook finds the scores of one submission by an index, so that a table of a class takes time in proportion to the class.
# Seen:     the table `grade` has one index, on cell and notebook in this order. To look for a notebook's scores, SQLite reads every score of every student.
# Costs:    the score of each student is such a sum, so `nbgrader export` and pages of a class take time with the square of the class. An index of one's own
#           on `grade (notebook_id)`, and one on `comment (notebook_id)`, end that; nbgrader does not mind them.
# Versions: nbgrader 0.9.6 (SQLAlchemy 2.1.9, SQLite as Python has it).
# Source:   nbgrader/api.py: class Grade, its UniqueConstraint('cell_id', 'notebook_id'), and SubmittedAssignment.score.
#
# Output seen:
#   as nbgrader makes it: SCAN grade
#   with an index of one's own: SEARCH grade USING INDEX by_notebook (notebook_id=?)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 sqlalchemy==2.1.9
export PATH="$folder/venv/bin:$PATH"  # nbgrader starts alembic by its name
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import sqlite3

from nbgrader.api import Gradebook

with Gradebook("sqlite:///gradebook.db"):
    pass
connection = sqlite3.connect("gradebook.db")


def plan():
    ((*_, step),) = connection.execute("EXPLAIN QUERY PLAN SELECT sum(auto_score) FROM grade WHERE notebook_id = 'x'")
    return step


print("as nbgrader makes it:", plan())
connection.execute("CREATE INDEX by_notebook ON grade (notebook_id)")
print("with an index of one's own:", plan())
EOF
)
echo "$seen"
[ "$seen" = "as nbgrader makes it: SCAN grade
with an index of one's own: SEARCH grade USING INDEX by_notebook (notebook_id=?)" ] ||
  { echo "changed: nbgrader finds the scores of a submission in another way" >&2; exit 1; }
