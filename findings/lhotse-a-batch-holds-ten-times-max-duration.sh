#!/usr/bin/env bash
# Expected: `max_duration=30` in lhotse's samplers is the most seconds of audio in a batch, padding included, as in `SimpleCutSampler`.
# Seen:     `DynamicCutSampler` adds a cut first and asks then whether the batch is full. Nine cuts of a second and one of 30 make a batch that is padded to 300 s;
#           it warns of too long a batch only where the batch is a single cut.
# Costs:    a batch size that was tuned to the memory of a device is exceeded several times over, at whichever step a long cut follows short ones.
# Versions: lhotse 1.33.0, torch 2.13.0, numpy 2.4.6, urllib3 2.8.0 (which lhotse imports and does not require), Python 3.11.7.
# Source:   `DurationBatcher._collect_batch` in lhotse/dataset/sampling/dynamic.py, beside `_next_batch` in simple.py.
#
# Output seen:
#   SimpleCutSampler, seconds of each padded batch: [9, 30, 5]
#   DynamicCutSampler, seconds of each padded batch: [300, 5]
#   warnings: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lhotse==1.33.0 torch==2.13.0 numpy==2.4.6 urllib3==2.8.0
cd "$folder"
cat > seen.py <<'EOF'
import warnings

from lhotse import CutSet
from lhotse.dataset import DynamicCutSampler, SimpleCutSampler
from lhotse.testing.dummies import dummy_cut

cuts = CutSet.from_cuts(dummy_cut(number, duration=seconds) for number, seconds in enumerate([1.0] * 9 + [30.0] + [1.0] * 5))
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    for kind in (SimpleCutSampler, DynamicCutSampler):
        batches = [list(batch) for batch in kind(cuts, max_duration=30.0, shuffle=False)]
        padded = [round(len(batch) * max(cut.duration for cut in batch)) for batch in batches]
        print(f"{kind.__name__}, seconds of each padded batch:", padded)
print("warnings:", sum("max_duration" in str(each.message) for each in said))
EOF
seen=$("$folder/venv/bin/python" seen.py 2> /dev/null)
echo "$seen"
[ "$seen" = "SimpleCutSampler, seconds of each padded batch: [9, 30, 5]
DynamicCutSampler, seconds of each padded batch: [300, 5]
warnings: 0" ] || { echo "changed: lhotse's dynamic sampler keeps to max_duration" >&2; exit 1; }
