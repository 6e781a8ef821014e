#!/usr/bin/env bash
# Expected: an augmentation that is a part of the model, as kornia's modules are made for, is passed over after `model.eval()`, as Dropout and Keras' random layers are.
# Seen:     it goes on: of 100 pictures, 50 are flipped in either mode. Each pass of the validation has other pictures.
# Costs:    validation and predictions are noisy and worse than the model, and differ from one call to the next. Ask for `self.training` in the model's forward.
# Versions: kornia 0.9.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `_BasicAugmentationBase.forward` draws its parameters without a look at self.training (kornia/augmentation/base.py).
#
# Output seen:
#   flip train 50 of 100 changed
#   flip eval 50 of 100 changed
#   dropout train 100 of 100 changed
#   dropout eval 0 of 100 changed
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check kornia==0.9.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import kornia.augmentation as K
import torch

pictures = torch.tensor([0.0, 1.0]).expand(100, 1, 1, 2)
for name, layer in (("flip", K.RandomHorizontalFlip(p=0.5)), ("dropout", torch.nn.Dropout(p=0.5))):
    for train in (True, False):
        torch.manual_seed(0)
        model = torch.nn.Sequential(layer).train(train)
        changed = int((model(pictures) != pictures).flatten(1).any(1).sum())
        print(name, "train" if train else "eval", changed, "of 100 changed")
EOF
)
echo "$seen"
[ "$seen" = "flip train 50 of 100 changed
flip eval 50 of 100 changed
dropout train 100 of 100 changed
dropout eval 0 of 100 changed" ] ||
  { echo "changed: eval mode leaves pictures as they are" >&2; exit 1; }
