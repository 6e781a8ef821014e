#!/usr/bin/env bash
# Expected: `class_encode_column` of the integers 0 to 10 leaves them as they are: class i is label i.
# Seen:     classes are sorted as text, so 10 becomes 2, and 2 becomes 3. Up to 9 all is well.
# Costs:    predictions are compared with the wrong number as soon as there is an eleventh class; a model from before and the labels no longer fit. Cast with ClassLabel(names=...) in the order you mean.
# Versions: datasets 5.2.0, Python 3.11.7.
# Source:   `class_encode_column` casts to string first, then sorts the unique values (datasets/arrow_dataset.py).
#
# Output seen:
#   10 classes: 0 1 2 3 4 5 6 7 8 9
#   11 classes: 0 1 3 4 5 6 7 8 9 10 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import datasets

for classes in (10, 11):
    labels = datasets.Dataset.from_dict({"y": list(range(classes))}).class_encode_column("y")["y"][:]
    print(classes, "classes:", *labels)
EOF
)
echo "$seen"
[ "$seen" = "10 classes: 0 1 2 3 4 5 6 7 8 9
11 classes: 0 1 3 4 5 6 7 8 9 10 2" ] ||
  { echo "changed: numbers keep their order" >&2; exit 1; }
