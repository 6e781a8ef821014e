#!/usr/bin/env bash
# Expected: an epoch of ten samples on one device has ten, whatever algorithm shuffles them, or repeats as few as the last batch lacks.
# Seen:     with py1s and py2s the epoch is divided among 64 canonical nodes, and each gets as many samples: ten become 64, a hundred 128, and a thousand 1024. len() is not changed.
# Costs:    validation counts some samples several times: its accuracy is another one with another shuffle, and a loop over len() batches ends early. Give num_canonical_nodes=1.
# Versions: mosaicml-streaming 0.13.0, torch 2.13.0, torchvision 0.28.0, numpy 2.1.3, Python 3.11.7.
# Source:   num_canonical_nodes is 64 times the nodes for py1s and py2s (StreamingDataset._resume, streaming/base/dataset.py), and each of them gets equally many (streaming/base/partition/relaxed.py, orig.py).
#
# Output seen:
#   len 10 py1e samples 10 different 10
#   len 10 py2s samples 64 different 10
#   len 100 py1e samples 100 different 100
#   len 100 py2s samples 128 different 100
#   len 1000 py1e samples 1000 different 1000
#   len 1000 py2s samples 1024 different 1000
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

for count in (10, 100, 1000):
    with MDSWriter(out=f"mds{count}", columns={"x": "int"}) as writer:
        for number in range(count):
            writer.write({"x": number})
    for algorithm in ("py1e", "py2s"):
        dataset = StreamingDataset(local=f"mds{count}", batch_size=2, shuffle=True, shuffle_algo=algorithm)
        samples = [sample["x"] for sample in dataset]
        print("len", len(dataset), algorithm, "samples", len(samples), "different", len(set(samples)))
EOF
)
echo "$seen"
[ "$seen" = "len 10 py1e samples 10 different 10
len 10 py2s samples 64 different 10
len 100 py1e samples 100 different 100
len 100 py2s samples 128 different 100
len 1000 py1e samples 1000 different 1000
len 1000 py2s samples 1024 different 1000" ] ||
  { echo "changed: an epoch has as many samples as the dataset" >&2; exit 1; }
