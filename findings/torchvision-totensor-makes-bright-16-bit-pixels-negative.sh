#!/usr/bin/env bash
# Expected: `ToTensor` gives a picture of 16 bits (I;16, as depth maps and X-rays have) as numbers from 0 to 1, as it does with 8 bits, or as they are.
# Seen:     they come as int16, not scaled, and what is above 32767 is negative: 40000 is -25536. `PILToTensor` and `v2.ToImage` have 40000 as uint16.
# Costs:    bright areas become the darkest ones after the conversion to float that follows; pictures whose values are below 32768 are right, so that it is seen
#           late. Use `v2.ToImage()` and `v2.ToDtype(torch.float32, scale=True)`.
# Versions: torchvision 0.29.1, torch 2.14.1, Pillow 13.0.0, numpy 2.4.6, Python 3.11.7.
# Source:   torchvision/transforms/functional.py, to_tensor: the mode I;16 is read as np.int16, and only uint8 is divided by 255.
#
# Output seen:
#   ToTensor torch.int16 [30000, -25536]
#   PILToTensor torch.uint16 [30000, 40000]
#   v2 torch.float32 [0.458, 0.61]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "torchvision==0.29.1" "torch==2.14.1" "Pillow==13.0.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import v2

picture = Image.fromarray(np.array([[30000, 40000]], np.uint16))
scaled = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
for name, transform in {"ToTensor": transforms.ToTensor(), "PILToTensor": transforms.PILToTensor(), "v2": scaled}.items():
    tensor = transform(picture)
    print(name, tensor.dtype, [round(number, 3) for number in tensor.flatten().tolist()])
EOF
)
echo "$seen"
[ "$seen" = "ToTensor torch.int16 [30000, -25536]
PILToTensor torch.uint16 [30000, 40000]
v2 torch.float32 [0.458, 0.61]" ] ||
  { echo "changed: pixels of 16 bits are not negative" >&2; exit 1; }
