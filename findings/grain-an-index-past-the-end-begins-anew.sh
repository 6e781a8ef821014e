#!/usr/bin/env bash
# Expected: `dataset[10]` of ten samples is an IndexError, as in Python and PyTorch.
# Seen:     a MapDataset counts on into the next epoch: 10 gives the first sample again.
# Costs:    code that asks until IndexError never stops, and an index that is off by one is not noticed.
# Versions: grain 0.2.18, Python 3.11.7.
# Source:   `self._source[self._index_mod_len(index)]` in grain/_src/python/dataset/transformations/source.py.
#
# Output seen:
#   10 a a d j
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check grain==0.2.18 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import grain

dataset = grain.MapDataset.source(list("abcdefghij"))
print(len(dataset), dataset[0], dataset[10], dataset[23], dataset[-1])
EOF
)
echo "$seen"
[ "$seen" = "10 a a d j" ] ||
  { echo "changed: an index past the end is refused" >&2; exit 1; }
