#!/usr/bin/env bash
# Expected: polars adds small whole numbers in 64 bits, as it does for int8, int16, uint8 and uint16, and as NumPy, pandas and DuckDB do for int32.
# Seen:     int32 and uint32 are added in 32 bits: 2147483647 twice is -2. So it is in group_by and in lists. `sum_horizontal` adds columns of bytes in bytes: 200 and 100 are 44.
# Costs:    sizes of files and numbers of tokens, which Arrow and Parquet files often hold as int32: a total above two thousand million is negative, or wrong and positive. Cast before.
# Versions: polars 2.1.0, pandas 3.1.1, numpy 2.4.6, Python 3.11.7.
# Source:   the reference of Expr.sum: 'Dtypes in {Int8, UInt8, Int16, UInt16} are cast to Int64 before summing to prevent overflow issues'; no word of 32 bits.
#
# Output seen:
#   Int8 sum 254 in a group 254 pandas 254
#   Int16 sum 65534 in a group 65534 pandas 65534
#   Int32 sum -2 in a group -2 pandas 4294967294
#   UInt32 sum 4294967294 in a group 4294967294 pandas 8589934590
#   sum_horizontal of UInt8 44
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0 pandas==3.1.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import pandas
import polars

for name in ("Int8", "Int16", "Int32", "UInt32"):
    dtype = getattr(polars, name)
    largest = int(np.iinfo(name.lower()).max)
    frame = polars.DataFrame({"group": [0, 0], "number": polars.Series([largest, largest], dtype=dtype)})
    grouped = frame.group_by("group").agg(polars.col("number").sum())["number"].item()
    others = int(pandas.Series([largest, largest], dtype=name.lower()).sum())
    print(name, "sum", frame["number"].sum(), "in a group", grouped, "pandas", others)
columns = polars.DataFrame({"red": [200], "green": [100]}, schema={"red": polars.UInt8, "green": polars.UInt8})
print("sum_horizontal of UInt8", columns.select(polars.sum_horizontal("red", "green")).item())
EOF
)
echo "$seen"
[ "$seen" = "Int8 sum 254 in a group 254 pandas 254
Int16 sum 65534 in a group 65534 pandas 65534
Int32 sum -2 in a group -2 pandas 4294967294
UInt32 sum 4294967294 in a group 4294967294 pandas 8589934590
sum_horizontal of UInt8 44" ] ||
  { echo "changed: sums have 64 bits" >&2; exit 1; }
