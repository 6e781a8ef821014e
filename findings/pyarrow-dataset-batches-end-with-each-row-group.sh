#!/usr/bin/env bash
# Expected: `dataset.to_batches(batch_size=100)` gives batches of 100 rows and one short one at the end, as `ParquetFile.iter_batches` does.
# Seen:     no batch goes beyond a row group: of 390 rows in groups of 130, every second batch has 30.
# Costs:    batches of many sizes, whose means weigh rows differently, and many small steps; two readers of one file differ.
# Versions: pyarrow 26.0.1, Python 3.11.7.
# Source:   Arrow's documentation calls batch_size the maximum row count; iter_batches joins row groups, the dataset's scanner does not.
#
# Output seen:
#   dataset:      [100, 30, 100, 30, 100, 30]
#   iter_batches: [100, 100, 100, 90]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

pq.write_table(pa.table({"x": range(390)}), "rows.parquet", row_group_size=130)
print("dataset:     ", [batch.num_rows for batch in pa.dataset.dataset("rows.parquet").to_batches(batch_size=100)])
print("iter_batches:", [batch.num_rows for batch in pq.ParquetFile("rows.parquet").iter_batches(batch_size=100)])
EOF
)
echo "$seen"
[ "$seen" = "dataset:      [100, 30, 100, 30, 100, 30]
iter_batches: [100, 100, 100, 90]" ] ||
  { echo "changed: batches are filled" >&2; exit 1; }
