#!/usr/bin/env bash
# Expected: None is a sample like another: a missing label stays in its place, and a `map` whose function forgot its `return` gives ten times None, or an error.
# Seen:     None means that a filter left the sample out: iterating skips it. With the forgotten `return`, an epoch is over at once, with len() of ten.
# Costs:    a loop that trains on nothing ends well, and labels that are read side by side with their pictures no longer fit them.
# Versions: grain 0.2.18, numpy 2.4.6, Python 3.11.7.
# Source:   the iterator passes over None unless it is made with allow_nones=True (grain/_src/python/dataset/transformations/prefetch.py, `return_element = self._allow_nones or element is not None`).
#
# Output seen:
#   by index ['cat', None, 'dog'] iterating ['cat', 'dog']
#   length 10 iterating []
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check grain==0.2.18 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import grain

labels = grain.MapDataset.source(["cat", None, "dog"])
print("by index", [labels[index] for index in range(3)], "iterating", list(labels))


def double(number):
    number * 2


doubled = grain.MapDataset.source(list(range(10))).map(double)
print("length", len(doubled), "iterating", list(doubled))
EOF
)
echo "$seen"
[ "$seen" = "by index ['cat', None, 'dog'] iterating ['cat', 'dog']
length 10 iterating []" ] ||
  { echo "changed: None is a sample" >&2; exit 1; }
