#!/usr/bin/env bash
# Expected: a cast of a number that does not fit, or of a text that is none, raises an error, as in Polars, PyArrow and DuckDB.
# Seen:     300, -1, nan and 'seven' become null in uint8, as SQL's try_cast would give it, and a mean afterwards is that of the others.
# Costs:    pixels above the limit are missing and not wrong, so that nobody looks: the mean falls, and whole rows go in a later drop of nulls. Count the nulls after each cast.
# Versions: daft 0.7.26, numpy 2.4.6, Python 3.11.7.
# Source:   daft casts by Arrow's kernel, in the mode that gives null for what does not fit (src/daft-core/src/array/ops/cast.rs); the reference of `Expression.cast` does not say so.
#
# Output seen:
#   number [1, 255, 300, -1] are [1, 255, None, None]
#   real [1.9, 255.0, 300.0, nan] are [1, 255, None, None]
#   text ['1', '255', '300', 'seven'] are [1, 255, None, None]
#   mean [138.75]
#   mean [128.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check daft==0.7.26 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import daft

rows = daft.from_pydict({"number": [1, 255, 300, -1], "real": [1.9, 255.0, 300.0, float("nan")], "text": ["1", "255", "300", "seven"]})
names = rows.column_names
small = rows.select(*(daft.col(name).cast(daft.DataType.uint8()) for name in names))
for name, values in small.to_pydict().items():
    print(name, rows.to_pydict()[name], "are", values)
for frame in (rows, small):
    print("mean", frame.agg(daft.col("number").mean()).to_pydict()["number"])
EOF
)
echo "$seen"
[ "$seen" = "number [1, 255, 300, -1] are [1, 255, None, None]
real [1.9, 255.0, 300.0, nan] are [1, 255, None, None]
text ['1', '255', '300', 'seven'] are [1, 255, None, None]
mean [138.75]
mean [128.0]" ] ||
  { echo "changed: what does not fit is not null" >&2; exit 1; }
