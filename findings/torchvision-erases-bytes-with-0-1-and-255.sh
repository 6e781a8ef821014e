#!/usr/bin/env bash
# Expected: `RandomErasing(value='random')` fills the rectangle of a uint8 picture with random bytes, as v2 says that its transforms take uint8 as well as float.
# Seen:     the rectangle gets normal random numbers of mean 0 and deviation 1, cut to bytes: of a large rectangle, two thirds are 0, and nothing lies between 5 and 250.
# Costs:    uint8 is the type that v2 recommends for speed: what should be noise, so that no edge is learned, is black with white dots. Put it after ToDtype and Normalize.
# Versions: torchvision 0.28.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `torch.empty(...).normal_()` in RandomErasing.make_params, put into the picture of whatever type (torchvision/transforms/v2/_augment.py; functional/_augment.py, erase_image).
#
# Output seen:
#   pixels 187500 black 68%, between 5 and 250: 0
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

from torchvision.transforms import v2

torch.manual_seed(0)
picture = torch.full((3, 500, 500), 100, dtype=torch.uint8)
erased = v2.RandomErasing(p=1.0, scale=(0.25, 0.25), ratio=(1, 1), value="random")(picture)
noise = erased[erased != 100]
middle = int(((noise > 5) & (noise < 250)).sum())
print("pixels", len(noise), "black", f"{(noise == 0).float().mean():.0%},", "between 5 and 250:", middle)
EOF
)
echo "$seen"
[ "$seen" = "pixels 187500 black 68%, between 5 and 250: 0" ] ||
  { echo "changed: the erased rectangle has random bytes" >&2; exit 1; }
