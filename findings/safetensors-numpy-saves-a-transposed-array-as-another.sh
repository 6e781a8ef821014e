#!/usr/bin/env bash
# Expected: `safetensors.numpy.save` keeps what `a.T` or `a[::2]` holds, or refuses it.
# Seen:     the memory is written in the order in which it lies, under the shape of the view: the array that is loaded holds other numbers.
# Costs:    weights that were transposed on the way are wrong after loading, with the right shape. `np.ascontiguousarray` first.
# Versions: safetensors 0.8.0, NumPy 2.4.6, Python 3.11.7.
# Source:   its documentation says that tensors need to be contiguous and dense; nothing checks it.
#
# Output seen:
#   [[0, 3], [1, 4], [2, 5]] -> [[0, 1], [2, 3], [4, 5]]
#   [0, 2, 4] -> [0, 1, 2]
#   [[0, 3], [1, 4], [2, 5]] -> [[0, 3], [1, 4], [2, 5]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
from safetensors.numpy import load, save

transposed = np.arange(6).reshape(2, 3).T
for array in (transposed, np.arange(6)[::2], np.ascontiguousarray(transposed)):
    print(array.tolist(), "->", load(save({"a": array}))["a"].tolist())
EOF
)
echo "$seen"
[ "$seen" = "[[0, 3], [1, 4], [2, 5]] -> [[0, 1], [2, 3], [4, 5]]
[0, 2, 4] -> [0, 1, 2]
[[0, 3], [1, 4], [2, 5]] -> [[0, 3], [1, 4], [2, 5]]" ] ||
  { echo "changed: views are saved right, or refused" >&2; exit 1; }
