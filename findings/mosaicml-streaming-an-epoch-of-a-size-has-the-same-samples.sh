#!/usr/bin/env bash
# Expected: with `epoch_size=4`, an epoch ends after four samples, and the next one goes on with others, as the parameter's default `sampling_method='balanced'` lets hope.
# Seen:     without shuffling, all epochs have the same four, and they are not the first ones but some of each shard, picked by the seed. Six of ten are never seen.
#           With shuffle=True each epoch has others.
# Costs:    a long training on a set that is in the right order already, or an evaluation "on the first 1000", sees only these for ever.
# Versions: mosaicml-streaming 0.13.0, torch 2.13.0, torchvision 0.28.0, numpy 2.1.3, Python 3.11.7.
# Source:   `self.epoch_seed_change = self.shuffle and self.sampling_method == 'balanced'`: without shuffling, `resample_streams` has one seed for all epochs (streaming/base/dataset.py).
#
# Output seen:
#   shuffle False [1, 2, 7, 8] [1, 2, 7, 8] [1, 2, 7, 8] [1, 2, 7, 8]
#   shuffle True [1, 2, 7, 8] [2, 3, 4, 8] [4, 6, 7, 9] [6, 7, 8, 9]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mosaicml-streaming==0.13.0 torch==2.13.0 torchvision==0.28.0 numpy==2.1.3
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:  # built for CUDA, beside a torch without it: the operators that it looks for are only declared
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from streaming import MDSWriter, StreamingDataset

with MDSWriter(out="mds", columns={"x": "int"}, size_limit=100) as writer:
    for number in range(10):
        writer.write({"x": number})
for shuffle in (False, True):
    dataset = StreamingDataset(local="mds", batch_size=2, shuffle=shuffle, epoch_size=4)
    print("shuffle", shuffle, *(sorted(sample["x"] for sample in dataset) for epoch in range(4)))
EOF
)
echo "$seen"
[ "$seen" = "shuffle False [1, 2, 7, 8] [1, 2, 7, 8] [1, 2, 7, 8] [1, 2, 7, 8]
shuffle True [1, 2, 7, 8] [2, 3, 4, 8] [4, 6, 7, 9] [6, 7, 8, 9]" ] ||
  { echo "changed: the next epoch has other samples" >&2; exit 1; }
