#!/usr/bin/env bash
# Expected: a value that does not fit into the packed integers (encoding dtype int16, scale_factor 0.01) is refused or cut off at the largest.
# Seen:     330.0 is written, and read again as -325.36.
# Costs:    one outlier becomes a plausible number of the opposite sign, in a file that is archived. Compare what was read with what was written, or compute the scale from the data.
# Versions: xarray 2026.9.0, zarr 3.1.6, numpy 2.4.6, Python 3.11.7.
# Source:   CFScaleOffsetCoder divides and xarray's encoder casts with astype, which wraps (xarray/coding/variables.py).
#
# Output seen:
#   [0.0, 1.26, -325.36]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xarray==2026.9.0 zarr==3.1.6 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import xarray

speeds = xarray.Dataset({"speed": ("x", [0.0, 1.26, 330.0])})
speeds.to_zarr("speeds.zarr", encoding={"speed": {"dtype": "int16", "scale_factor": 0.01, "_FillValue": -32768}})
print(np.round(xarray.open_zarr("speeds.zarr").speed.values, 2).tolist())
EOF
)
echo "$seen"
[ "$seen" = "[0.0, 1.26, -325.36]" ] ||
  { echo "changed: values that do not fit are refused" >&2; exit 1; }
