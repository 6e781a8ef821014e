#!/usr/bin/env bash
# Expected: `ak.sum` of float32 numbers is as exact along an axis as over all, and as NumPy's, which adds in pairs.
# Seen:     along an axis, one number after the other is added to a float32: ten million times 0.1 are 1087937, and twenty million ones are 16777216. Without an axis both are right.
# Costs:    energies, pixels and losses that are summed per sample are off by per cents in long lists, and fractions do not add up to 1. Convert to float64 before.
# Versions: awkward 2.14.0, numpy 2.4.6, Python 3.11.7.
# Source:   the kernel awkward_reduce_sum adds into an array of the same type (awkward-cpp/src/cpu-kernels/awkward_reduce_sum.cpp); without an axis, NumPy's sum is taken.
#
# Output seen:
#   10000000 times 0.1 numpy 1000000 all 1000000 axis=1 1087937
#   20000000 times 1 numpy 20000000 all 20000000 axis=1 16777216
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check awkward==2.14.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import awkward as ak
import numpy as np

for value, count in ((0.1, 10_000_000), (1, 20_000_000)):
    numbers = np.full(count, value, "float32")
    lists = ak.Array(numbers[None])
    along = int(ak.sum(lists, axis=1)[0])
    print(count, "times", value, "numpy", int(numbers.sum()), "all", int(ak.sum(lists)), "axis=1", along)
EOF
)
echo "$seen"
[ "$seen" = "10000000 times 0.1 numpy 1000000 all 1000000 axis=1 1087937
20000000 times 1 numpy 20000000 all 20000000 axis=1 16777216" ] ||
  { echo "changed: sums along an axis are exact" >&2; exit 1; }
