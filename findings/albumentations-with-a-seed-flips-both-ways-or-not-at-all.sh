#!/usr/bin/env bash
# Expected: in `Compose([HorizontalFlip(p=0.5), VerticalFlip(p=0.5)], seed=3)` each flip is decided by itself: of 400 images about 100 are flipped in each of four ways.
# Seen:     both transforms get the same seed, and so the same random numbers: an image is flipped both ways or not at all. Without a seed the four ways come about equally often.
# Costs:    a seed that was added for repeatability halves the variety of the training data, and a transform that is rarer (p=0.1) only ever comes on top of the others.
# Versions: albumentations 2.0.8, Python 3.11.7.
# Source:   `BaseCompose.set_random_seed` gives its own seed to every transform in it (albumentations/core/composition.py).
#
# Output seen:
#   without: both ways, horizontally, not flipped, vertically
#   with a seed: both ways, not flipped
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check albumentations==2.0.8 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from collections import Counter

import albumentations
import numpy as np

image = np.array([[1, 2], [3, 4]], "u1")
names = {1: "not flipped", 2: "horizontally", 3: "vertically", 4: "both ways"}
for options in ({}, {"seed": 3}):
    flips = [albumentations.HorizontalFlip(p=0.5), albumentations.VerticalFlip(p=0.5)]
    pipeline = albumentations.Compose(flips, **options)
    seen = Counter(names[int(pipeline(image=image)["image"][0, 0])] for _ in range(400))
    print("with a seed:" if options else "without:", ", ".join(sorted(way for way in seen if seen[way] > 40)))
EOF
)
echo "$seen"
[ "$seen" = "without: both ways, horizontally, not flipped, vertically
with a seed: both ways, not flipped" ] ||
  { echo "changed: each transform has random numbers of its own" >&2; exit 1; }
