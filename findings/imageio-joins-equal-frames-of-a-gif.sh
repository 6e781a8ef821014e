#!/usr/bin/env bash
# Expected: a video of four frames that is written as GIF has four frames when it is read.
# Seen:     neighbours that are equal become one frame that is shown longer: three are read here, and where nothing moves, one.
# Costs:    frame i is no longer label i: after a pause in a simulation or a game, all labels are shifted, and arrays of two videos have different lengths.
# Versions: imageio 2.38.1, pillow 13.0.0, numpy 2.4.6, Python 3.11.7.
# Source:   Pillow's GIF plugin adds the duration of a frame without a difference to the one before (PIL/GifImagePlugin.py, _write_multiple_frames).
#
# Output seen:
#   written [0, 80, 80, 160] read [0, 80, 160]
#   written [80, 80, 80, 80] read [80]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check imageio==2.38.1 pillow==13.0.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import imageio.v3 as imageio
import numpy as np

for levels in ([0, 80, 80, 160], [80, 80, 80, 80]):
    imageio.imwrite("video.gif", [np.full((4, 4, 3), level, "u1") for level in levels])
    print("written", levels, "read", imageio.imread("video.gif")[:, 0, 0, 0].tolist())
EOF
)
echo "$seen"
[ "$seen" = "written [0, 80, 80, 160] read [0, 80, 160]
written [80, 80, 80, 80] read [80]" ] ||
  { echo "changed: all frames are kept" >&2; exit 1; }
