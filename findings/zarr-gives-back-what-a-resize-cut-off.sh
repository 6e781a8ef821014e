#!/usr/bin/env bash
# Expected: after `resize` to fewer rows and back, the rows that were cut off are the fill value, as in HDF5.
# Seen:     those in the last chunk that is kept are there again; only whole chunks are deleted.
# Costs:    a ring buffer or a file that is emptied with resize((0,)) is clean or not depending on where chunks end: old samples among the new ones. Write the fill value before.
# Versions: zarr 3.1.6, h5py 3.16.0, numpy 2.4.6, Python 3.11.7.
# Source:   `resize` deletes the chunks outside the new shape and leaves the one at its edge as it is (zarr/core/array.py, _resize).
#
# Output seen:
#   h5py [1, 2, 0, 0, 0, 0, 0, 0, 0, 0]
#   zarr [1, 2, 3, 4, 0, 0, 0, 0, 0, 0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zarr==3.1.6 h5py==3.16.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import h5py
import numpy as np
import zarr

for name, rows in {
    "h5py": h5py.File("rows.h5", "w").create_dataset("x", data=np.arange(1, 11), chunks=(4,), maxshape=(None,)),
    "zarr": zarr.create_array("rows.zarr", data=np.arange(1, 11), chunks=(4,)),
}.items():
    rows.resize((2,))
    rows.resize((10,))
    print(name, rows[:].tolist())
EOF
)
echo "$seen"
[ "$seen" = "h5py [1, 2, 0, 0, 0, 0, 0, 0, 0, 0]
zarr [1, 2, 3, 4, 0, 0, 0, 0, 0, 0]" ] ||
  { echo "changed: what was cut off is gone" >&2; exit 1; }
