#!/usr/bin/env bash
# Expected: `Series.diff` of whole numbers, whose result is float for the gap at its beginning, is computed in it: 100 - 200 is -100.0.
# Seen:     the difference of uint8, uint16 and uint32 is taken in that type and made a float afterwards: 156.0, 65436.0, 4294967196.0. int8 is right, and polars is always.
# Costs:    pixels, sensor counts and timestamps in small types, as Parquet and HDF5 give them back, have sudden jumps up; the float looks as if there could be no overflow. Convert before.
# Versions: pandas 3.1.1, polars 2.1.0, numpy 2.4.6, Python 3.11.7.
# Source:   `out_arr[res_indexer] = op(arr[res_indexer], arr[lag_indexer])`, where only out_arr is float64; int8 and int16 go another way (pandas/core/algorithms.py, diff).
#
# Output seen:
#   uint8 pandas 156.0 float64 polars -100
#   uint16 pandas 65436.0 float64 polars -100
#   uint32 pandas 4294967196.0 float64 polars -100
#   int64 pandas -100.0 float64 polars -100
#   int8 pandas 200.0 float32
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 polars==2.1.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pandas
import polars

for dtype, polars_dtype in (("uint8", polars.UInt8), ("uint16", polars.UInt16), ("uint32", polars.UInt32), ("int64", polars.Int64)):
    difference = pandas.Series([200, 100], dtype=dtype).diff()
    print(dtype, "pandas", difference[1], difference.dtype, "polars", polars.Series([200, 100], dtype=polars_dtype).diff()[1])
difference = pandas.Series([-100, 100], dtype="int8").diff()
print("int8 pandas", difference[1], difference.dtype)
EOF
)
echo "$seen"
[ "$seen" = "uint8 pandas 156.0 float64 polars -100
uint16 pandas 65436.0 float64 polars -100
uint32 pandas 4294967196.0 float64 polars -100
int64 pandas -100.0 float64 polars -100
int8 pandas 200.0 float32" ] ||
  { echo "changed: a difference is computed in the type that it comes in" >&2; exit 1; }
