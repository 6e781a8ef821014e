#!/usr/bin/env bash
# Expected: a table's columns stand in the order in which its description names them, as in a NumPy record, a pandas frame or a SQL table.
# Seen:     they stand in alphabetical order: of rows (sample, label), appended as tuples or as an array, each label lands in `sample` and the other way round.
# Costs:    where the types allow it nothing fails, and all that is read has its columns exchanged. Give each column its `pos`, or describe the table by a NumPy dtype.
# Versions: tables 3.11.1, numpy 2.4.6, Python 3.11.7.
# Source:   columns without `pos` are sorted by their names, as if dictionaries still had no order (tables/description.py, Description.__init__).
#
# Output seen:
#   ['label', 'sample'] sample: [0, 1, 0, 0]
#   ['sample', 'label'] sample: [1001, 1002]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tables==3.11.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import tables

rows = [(1001, 0), (1002, 1)]
with tables.open_file("rows.h5", "w") as file:
    table = file.create_table("/", "described", {"sample": tables.Int32Col(), "label": tables.Int32Col()})
    table.append(rows)
    table.append(np.array(rows))
    print(table.colnames, "sample:", table.col("sample").tolist())
    table = file.create_table("/", "typed", np.dtype([("sample", "i4"), ("label", "i4")]))
    table.append(rows)
    print(table.colnames, "sample:", table.col("sample").tolist())
EOF
)
echo "$seen"
[ "$seen" = "['label', 'sample'] sample: [0, 1, 0, 0]
['sample', 'label'] sample: [1001, 1002]" ] ||
  { echo "changed: columns stand in the order of their description" >&2; exit 1; }
