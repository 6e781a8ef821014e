#!/usr/bin/env bash
# Expected: bytes written to a `u1` variable without a fill value are read as they were: the variable's own description says that the default fill of 255 is ignored.
# Seen:     255 is masked (as is -127 in `i1`), so that a mean leaves white pixels out.
# Costs:    images and label masks kept in netCDF lose their brightest value; code that fills gaps with 0 makes white black. Create the variable with `fill_value=False`.
# Versions: netCDF4 1.7.5.1.post1, Python 3.11.7.
# Source:   the condition `no_fill != 1 or ... not in ['u1','i1']` in netCDF4/_netCDF4.pyx, below a comment that bytes should have no default.
#
# Output seen:
#   filling on, default _FillValue of 255 ignored
#   default [0, 254, None] mean 127.0
#   without [0, 254, 255] mean 169.7
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check netCDF4==1.7.5.1.post1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import netCDF4

with netCDF4.Dataset("image.nc", "w") as file:
    file.createDimension("x", 3)
    for name, options in {"default": {}, "without": {"fill_value": False}}.items():
        pixels = file.createVariable(name, "u1", ("x",), **options)
        pixels[:] = [0, 254, 255]
with netCDF4.Dataset("image.nc") as file:
    print([line for line in str(file["default"]).splitlines() if "fill" in line.lower()][-1])
    for name in ("default", "without"):
        print(name, file[name][:].tolist(), "mean", round(float(file[name][:].mean()), 1))
EOF
)
echo "$seen"
[ "$seen" = "filling on, default _FillValue of 255 ignored
default [0, 254, None] mean 127.0
without [0, 254, 255] mean 169.7" ] ||
  { echo "changed: bytes are not masked" >&2; exit 1; }
