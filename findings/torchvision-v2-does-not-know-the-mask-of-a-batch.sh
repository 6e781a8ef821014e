#!/usr/bin/env bash
# Expected: a transform of v2 that takes a sample of an Image and a Mask takes a batch of them, too, as its shapes are (..., H, W): both are resized, the mask without new labels.
# Seen:     collating makes plain tensors of both. Of plain tensors, the first one is taken for the picture and the others are passed through:
#           with the picture first, the mask keeps its size; with the mask first, the picture does, and labels 0 and 2 become 0, 1 and 2.
# Costs:    flips and crops on batches, for speed, train on masks that do not fit their pictures, without an error where sizes stay. Wrap the batch again in tv_tensors.
# Versions: torchvision 0.28.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `Transform._needs_transform_list` (torchvision/transforms/v2/_transform.py); torch.stack of tv_tensors gives a Tensor, which torchvision's notes on tv_tensors say of all operations.
#
# Output seen:
#   sample picture (4, 4) mask (4, 4) labels [0, 2]
#   batch picture (4, 4) mask (2, 2) labels [0, 2]
#   sample mask (4, 4) picture (4, 4) labels [0, 2]
#   batch mask (4, 4) picture (2, 2) labels [0, 1, 2]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torchvision==0.28.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:  # built for CUDA, beside a torch without it: the operators that it looks for are only declared
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torch.utils.data import default_collate
from torchvision import tv_tensors
from torchvision.transforms import v2

picture = tv_tensors.Image(torch.zeros(3, 2, 2, dtype=torch.uint8))
mask = tv_tensors.Mask(torch.tensor([[[0, 2], [2, 0]]], dtype=torch.uint8))
for sample in ({"picture": picture, "mask": mask}, {"mask": mask, "picture": picture}):
    for kind, given in (("sample", sample), ("batch", default_collate([sample, sample]))):
        resized = v2.Resize((4, 4))(given)
        print(kind, *(f"{key} {tuple(value.shape[-2:])}" for key, value in resized.items()), "labels", resized["mask"].unique().tolist())
EOF
)
echo "$seen"
[ "$seen" = "sample picture (4, 4) mask (4, 4) labels [0, 2]
batch picture (4, 4) mask (2, 2) labels [0, 2]
sample mask (4, 4) picture (4, 4) labels [0, 2]
batch mask (4, 4) picture (2, 2) labels [0, 1, 2]" ] ||
  { echo "changed: picture and mask of a batch are both transformed" >&2; exit 1; }
