#!/usr/bin/env bash
# Expected: `Image.fromarray(array)` makes a picture of its own, in every mode. A test with an RGB array says so, too.
# Seen:     uint8 arrays in grey (L) and with four channels (RGBA), and uint16 arrays, share their memory with the picture: what is written into the array later
#           is in the picture. RGB, float and bool are copied.
# Costs:    a loader that reads each sample into the same buffer gives a list of equal pictures, but only of masks, depth maps and RGBA, while the RGB pictures
#           beside them are right. Say `Image.fromarray(array.copy())`, or `picture.copy()`.
# Versions: Pillow 13.0.0, numpy 2.4.6, Python 3.11.7.
# Source:   PIL/Image.py: fromarray calls frombuffer, which maps the memory for the modes in _MAPMODES and copies for the others; fromarray's documentation does
#           not say it.
#
# Output seen:
#   L changed
#   RGB kept
#   RGBA changed
#   I;16 changed
#   F kept
#   1 kept
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "Pillow==13.0.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
from PIL import Image

for shape, dtype in (((4, 4), np.uint8), ((4, 4, 3), np.uint8), ((4, 4, 4), np.uint8), ((4, 4), np.uint16), ((4, 4), np.float32), ((4, 4), bool)):
    array = np.zeros(shape, dtype)
    picture = Image.fromarray(array)
    array[:] = 1
    print(picture.mode, "changed" if np.asarray(picture).any() else "kept")
EOF
)
echo "$seen"
[ "$seen" = "L changed
RGB kept
RGBA changed
I;16 changed
F kept
1 kept" ] ||
  { echo "changed: each picture has memory of its own" >&2; exit 1; }
