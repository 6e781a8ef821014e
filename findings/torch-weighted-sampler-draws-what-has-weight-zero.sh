#!/usr/bin/env bash
# Expected: a `WeightedRandomSampler` without replacement that is asked for more samples than have a weight above 0 raises an error.
# Seen:     it draws those with weight 0, too, after the others.
# Costs:    weight 0 is how samples are left out (another fold, a bad label): they are trained on as soon as num_samples is too large by one.
# Versions: torch 2.13.0, Python 3.11.7.
# Source:   without replacement, `torch.multinomial` takes the largest of weight / exponential draw, and 0 is among the largest once the others are taken (aten/src/ATen/native/Distributions.cpp).
#
# Output seen:
#   weights of 2 samples: [1, 1]
#   weights of 3 samples: [0, 1, 1]
#   weights of 4 samples: [0, 0, 1, 1]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from torch.utils.data import WeightedRandomSampler

weights = [1, 1, 0, 0]
for count in (2, 3, 4):
    drawn = WeightedRandomSampler(weights, count, replacement=False)
    print("weights of", count, "samples:", sorted(weights[index] for index in drawn))
EOF
)
echo "$seen"
[ "$seen" = "weights of 2 samples: [1, 1]
weights of 3 samples: [0, 1, 1]
weights of 4 samples: [0, 0, 1, 1]" ] ||
  { echo "changed: a weight of 0 keeps a sample out" >&2; exit 1; }
