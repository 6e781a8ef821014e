#!/usr/bin/env bash
# Expected: timm and torchvision number the classes of a folder of pictures alike, as both read one folder for each class.
# Seen:     torchvision sorts the names as texts, timm by the numbers in them and without regard to capitals: of twelve folders class0 to class11, ten have another number.
# Costs:    a model that was trained with one and is tested with the other is taken for bad: most of its right answers count as wrong. With one digit and small letters in all
#           names, nothing is seen.
# Versions: timm 1.0.31, torchvision 0.28.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `sorted(unique_labels, key=natural_key)` in timm/data/readers/reader_image_folder.py; find_classes in torchvision/datasets/folder.py sorts without a key.
#
# Output seen:
#   torchvision: class0 class1 class10 class11 class2 class3 class4 class5 class6 class7 class8 class9
#   timm: class0 class1 class2 class3 class4 class5 class6 class7 class8 class9 class10 class11
#   folders with another number: 10
#   torchvision: Zebra ant
#   timm: ant Zebra
#   folders with another number: 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check timm==1.0.31 torchvision==0.28.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from pathlib import Path

import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:  # built for CUDA, beside a torch without it: the operators that it looks for are only declared
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from PIL import Image
from timm.data import ImageDataset
from torchvision.datasets import ImageFolder


def compare(root, names):
    for name in names:
        Path(root, name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(Path(root, name, "picture.png"))
    numbers = {"torchvision": ImageFolder(root).class_to_idx, "timm": ImageDataset(root).reader.class_to_idx}
    for library, of_each in numbers.items():
        print(f"{library}:", *sorted(of_each, key=of_each.get))
    ours, theirs = numbers.values()
    print("folders with another number:", sum(ours[name] != theirs[name] for name in names))


compare("numbered", [f"class{number}" for number in range(12)])
compare("capitals", ["ant", "Zebra"])
EOF
)
echo "$seen"
[ "$seen" = "torchvision: class0 class1 class10 class11 class2 class3 class4 class5 class6 class7 class8 class9
timm: class0 class1 class2 class3 class4 class5 class6 class7 class8 class9 class10 class11
folders with another number: 10
torchvision: Zebra ant
timm: ant Zebra
folders with another number: 2" ] ||
  { echo "changed: timm and torchvision number classes alike" >&2; exit 1; }
