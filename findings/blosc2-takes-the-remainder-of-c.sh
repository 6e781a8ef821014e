#!/usr/bin/env bash
# Expected: `array % 3` is what NumPy gives, as `array // 3` is: blosc2's arrays follow the array API.
# Seen:     -7 % 3 is -1, as in C, while -7 // 3 is -3, as in Python: the two do not belong together. round(2.5) is 3.0, where NumPy and the array API give 2.0.
# Costs:    a position in a ring or a hash bucket becomes negative, only for compressed arrays, and only for negative numbers. Compute with array[:].
# Versions: blosc2 4.14.1, numpy 2.4.6, Python 3.11.7.
# Source:   blosc2 evaluates lazily, in an engine whose % and round are those of C (blosc2/lazyexpr.py).
#
# Output seen:
#   numpy  [-3, 2] [2, 2] [0.0, 2.0]
#   blosc2 [-3, 2] [-1, 2] [1.0, 3.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check blosc2==4.14.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import blosc2
import numpy as np

plain = np.array([-7, 8])
packed = blosc2.asarray(plain)
print("numpy ", (plain // 3).tolist(), (plain % 3).tolist(), np.round(np.array([0.5, 2.5])).tolist())
print("blosc2", (packed // 3)[:].tolist(), (packed % 3)[:].tolist(), blosc2.round(blosc2.asarray(np.array([0.5, 2.5])))[:].tolist())
EOF
)
echo "$seen"
[ "$seen" = "numpy  [-3, 2] [2, 2] [0.0, 2.0]
blosc2 [-3, 2] [-1, 2] [1.0, 3.0]" ] ||
  { echo "changed: the remainder is NumPy's" >&2; exit 1; }
