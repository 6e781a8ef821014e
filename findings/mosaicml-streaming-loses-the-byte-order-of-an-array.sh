#!/usr/bin/env bash
# Expected: an array is read from an MDS file with the numbers it was written with, in whatever byte order it was in memory.
# Seen:     a big-endian array, as FITS files, IDX files (MNIST) and many medical and satellite formats give, comes back with its bytes taken in the other order:
#           1, 2, 3 are 16777216, 33554432, 50331648. With the type named in the column (`ndarray:int32`) it is refused.
# Costs:    a data set that was converted once is all wrong, in every epoch, with the right shape and type. Write `array.astype(array.dtype.newbyteorder('='))`.
# Versions: mosaicml-streaming 0.13.0, numpy 2.1.3, Python 3.11.7.
# Source:   streaming/base/format/mds/encodings.py: NDArray.encode looks up `dtype.name`, which has no byte order, and writes `obj.tobytes()`.
#
# Output seen:
#   <i4 wrote [1, 2, 3] read [1, 2, 3]
#   >i4 wrote [1, 2, 3] read [16777216, 33554432, 50331648]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "mosaicml-streaming==0.13.0" "numpy==2.1.3"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
from streaming import MDSWriter, StreamingDataset

for dtype in ("<i4", ">i4"):
    numbers = np.array([1, 2, 3], dtype)
    with MDSWriter(out=dtype, columns={"x": "ndarray"}) as writer:
        writer.write({"x": numbers})
    print(dtype, "wrote", numbers.tolist(), "read", StreamingDataset(local=dtype, batch_size=1)[0]["x"].tolist())
EOF
)
echo "$seen"
[ "$seen" = "<i4 wrote [1, 2, 3] read [1, 2, 3]
>i4 wrote [1, 2, 3] read [16777216, 33554432, 50331648]" ] ||
  { echo "changed: the same numbers are read" >&2; exit 1; }
