#!/usr/bin/env bash
# Expected: `with_epoch(6)` cuts an endless stream into epochs: the second one goes on with sample 7.
# Seen:     each epoch begins at the first shard again: of 16 samples, ten are never seen. Only with resampled=True does it do what its name says.
# Costs:    training runs on the first part of the data for all its epochs, with a loss that looks very good.
# Versions: webdataset 1.0.2, Python 3.11.7.
# Source:   `with_epoch` sets repetitions and nsamples, and `__iter__` makes a new iterator of the whole pipeline for each epoch (webdataset/pipeline.py).
#
# Output seen:
#   epoch 1 0-0 0-1 0-2 0-3 1-0 1-1
#   epoch 2 0-0 0-1 0-2 0-3 1-0 1-1
#   epoch 3 0-0 0-1 0-2 0-3 1-0 1-1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check webdataset==1.0.2 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import webdataset

for number in range(4):
    with webdataset.TarWriter(f"shard-{number}.tar") as writer:
        for place in range(4):
            writer.write({"__key__": f"{number}-{place}", "txt": ""})
dataset = webdataset.WebDataset("shard-{0..3}.tar", shardshuffle=False).with_epoch(6)
for epoch in (1, 2, 3):
    print("epoch", epoch, *(sample["__key__"] for sample in dataset))
EOF
)
echo "$seen"
[ "$seen" = "epoch 1 0-0 0-1 0-2 0-3 1-0 1-1
epoch 2 0-0 0-1 0-2 0-3 1-0 1-1
epoch 3 0-0 0-1 0-2 0-3 1-0 1-1" ] ||
  { echo "changed: an epoch goes on where the last one ended" >&2; exit 1; }
