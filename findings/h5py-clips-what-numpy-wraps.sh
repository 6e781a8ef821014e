#!/usr/bin/env bash
# Expected: writing int64 or float values into a uint8 dataset gives what `array.astype(np.uint8)` gives, as assigning to a NumPy array or a Zarr array does, or
#           is refused, as `dataset[0] = 300` is.
# Seen:     the values are clipped: 300 becomes 255 and -1 becomes 0, where NumPy has 44 and 255; nan becomes 0. Reading into a smaller type, with `astype` or
#           `read_direct`, clips as well.
# Costs:    a script that is moved from .npy or Zarr to HDF5 gives other pictures and labels; a label -1 for 'unknown' becomes class 0, and a missing value 0,
#           without an error. Compare `array.min()` and `array.max()` with the type before writing.
# Versions: h5py 3.16.0, numpy 2.4.6, Python 3.11.7.
# Source:   h5py leaves the conversion of an array to HDF5, as its pull request 1574 says; HDF5 takes the largest or the smallest number of the target (its macros
#           H5T_CONV_Xx_CORE and H5T_CONV_Ux_CORE).
#
# Output seen:
#   [300, -1, 256, 7] HDF5 [255, 0, 255, 7]
#   [300.7, -1.0, nan, 7.9] HDF5 [255, 0, 0, 7]
#   NumPy [44, 255, 0, 7]
#   read as int8 [127, -128] NumPy [44, -44]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "h5py==3.16.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import h5py
import numpy as np

with h5py.File("numbers.h5", "w") as file:
    dataset = file.create_dataset("numbers", (4,), np.uint8)
    for numbers in (np.array([300, -1, 256, 7]), np.array([300.7, -1.0, np.nan, 7.9])):
        dataset[:] = numbers
        print(numbers.tolist(), "HDF5", dataset[:].tolist())
    print("NumPy", np.array([300, -1, 256, 7]).astype(np.uint8).tolist())
    large = file.create_dataset("large", data=np.array([300, -300]))
    print("read as int8", large.astype(np.int8)[:].tolist(), "NumPy", large[:].astype(np.int8).tolist())
EOF
)
echo "$seen"
[ "$seen" = "[300, -1, 256, 7] HDF5 [255, 0, 255, 7]
[300.7, -1.0, nan, 7.9] HDF5 [255, 0, 0, 7]
NumPy [44, 255, 0, 7]
read as int8 [127, -128] NumPy [44, -44]" ] ||
  { echo "changed: what does not fit is wrapped or refused" >&2; exit 1; }
