#!/usr/bin/env bash
# Expected: `torchdata.nodes.Batcher(source, 4)` keeps the short last batch, as `DataLoader(..., batch_size=4)` does.
# Seen:     `drop_last` is True by default: of 10 samples, 2 are never seen.
# Costs:    an evaluation over all of a test set leaves out its last samples, the same ones each time, without a word.
# Versions: torchdata 0.11.0, torch 2.13.0, Python 3.11.7.
# Source:   `drop_last: bool = True` in torchdata/nodes/batch.py.
#
# Output seen:
#   DataLoader: [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
#   Batcher:    [[0, 1, 2, 3], [4, 5, 6, 7]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 torchdata==0.11.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from torch.utils.data import DataLoader
from torchdata.nodes import Batcher, IterableWrapper, Loader

print("DataLoader:", [batch.tolist() for batch in DataLoader(range(10), batch_size=4)])
print("Batcher:   ", list(Loader(Batcher(IterableWrapper(range(10)), 4))))
EOF
)
echo "$seen"
[ "$seen" = "DataLoader: [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
Batcher:    [[0, 1, 2, 3], [4, 5, 6, 7]]" ] ||
  { echo "changed: Batcher keeps the last batch" >&2; exit 1; }
