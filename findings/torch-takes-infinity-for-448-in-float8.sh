#!/usr/bin/env bash
# Expected: a value that is too large for float8_e4m3fn becomes nan, since that type has no infinity: 500 and inf, in torch as in NumPy and JAX.
# Seen:     torch makes 448 of both, its largest number; NumPy with ml_dtypes, and so JAX, make nan of both. nan stays nan everywhere.
# Costs:    an overflow in scaled weights or activations is not found by `isnan` or `isfinite` after the conversion, and files of one model that two frameworks
#           write differ just there. Look at the values before they are converted.
# Versions: torch 2.13.0, numpy 2.4.6, ml_dtypes 0.6.0, Python 3.11.7.
# Source:   PyTorch's pull request 178817 made its CPU conversion saturate, infinity included (torch/headeronly/util/Float8_e4m3fn.h); ml_dtypes' issue 400 keeps
#           nan.
#
# Output seen:
#   torch [448.0, 448.0, 448.0, nan]
#   NumPy [448.0, nan, nan, nan]
#   infinite before, finite after: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "torch==2.13.0" "numpy==2.4.6" "ml_dtypes==0.6.0"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import ml_dtypes
import numpy as np
import torch

numbers = [448.0, 500.0, np.inf, np.nan]
print("torch", torch.tensor(numbers).to(torch.float8_e4m3fn).tolist())
print("NumPy", np.array(numbers).astype(ml_dtypes.float8_e4m3fn).tolist())
print("infinite before, finite after:", torch.tensor(np.inf).to(torch.float8_e4m3fn).float().isfinite().item())
EOF
)
echo "$seen"
[ "$seen" = "torch [448.0, 448.0, 448.0, nan]
NumPy [448.0, nan, nan, nan]
infinite before, finite after: True" ] ||
  { echo "changed: torch converts as ml_dtypes does" >&2; exit 1; }
