#!/usr/bin/env bash
# Expected: reading a virtual dataset raises an error when one of its source files is missing.
# Seen:     the missing part is read as the fill value, 0, without an error or a warning.
# Costs:    after one file was moved or renamed, part of the training data is black images. Check the sources of `dataset.virtual_sources()` at the start, or write it with fillvalue=np.nan.
# Versions: h5py 3.16.0 with its HDF5, numpy 2.4.6, Python 3.11.7.
# Source:   HDF5's H5Pset_virtual: data of a source that can't be opened are the fill value; h5py has no option that refuses it.
#
# Output seen:
#   all files there [1.0, 1.0, 1.0, 1.0]
#   part-1.h5 renamed [1.0, 1.0, 0.0, 0.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check h5py==3.16.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import os

import h5py
import numpy as np

layout = h5py.VirtualLayout((4,), "f4")
for number in (0, 1):
    with h5py.File(f"part-{number}.h5", "w") as part:
        part["images"] = np.ones(2, "f4")
    layout[2 * number : 2 * number + 2] = h5py.VirtualSource(f"part-{number}.h5", "images", shape=(2,))
with h5py.File("all.h5", "w") as file:
    file.create_virtual_dataset("images", layout)
for step in ("all files there", "part-1.h5 renamed"):
    print(step, h5py.File("all.h5")["images"][:].tolist())
    os.rename("part-1.h5", "part-one.h5") if "all" in step else None
EOF
)
echo "$seen"
[ "$seen" = "all files there [1.0, 1.0, 1.0, 1.0]
part-1.h5 renamed [1.0, 1.0, 0.0, 0.0]" ] ||
  { echo "changed: a missing source is an error" >&2; exit 1; }
