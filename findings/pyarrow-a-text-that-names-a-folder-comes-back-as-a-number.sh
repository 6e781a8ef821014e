#!/usr/bin/env bash
# Expected: a table written with `write_to_dataset(partition_cols=["id"])` is read back by `read_table` with the same ids, texts as it has written them.
# Seen:     the text 007 comes back as the number 7, and so does the text 7: two classes are one.
# Costs:    ids of patients and classes with leading zeros no longer match any other table, and groups are merged: a split by id puts one person on both sides or
#           two into one. Read with `ds.partitioning(pa.schema([("id", pa.string())]), flavor="hive")`.
# Versions: pyarrow 26.0.1, Python 3.11.7.
# Source:   the column is not in the files, only in the names of folders, whose types HivePartitioning infers; the schema of what was written is not consulted.
#
# Output seen:
#   read [7, 7, 10]
#   as text ['007', '7', '010']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pyarrow==26.0.1"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

pq.write_to_dataset(pa.table({"id": ["007", "7", "010"], "x": [1, 2, 3]}), "table", partition_cols=["id"])
as_text = ds.partitioning(pa.schema([("id", pa.string())]), flavor="hive")
for way, table in {"read": pq.read_table("table"), "as text": pq.read_table("table", partitioning=as_text)}.items():
    print(way, [row["id"] for row in table.sort_by("x").to_pylist()])
EOF
)
echo "$seen"
[ "$seen" = "read [7, 7, 10]
as text ['007', '7', '010']" ] ||
  { echo "changed: texts come back as texts" >&2; exit 1; }
