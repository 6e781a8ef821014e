#!/usr/bin/env bash
# Expected: `np.sort` puts nan last and the numbers before it in order, as NumPy says for floating types and does for float16.
# Seen:     with one nan in a bfloat16 array, the numbers are not in order either: 1, 3, nan, 1, 2 stays as it is, and `np.unique` gives 1 twice.
# Costs:    the best k, the ranks and the check for duplicates are wrong for the whole array once one value is missing, not for that value only. Convert to
#           float32 first, which is exact.
# Versions: numpy 2.4.6, ml_dtypes 0.6.0, Python 3.11.7.
# Source:   a type from outside is sorted by the comparison that it brings, and that of ml_dtypes says 'equal' wherever there is a nan
#           (ml_dtypes/_src/custom_float.h, NPyCustomFloat_CompareFunc).
#
# Output seen:
#   float16 sorted [1.0, 1.0, 2.0, 3.0, nan] unique [1.0, 2.0, 3.0, nan]
#   bfloat16 sorted [1.0, 3.0, nan, 1.0, 2.0] unique [1.0, 3.0, nan, 1.0, 2.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6" "ml_dtypes==0.6.0"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import ml_dtypes
import numpy as np

numbers = [1, 3, np.nan, 1, 2]
for dtype in (np.float16, ml_dtypes.bfloat16):
    array = np.array(numbers, dtype)
    print(np.dtype(dtype).name, "sorted", np.sort(array).tolist(), "unique", np.unique(array).tolist())
EOF
)
echo "$seen"
[ "$seen" = "float16 sorted [1.0, 1.0, 2.0, 3.0, nan] unique [1.0, 2.0, 3.0, nan]
bfloat16 sorted [1.0, 3.0, nan, 1.0, 2.0] unique [1.0, 3.0, nan, 1.0, 2.0]" ] ||
  { echo "changed: nan is last and the numbers are in order" >&2; exit 1; }
