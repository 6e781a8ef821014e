#!/usr/bin/env bash
# Expected: `ToDtype(torch.uint8, scale=True)` of a float picture limits it to 0 and 255, as its resize of a uint8 picture does.
# Seen:     values a little above 1 or below 0 wrap round: the white of a picture that was enlarged with bicubic interpolation has black dots, and black has white ones.
# Costs:    such values come from every bicubic or Lanczos resize, from sharpening, noise and undone normalization: edges sparkle in what is saved or shown. Clamp before.
# Versions: torchvision 0.28.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `to_dtype_image` multiplies by 255.999 and converts without a clamp (torchvision/transforms/v2/functional/_misc.py); what such a conversion gives is left to the processor, here x86-64.
#
# Output seen:
#   [255, 1, 0, 255]
#   resized as uint8 [0, 0, 0, 52, 203, 255, 255, 255]
#   resized as float [0, 251, 239, 51, 203, 17, 5, 255]
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

print(v2.functional.to_dtype(torch.tensor([1.0, 1.004, 0.0, -0.004]), torch.uint8, scale=True).tolist())
edge = torch.tensor([0, 0, 255, 255], dtype=torch.uint8).expand(1, 4, 4)
resize = v2.Resize((4, 8), v2.InterpolationMode.BICUBIC)
as_bytes, as_float = v2.ToDtype(torch.uint8, scale=True), v2.ToDtype(torch.float32, scale=True)
print("resized as uint8", resize(edge)[0, 0].tolist())
print("resized as float", as_bytes(resize(as_float(edge)))[0, 0].tolist())
EOF
)
echo "$seen"
[ "$seen" = "[255, 1, 0, 255]
resized as uint8 [0, 0, 0, 52, 203, 255, 255, 255]
resized as float [0, 251, 239, 51, 203, 17, 5, 255]" ] ||
  { echo "changed: values outside 0 and 1 are limited" >&2; exit 1; }
