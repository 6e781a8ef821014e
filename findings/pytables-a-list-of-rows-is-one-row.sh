#!/usr/bin/env bash
# Expected: `list(table)` and `list(table.where('label == 1'))` have each row of the table, as `table[:]` does.
# Seen:     all rows of the list are the same object, which stands on the last row when the loop is over: of the samples 0, 1, 2, 3 the list has 3 four times.
# Costs:    a list of rows that is shuffled, sorted or put into batches is one sample, and its length is right. Use table[:], table.read_where, or row.fetch_all_fields().
# Versions: tables 3.11.1, numpy 2.4.6, Python 3.11.7.
# Source:   `Table.__iter__` and `where` give one Row, which its iterator moves (tables/tableextension.pyx, Row.__next__ returns self).
#
# Output seen:
#   loop 0 1 2 3
#   list 3 3 3 3
#   where 3 3 3
#   sorted 3 3 3 3
#   table[:] 0 1 2 3
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tables==3.11.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import tables

rows = np.array([(0, 1), (1, 0), (2, 1), (3, 1)], [("sample", "i4"), ("label", "i4")])
with tables.open_file("rows.h5", "w") as file:
    table = file.create_table("/", "rows", obj=rows)
    print("loop", *(row["sample"] for row in table))
    print("list", *(row["sample"] for row in list(table)))
    print("where", *(row["sample"] for row in list(table.where("label == 1"))))
    print("sorted", *(row["sample"] for row in sorted(table, key=lambda row: -row["sample"])))
    print("table[:]", *(row["sample"] for row in table[:]))
EOF
)
echo "$seen"
[ "$seen" = "loop 0 1 2 3
list 3 3 3 3
where 3 3 3
sorted 3 3 3 3
table[:] 0 1 2 3" ] ||
  { echo "changed: each row of a list is a row of its own" >&2; exit 1; }
