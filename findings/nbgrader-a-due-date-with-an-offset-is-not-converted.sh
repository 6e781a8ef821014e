#!/usr/bin/env bash
# Expected: "2026-11-29 12:00 +01:00" is 11:00 UTC, as "2026-11-29 12:00 CET" is, or it is refused.
# Seen:     with an offset the digits are stored as if they were UTC, and so they are with a zone that dateutil does not know, such as PDT.
#           Nobody says so.
# Costs:    a class is an hour late, or has an hour more, by the way in which the due date was written.
# Versions: nbgrader 0.9.6, python-dateutil 2.9.0.post0, Python 3.11.7.
# Source:   `parse_utc` in nbgrader/utils.py.
#
# Output seen:
#   2026-11-29 12:00 CET -> 11:00 UTC
#   2026-11-29 12:00 +01:00 -> 12:00 UTC
#   2026-07-01 12:00 PDT -> 12:00 UTC
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 python-dateutil==2.9.0.post0
export PATH="$folder/venv/bin:$PATH"
cd "$folder"
seen=$(TZ=Europe/Berlin python -W ignore - 2> /dev/null <<'EOF'
from nbgrader.api import Gradebook

with Gradebook("sqlite:///gradebook.db") as gradebook:
    for due in ("2026-11-29 12:00 CET", "2026-11-29 12:00 +01:00", "2026-07-01 12:00 PDT"):
        gradebook.update_or_create_assignment("ps1", duedate=due)
        print(due, "->", gradebook.find_assignment("ps1").duedate.strftime("%H:%M"), "UTC")
EOF
)
echo "$seen"
[ "$seen" = "2026-11-29 12:00 CET -> 11:00 UTC
2026-11-29 12:00 +01:00 -> 12:00 UTC
2026-07-01 12:00 PDT -> 12:00 UTC" ] || { echo "changed: due dates are converted otherwise" >&2; exit 1; }
