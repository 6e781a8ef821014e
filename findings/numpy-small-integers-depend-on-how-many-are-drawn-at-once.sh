#!/usr/bin/env bash
# Expected: drawing 9 random numbers at once or 3 three times gives the same 9, as it does with floats and int64.
# Seen:     with `dtype=np.uint8`, `np.uint16` and `bool`, the numbers differ.
# Costs:    random pictures, masks and crops depend on the size of the batch or of the chunk they are made in: a run with other batches is another experiment
#           under the same seed. Draw int64 and convert.
# Versions: numpy 2.4.6, Python 3.11.7.
# Source:   numpy/random/_bounded_integers.pyx.in: types of 8 and 16 bits and bool take several numbers out of one draw of 32 bits, and each call throws away what
#           is left of its own.
#
# Output seen:
#   int64 the same: True
#   int32 the same: True
#   uint16 the same: False
#   uint8 the same: False
#   bool the same: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np

for dtype in (np.int64, np.int32, np.uint16, np.uint8, np.bool_):
    at_once, by_three = np.random.default_rng(0), np.random.default_rng(0)
    high = 2 if dtype is np.bool_ else 200
    nine = at_once.integers(high, size=9, dtype=dtype)
    threes = [by_three.integers(high, size=3, dtype=dtype) for _ in range(3)]
    print(np.dtype(dtype).name, "the same:", np.array_equal(nine, np.concatenate(threes)))
EOF
)
echo "$seen"
[ "$seen" = "int64 the same: True
int32 the same: True
uint16 the same: False
uint8 the same: False
bool the same: False" ] ||
  { echo "changed: the same numbers come in whatever parts they are drawn" >&2; exit 1; }
