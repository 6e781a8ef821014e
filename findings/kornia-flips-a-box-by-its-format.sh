#!/usr/bin/env bash
# Expected: a box of 4 x 4 pixels at the left edge of a picture 10 wide is at 6 to 10 after a flip, whichever format says so.
# Seen:     with the data key bbox_xywh it is at 6 to 10, with bbox_xyxy at 5 to 9: there the right and lower edges are taken for the last pixels inside.
# Costs:    COCO's x, y, w, h taken to corners, as detectors want them: the boxes of all flipped pictures are one pixel off to the left, and small objects suffer most.
# Versions: kornia 0.9.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   bbox_xyxy is read as the mode `xyxy_plus` of kornia.geometry.boxes.Boxes, whose corners are inclusive (kornia/augmentation/container/augment.py). The notes of AugmentationSequential say so.
#
# Output seen:
#   bbox_xywh from 6.0 to 10.0
#   bbox_xyxy from 5.0 to 9.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check kornia==0.9.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import kornia.augmentation as K
import torch

picture = torch.zeros(1, 1, 10, 10)
box = torch.tensor([[[0.0, 0.0, 4.0, 4.0]]])
for key in ("bbox_xywh", "bbox_xyxy"):
    flip = K.AugmentationSequential(K.RandomHorizontalFlip(p=1.0), data_keys=["input", key])
    left, _, third, _ = flip(picture, box)[1].flatten().tolist()
    print(key, "from", left, "to", left + third if key == "bbox_xywh" else third)
EOF
)
echo "$seen"
[ "$seen" = "bbox_xywh from 6.0 to 10.0
bbox_xyxy from 5.0 to 9.0" ] ||
  { echo "changed: a box is flipped alike in both formats" >&2; exit 1; }
