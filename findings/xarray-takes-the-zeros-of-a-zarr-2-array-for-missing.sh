#!/usr/bin/env bash
# Expected: integers that zarr wrote are read by xarray as they are: labels 0, 1, 2 stay 0, 1, 2.
# Seen:     in Zarr's format 2 they come as float nan, 1.0, 2.0; in format 3 as integers. The same zarr wrote both, with its own default fill value.
# Costs:    class 0 is missing: means, losses and counts leave it out, and labels are floats. Open with use_zarr_fill_value_as_mask=False, or write with fill_value=None.
# Versions: xarray 2026.9.0, zarr 3.1.6, numpy 2.4.6, Python 3.11.7.
# Source:   format 2's fill_value is taken for CF's _FillValue (xarray/backends/zarr.py, use_zarr_fill_value_as_mask), which marks what is missing.
#
# Output seen:
#   format 2 [nan, 1.0, 2.0]
#   format 3 [0, 1, 2]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xarray==2026.9.0 zarr==3.1.6 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import xarray
import zarr

for version in (2, 3):
    group = zarr.open_group(f"{version}.zarr", mode="w", zarr_format=version)
    names = {"dimension_names": ["x"]} if version == 3 else {}
    labels = group.create_array("labels", shape=(3,), chunks=(3,), dtype="i8", **names)
    labels[:] = [0, 1, 2]
    labels.attrs["_ARRAY_DIMENSIONS"] = ["x"]
    print("format", version, xarray.open_zarr(f"{version}.zarr", consolidated=False).labels.values.tolist())
EOF
)
echo "$seen"
[ "$seen" = "format 2 [nan, 1.0, 2.0]
format 3 [0, 1, 2]" ] ||
  { echo "changed: zeros stay zeros" >&2; exit 1; }
