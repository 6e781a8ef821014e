#!/usr/bin/env bash
# Expected: `imread` gives all frames that were written into a file one by one with `TiffWriter.write`, as it gives all of a stack.
# Seen:     it gives the first one. The others are series of their own; Pillow finds all of them.
# Costs:    a recording that is written frame by frame looks as if it had one frame. Read with imread(path, key=slice(None)), or write with contiguous=True.
# Versions: tifffile 2026.3.3, pillow 13.0.0, numpy 2.4.6, Python 3.11.7.
# Source:   `imread` reads series=0, and each `write` begins a new series unless contiguous (tifffile/tifffile.py, TiffWriter.write).
#
# Output seen:
#   stack.tif imread (5, 8, 8) with key (5, 8, 8) Pillow 5
#   frames.tif imread (8, 8) with key (5, 8, 8) Pillow 5
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tifffile==2026.3.3 pillow==13.0.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import tifffile
from PIL import Image

frames = np.zeros((5, 8, 8), "u1")
with tifffile.TiffWriter("frames.tif") as writer:
    for frame in frames:
        writer.write(frame)
tifffile.imwrite("stack.tif", frames)
for name in ("stack.tif", "frames.tif"):
    every = tifffile.imread(name, key=slice(None)).shape
    print(name, "imread", tifffile.imread(name).shape, "with key", every, "Pillow", Image.open(name).n_frames)
EOF
)
echo "$seen"
[ "$seen" = "stack.tif imread (5, 8, 8) with key (5, 8, 8) Pillow 5
frames.tif imread (8, 8) with key (5, 8, 8) Pillow 5" ] ||
  { echo "changed: imread gives all frames" >&2; exit 1; }
