#!/usr/bin/env bash
# Expected: `default_collate` refuses samples that are dictionaries with different keys, as it does lists of different lengths.
# Seen:     the first sample's keys decide: a key that only later samples have is left out without a word. One that later samples lack is a KeyError.
# Costs:    an optional field (a mask, a second label) is in the batch or not depending on which sample comes first, so on the shuffle.
# Versions: torch 2.13.0, Python 3.11.7.
# Source:   `for key in elem`, where elem is batch[0], in torch/utils/data/_utils/collate.py.
#
# Output seen:
#   {'x': tensor([1, 2])}
#   KeyError 'weight'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from torch.utils.data import default_collate

plain, labelled = {"x": 1}, {"x": 2, "weight": 0.5}
print(default_collate([plain, labelled]))
try:
    print(default_collate([labelled, plain]))
except KeyError as error:
    print("KeyError", error)
EOF
)
echo "$seen"
[ "$seen" = "{'x': tensor([1, 2])}
KeyError 'weight'" ] ||
  { echo "changed: keys are compared" >&2; exit 1; }
