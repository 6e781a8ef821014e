#!/usr/bin/env bash
# Expected: `SanitizeBoundingBoxes` takes out a degenerate box with everything that the target says of it: labels, area, iscrowd, ids, as wrap_dataset_for_transforms_v2 gives them for COCO.
# Seen:     boxes, labels and masks lose it, the other tensors of the same length do not: the area of the lost box stands beside the next one.
# Costs:    the areas by which COCO's metric sorts small and large objects, scores and track ids belong to other boxes, from the first crop that loses one. Name them in `labels_getter`.
# Versions: torchvision 0.28.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `SanitizeBoundingBoxes.forward` takes the boxes, the masks and what labels_getter finds: by default, a key that is or has 'label' (torchvision/transforms/v2/_misc.py).
#
# Output seen:
#   boxes [[2, 2, 9, 9], [5, 5, 6, 6]]
#   labels [8, 9]
#   area [0, 49, 1]
#   iscrowd [0, 1, 0]
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

from torchvision import tv_tensors
from torchvision.transforms import v2

corners = torch.tensor([[0.0, 0, 0, 4], [2, 2, 9, 9], [5, 5, 6, 6]])
boxes = tv_tensors.BoundingBoxes(corners, format="XYXY", canvas_size=(10, 10))
target = {"labels": torch.tensor([7, 8, 9]), "area": torch.tensor([0, 49, 1]), "iscrowd": torch.tensor([0, 1, 0])}
picture, clean = v2.SanitizeBoundingBoxes()(tv_tensors.Image(torch.zeros(3, 10, 10)), {"boxes": boxes, **target})
for name, values in clean.items():
    print(name, [[int(number) for number in box] for box in values] if name == "boxes" else values.tolist())
EOF
)
echo "$seen"
[ "$seen" = "boxes [[2, 2, 9, 9], [5, 5, 6, 6]]
labels [8, 9]
area [0, 49, 1]
iscrowd [0, 1, 0]" ] ||
  { echo "changed: all that belongs to a box goes with it" >&2; exit 1; }
