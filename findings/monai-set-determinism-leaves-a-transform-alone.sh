#!/usr/bin/env bash
# Expected: after `set_determinism(seed=0)`, a random transform of MONAI gives the same numbers each time the program is run.
# Seen:     only one that a `Compose` was made of afterwards does. A transform that is called by itself, or whose `Compose` was made before, goes on with a state that
#           MONAI drew when it was imported.
# Costs:    an augmentation that a dataset's own `__getitem__` calls differs from run to run, though the program begins with the call that is to make it repeatable.
# Versions: monai 1.6.1, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `R: np.random.RandomState = np.random.RandomState()` of Randomizable in monai/transforms/transform.py, which set_determinism in monai/utils/misc.py does not
#           seed; `set_random_state(seed=get_seed())` in `Compose.__init__`.
#
# Output seen:
#   in a Compose made after it, repeats: True
#   in a Compose made before it, repeats: False
#   by itself, repeats: False
#   by itself, made after it, repeats: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check monai==1.6.1 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import torch
from monai.transforms import Compose, RandScaleIntensity
from monai.utils import set_determinism

image = torch.ones(1, 2, 2)


def make():
    return RandScaleIntensity(factors=0.5, prob=1.0)


def repeats(get_transform):
    drawn = []
    for _ in range(2):
        set_determinism(seed=0)
        transform = get_transform()
        drawn.append([float(transform(image).mean()) for _ in range(5)])
    return drawn[0] == drawn[1]


composed, alone = Compose([make()]), make()
print("in a Compose made after it, repeats:", repeats(lambda: Compose([make()])))
print("in a Compose made before it, repeats:", repeats(lambda: composed))
print("by itself, repeats:", repeats(lambda: alone))
print("by itself, made after it, repeats:", repeats(make))
EOF
)
echo "$seen"
[ "$seen" = "in a Compose made after it, repeats: True
in a Compose made before it, repeats: False
by itself, repeats: False
by itself, made after it, repeats: False" ] ||
  { echo "changed: set_determinism reaches other transforms, too" >&2; exit 1; }
