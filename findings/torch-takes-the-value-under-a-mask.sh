#!/usr/bin/env bash
# Expected: torch refuses a masked array of NumPy's, or puts NaN where it is masked.
# Seen:     the number that lies under the mask is taken, and a single masked value becomes nan, or 0.0 if it is the first of a batch. Nobody says so.
# Costs:    netCDF4 and astropy return masked arrays, so a file's fill value (-999, 9.97e+36) is trained on. Call array.filled(value) in the dataset.
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   a masked array is a subclass of ndarray, and torch reads an ndarray's memory; the data of np.ma.masked are 0.0, and in a list it counts as nan (numpy/ma/core.py).
#
# Output seen:
#   mean with its gap: 1.0 in torch: -499.0
#   batch: [[1.0, -999.0], [1.0, -999.0]]
#   batch of single values: [1.0, nan]
#   in the other order: [0.0, 1.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import torch
from torch.utils.data import default_collate

depths = np.ma.masked_array([1.0, -999.0], mask=[False, True])
print("mean with its gap:", depths.mean(), "in torch:", torch.as_tensor(depths).mean().item())
print("batch:", default_collate([depths, depths]).tolist())
print("batch of single values:", default_collate([depths[0], depths[1]]).tolist())
print("in the other order:", default_collate([depths[1], depths[0]]).tolist())
EOF
)
echo "$seen"
[ "$seen" = "mean with its gap: 1.0 in torch: -499.0
batch: [[1.0, -999.0], [1.0, -999.0]]
batch of single values: [1.0, nan]
in the other order: [0.0, 1.0]" ] ||
  { echo "changed: torch refuses masked arrays, or keeps their gaps" >&2; exit 1; }
