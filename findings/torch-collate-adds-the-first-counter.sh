#!/usr/bin/env bash
# Expected: the batch of two `collections.Counter` samples is a mapping whose tensors hold the counts of each sample, as with plain dictionaries.
# Seen:     the first sample's counts are added to every number of the batch: counts 1 and 2 come as 2 and 3. Nothing is raised or warned of.
# Costs:    word counts and other histograms are wrong in every batch, each batch by another amount, and only the last digits look odd. Give `dict(counter)` from
#           the dataset, or a `collate_fn`.
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   torch/utils/data/_utils/collate.py: for a mutable mapping the batch is a shallow copy of the first sample that is filled with `update`, which in a
#           Counter adds (Python's documentation, collections.Counter.update).
#
# Output seen:
#   dict [1, 2]
#   Counter [2, 3]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "torch==2.13.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from collections import Counter

from torch.utils.data import DataLoader

counts = [Counter("a"), Counter("aa")]
for samples in ([dict(count) for count in counts], counts):
    (batch,) = DataLoader(samples, batch_size=2)
    print(type(samples[0]).__name__, batch["a"].tolist())
EOF
)
echo "$seen"
[ "$seen" = "dict [1, 2]
Counter [2, 3]" ] ||
  { echo "changed: the counts of the samples are in the batch" >&2; exit 1; }
