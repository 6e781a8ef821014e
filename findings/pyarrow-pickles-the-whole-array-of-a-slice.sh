#!/usr/bin/env bash
# Expected: a slice of ten numbers is pickled as ten numbers, as NumPy's is, and as Arrow's own IPC format writes it.
# Seen:     the whole buffer that it points into is pickled: 8 MB for ten of a million.
# Costs:    samples that a worker process sends as Arrow slices (multiprocessing, Dask, Ray) copy their whole table each. Send NumPy arrays, or IPC bytes.
# Versions: pyarrow 26.0.1, numpy 2.4.6, Python 3.11.7.
# Source:   Array.__reduce__ gives whole buffers and an offset (pyarrow/array.pxi); the IPC writer truncates them.
#
# Output seen:
#   numpy, pickled below 1 kB
#   arrow, pickled 8 MB
#   arrow, IPC below 1 kB
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pickle

import numpy as np
import pyarrow as pa

numbers = np.arange(1_000_000)
table = pa.table({"x": numbers}).slice(0, 10)
sink = pa.BufferOutputStream()
with pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table)
for way, content in {
    "numpy, pickled": pickle.dumps(numbers[:10]),
    "arrow, pickled": pickle.dumps(table),
    "arrow, IPC": sink.getvalue().to_pybytes(),
}.items():
    print(way, "below 1 kB" if len(content) < 1000 else f"{len(content) // 1_000_000} MB")
EOF
)
echo "$seen"
[ "$seen" = "numpy, pickled below 1 kB
arrow, pickled 8 MB
arrow, IPC below 1 kB" ] ||
  { echo "changed: a slice is pickled alone" >&2; exit 1; }
