#!/usr/bin/env bash
# Expected: `pl.DataFrame(rows)` of dictionaries refuses a float in a column that began with integers, as `pl.DataFrame({'x': [1, 2.5]})` does, or makes floats of
#           all.
# Seen:     within the first hundred rows it makes floats; after them 2.5 becomes 2, and a key that only later rows have is no column. Nothing is raised.
# Costs:    losses, prices and lengths that happen to be whole numbers at first are cut off from row 101 on, where nobody looks. Say `infer_schema_length=None`,
#           or give a schema.
# Versions: polars 2.1.0, Python 3.11.7.
# Source:   the types come from the first `infer_schema_length=100` rows (documentation of polars.DataFrame). Polars' issue 21329 has the floats, 23190 the lost
#           columns; both are open.
#
# Output seen:
#   after 99 rows ['x', 'y'] Float64 2.5
#   after 100 rows ['x'] Int64 2
#   infer_schema_length=None ['x', 'y'] 2.5
#   a column of its own: TypeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "polars==2.1.0"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import polars as pl

for before in (99, 100):
    rows = [{"x": 1}] * before + [{"x": 2.5, "y": "seen"}]
    table = pl.DataFrame(rows)
    print("after", before, "rows", table.columns, table["x"].dtype, table["x"][-1])
print("infer_schema_length=None", pl.DataFrame(rows, infer_schema_length=None).columns, pl.DataFrame(rows, infer_schema_length=None)["x"][-1])
try:
    pl.DataFrame({"x": [1] * 100 + [2.5]})
except TypeError as error:
    print("a column of its own:", type(error).__name__)
EOF
)
echo "$seen"
[ "$seen" = "after 99 rows ['x', 'y'] Float64 2.5
after 100 rows ['x'] Int64 2
infer_schema_length=None ['x', 'y'] 2.5
a column of its own: TypeError" ] ||
  { echo "changed: later rows are not cut off" >&2; exit 1; }
