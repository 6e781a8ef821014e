#!/usr/bin/env bash
# Expected: a StreamingDataset with shuffle=True mixes samples over its chunks, or at least over a whole chunk, before they come into batches.
# Seen:     chunks come in random order, one after the other, and so do runs of 256 samples in each; only within a run are samples mixed.
#           Of 63 batches, 60 come out of one chunk, and 49 out of one run; with item_shuffle_window="full", none out of a run, and the same 60 out of one chunk.
# Costs:    data written folder by folder is sorted by class, and so is each batch: the loss swings from class to class. Shuffle before `optimize`, as no setting mixes chunks.
# Versions: litdata 0.2.76, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `FullShuffle.__call__` permutes blocks of `item_shuffle_window`, 256, within one chunk (litdata/streaming/shuffle.py, _block_shuffle).
#
# Output seen:
#   item_shuffle_window=None: 60 of 63 batches are of one class, and 49 of a run of 256 samples
#   item_shuffle_window=full: 60 of 63 batches are of one class, and 0 of a run of 256 samples
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check litdata==0.2.76 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pathlib
import subprocess
import sys

pathlib.Path("write.py").write_text("""
import litdata


def same(index):
    return index


if __name__ == "__main__":
    litdata.optimize(same, list(range(4000)), "samples", chunk_size=1000, num_workers=1)
""")
subprocess.run([sys.executable, "write.py"], check=True, capture_output=True)

import litdata

for window in (None, "full"):
    samples = litdata.StreamingDataset("samples", shuffle=True, item_shuffle_window=window)
    batches = [[int(sample) for sample in batch] for batch in litdata.StreamingDataLoader(samples, batch_size=64)]
    classes = [len({sample // 1000 for sample in batch}) for batch in batches]
    spread = [max(batch) - min(batch) for batch in batches if len({sample // 1000 for sample in batch}) == 1]
    print(f"item_shuffle_window={window}: {classes.count(1)} of {len(batches)} batches are of one class,", end=" ")
    print(f"and {sum(width < 256 for width in spread)} of a run of 256 samples")
EOF
)
echo "$seen"
[ "$seen" = "item_shuffle_window=None: 60 of 63 batches are of one class, and 49 of a run of 256 samples
item_shuffle_window=full: 60 of 63 batches are of one class, and 0 of a run of 256 samples" ] ||
  { echo "changed: a batch holds samples of more than two runs of neighbours" >&2; exit 1; }
