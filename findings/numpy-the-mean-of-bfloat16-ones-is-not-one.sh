#!/usr/bin/env bash
# Expected: `x.mean()` of 1000 ones in bfloat16 is 1, as it is in float16, in JAX and in torch.
# Seen:     0.256: the sum stays at 256, since 256 + 1 is 256 in bfloat16. For 10000 ones the mean is 0.026; the variance is wrong, too. float16 is added up in
#           float32.
# Costs:    means, variances and losses of embeddings or weights that safetensors and JAX give as bfloat16 arrays are too small, the more so the larger the array,
#           without a warning. Say `x.mean(dtype=np.float32)`.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, Python 3.11.7.
# Source:   numpy/_core/_methods.py, _mean and _var: only float16 and integers are added up in a wider type. ml_dtypes' issue 63 has the sums.
#
# Output seen:
#   float16 100 1.0 1.0
#   float16 1000 1.0 1.0
#   float16 10000 1.0 1.0
#   bfloat16 100 1.0 1.0
#   bfloat16 1000 0.255859375 1.0
#   bfloat16 10000 0.025634765625 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6" "ml_dtypes==0.6.0"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import ml_dtypes
import numpy as np

for dtype in (np.float16, ml_dtypes.bfloat16):
    for samples in (100, 1000, 10_000):
        ones = np.ones(samples, dtype)
        print(np.dtype(dtype).name, samples, float(ones.mean()), float(ones.mean(dtype=np.float32)))
EOF
)
echo "$seen"
[ "$seen" = "float16 100 1.0 1.0
float16 1000 1.0 1.0
float16 10000 1.0 1.0
bfloat16 100 1.0 1.0
bfloat16 1000 0.255859375 1.0
bfloat16 10000 0.025634765625 1.0" ] ||
  { echo "changed: bfloat16 is added up in a wider type" >&2; exit 1; }
