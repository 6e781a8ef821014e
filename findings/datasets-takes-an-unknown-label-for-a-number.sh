#!/usr/bin/env bash
# Expected: a `ClassLabel` refuses a text that is none of its names.
# Seen:     a text that looks like a number counts as the number of a class: with the names '1' to '5', the rating '0' becomes the class '1', and '1' too.
# Costs:    wrong or differently coded labels go in as another class where one would expect an error: 'cat' is refused, '0' is not.
# Versions: datasets 5.2.0, Python 3.11.7.
# Source:   `ClassLabel._strval2int` tries int(value) when the name is unknown, for datasets without names (datasets/features/features.py).
#
# Output seen:
#   1 becomes 1
#   0 becomes 1
#   Invalid string class label cat
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import datasets

ratings = datasets.ClassLabel(names=["1", "2", "3", "4", "5"])
for text in ("1", "0", "cat"):
    try:
        rows = datasets.Dataset.from_dict({"rating": [text]}, features=datasets.Features({"rating": ratings}))
        print(text, "becomes", ratings.int2str(rows[0]["rating"]))
    except ValueError as error:
        print(error)
EOF
)
echo "$seen"
[ "$seen" = "1 becomes 1
0 becomes 1
Invalid string class label cat" ] ||
  { echo "changed: what is no name is refused" >&2; exit 1; }
