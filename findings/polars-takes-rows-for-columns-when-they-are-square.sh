#!/usr/bin/env bash
# Expected: `polars.DataFrame(rows, schema=[...])` reads a list of tuples or lists the same way for any number of rows, or refuses to guess.
# Seen:     with three rows of two values they are rows. With two they are columns: the frame is transposed, with the same names, types and shape.
# Costs:    a loop over batches works until a batch, often the last one, has as many rows as columns. Write orient='row'.
# Versions: polars 2.1.0, Python 3.11.7.
# Source:   orient=None: rows are assumed when their length fits the schema and the number of rows does not (polars/_utils/construction/dataframe.py, _sequence_of_sequence_to_pydf).
#
# Output seen:
#   [(1, 0), (2, 0), (3, 1)] 1:0 2:0 3:1
#   [(1, 0), (2, 0)] 1:2 0:0
#   [[1, 0], [2, 0], [3, 1]] 1:0 2:0 3:1
#   [[1, 0], [2, 0]] 1:2 0:0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import polars

for rows in ([(1, 0), (2, 0), (3, 1)], [(1, 0), (2, 0)], [[1, 0], [2, 0], [3, 1]], [[1, 0], [2, 0]]):
    frame = polars.DataFrame(rows, schema=["sample", "label"])
    print(rows, *(f"{row['sample']}:{row['label']}" for row in frame.to_dicts()))
EOF
)
echo "$seen"
[ "$seen" = "[(1, 0), (2, 0), (3, 1)] 1:0 2:0 3:1
[(1, 0), (2, 0)] 1:2 0:0
[[1, 0], [2, 0], [3, 1]] 1:0 2:0 3:1
[[1, 0], [2, 0]] 1:2 0:0" ] ||
  { echo "changed: rows are read alike, however many there are" >&2; exit 1; }
