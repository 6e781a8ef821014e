#!/usr/bin/env bash
# Expected: `for row in array` reads each chunk once, as a loop over a file's lines reads each block once.
# Seen:     it reads (and unpacks) a whole chunk for each row: 400 reads for 400 rows in 4 chunks, where four slices take 4.
# Costs:    an epoch takes as many times longer as a chunk has rows, and over a network so many times the traffic. Read slices as long as a chunk.
# Versions: zarr 3.1.6, numpy 2.4.6, Python 3.11.7.
# Source:   zarr.Array has no __iter__, so Python asks __getitem__ for 0, 1, 2 and so on (zarr/core/array.py); chunks are not cached.
#
# Output seen:
#   rows 400 rows in 400 reads of a chunk
#   slices 400 rows in 4 reads of a chunk
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zarr==3.1.6 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import zarr


class Counting(zarr.storage.MemoryStore):
    reads = 0

    async def get(self, key, *arguments, **options):
        Counting.reads += "c/" in key
        return await super().get(key, *arguments, **options)


store = Counting()
zarr.create_array(store, shape=(400, 8), chunks=(100, 8), dtype="f4")[:] = 1
for way, rows in {
    "rows": lambda array: [row for row in array],
    "slices": lambda array: [row for start in range(0, 400, 100) for row in array[start : start + 100]],
}.items():
    Counting.reads = 0
    array = zarr.open_array(store, mode="r")
    print(way, len(rows(array)), "rows in", Counting.reads, "reads of a chunk")
EOF
)
echo "$seen"
[ "$seen" = "rows 400 rows in 400 reads of a chunk
slices 400 rows in 4 reads of a chunk" ] ||
  { echo "changed: chunks are kept while iterating" >&2; exit 1; }
