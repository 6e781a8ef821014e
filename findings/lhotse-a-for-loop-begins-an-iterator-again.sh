#!/usr/bin/env bash
# Expected: after `batches = iter(sampler)` and `next(batches)`, a look at the first batch, `for batch in batches` goes on with the second one.
# Seen:     it begins with the first again: the iterator is the sampler itself, and each `for` starts it anew. Two loops over one sampler at a time take each other's batches.
# Costs:    who takes a batch to warm a model up, or stops for a checkpoint and goes on with the same iterator, trains on the batches before that twice; `zip` of a sampler with
#           itself gives neighbours.
# Versions: lhotse 1.33.0, torch 2.13.0, numpy 2.4.6, urllib3 2.8.0, Python 3.11.7.
# Source:   `__iter__` in lhotse/dataset/sampling/simple.py and dynamic.py, which resets and returns `self`. Python's documentation of iterators asks that `iter(iterator)`
#           be the iterator, unchanged.
#
# Output seen:
#   torch, looked at 0, then 1 2 3
#   SimpleCutSampler, looked at 0, then 0 1 2 3
#   DynamicCutSampler, looked at 0, then 0 1 2 3
#   zip of a sampler with itself: [(0, 1), (2, 3)]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lhotse==1.33.0 torch==2.13.0 numpy==2.4.6 urllib3==2.8.0
cd "$folder"
cat > seen.py <<'EOF'
import torch
from lhotse import CutSet
from lhotse.dataset import DynamicCutSampler, SimpleCutSampler
from lhotse.testing.dummies import dummy_cut


def number(batch):
    (cut,) = batch
    return int(cut.id.rpartition("-")[2])


def look_and_go_on(name, batches, number):
    batches = iter(batches)
    print(f"{name}, looked at {number(next(batches))}, then", *(number(batch) for batch in batches))


cuts = CutSet.from_cuts(dummy_cut(number, duration=1.0) for number in range(4))
look_and_go_on("torch", torch.utils.data.BatchSampler(range(4), 1, False), lambda batch: batch[0])
for kind in (SimpleCutSampler, DynamicCutSampler):
    look_and_go_on(kind.__name__, kind(cuts, max_cuts=1, shuffle=False), number)
sampler = SimpleCutSampler(cuts, max_cuts=1, shuffle=False)
print("zip of a sampler with itself:", [(number(one), number(other)) for one, other in zip(sampler, sampler)])
EOF
seen=$("$folder/venv/bin/python" seen.py 2> /dev/null)
echo "$seen"
[ "$seen" = "torch, looked at 0, then 1 2 3
SimpleCutSampler, looked at 0, then 0 1 2 3
DynamicCutSampler, looked at 0, then 0 1 2 3
zip of a sampler with itself: [(0, 1), (2, 3)]" ] || { echo "changed: a for loop goes on with lhotse's iterators" >&2; exit 1; }
