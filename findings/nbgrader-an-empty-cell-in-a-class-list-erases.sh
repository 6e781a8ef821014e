#!/usr/bin/env bash
# Expected: `nbgrader db student import` with an empty cell leaves what the gradebook has; only a cell with a value changes it.
# Seen:     an empty cell erases the first name, the e-mail or the `lms_user_id` that was there.
# Costs:    a second list, exported from elsewhere and without e-mails, takes the ids away by which Canvas finds its students.
# Versions: nbgrader 0.9.6, Python 3.11.7.
# Source:   `DbStudentImportApp.db_import` passes every column to `update_or_create_student`, empty ones as None.
#
# Output seen:
#   before: Ada ada@example.org 4711
#   after:  None None None
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6
export PATH="$folder/venv/bin:$PATH"
cd "$folder"
echo 'get_config().CourseDirectory.db_url = "sqlite:///gradebook.db"' > nbgrader_config.py
show='
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as gradebook:
    ada = gradebook.find_student("ada")
    print(ada.first_name, ada.email, ada.lms_user_id)'
printf 'id,first_name,last_name,email,lms_user_id\nada,Ada,Byron,ada@example.org,4711\n' > first.csv
printf 'id,first_name,last_name,email,lms_user_id\nada,,Byron,,\n' > second.csv
nbgrader db student import first.csv > /dev/null 2>&1
before=$(python -W ignore -c "$show" 2> /dev/null)
nbgrader db student import second.csv > /dev/null 2>&1
after=$(python -W ignore -c "$show" 2> /dev/null)
echo "before: $before"
echo "after:  $after"
[ "$before" = "Ada ada@example.org 4711" ] && [ "$after" = "None None None" ] ||
  { echo "changed: an empty cell does not erase what was there any more" >&2; exit 1; }
