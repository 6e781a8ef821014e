#!/usr/bin/env bash
# Expected: `scipy.ndimage.sobel` of a picture of bytes gives signed gradients, as scikit-image does, or cuts at 0, as Pillow and OpenCV do.
# Seen:     the result is uint8, too, and wraps round: -4 is 252, and a steep edge of 4 * 255 is 252 as well. `convolve1d` with ones adds 200 + 200 + 200 to 88.
# Costs:    edges as features or for augmentation are noise: the flatter an edge, the brighter it is. Pass output='float32'.
# Versions: scipy 1.17.1, numpy 2.4.6, Python 3.11.7.
# Source:   `output` is made in the type of the input (scipy/ndimage/_ni_support.py, _get_output), and the C code converts doubles to it without a limit (ni_support.c).
#
# Output seen:
#   up by 1 sobel 4 as float 4
#   down by 1 sobel 252 as float -4
#   up by 255 sobel 252 as float 1020
#   down by 255 sobel 4 as float -1020
#   200 + 200 + 200 is 88
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
from scipy import ndimage

for name, row in {"up by 1": [0, 0, 1, 1], "down by 1": [1, 1, 0, 0], "up by 255": [0, 0, 255, 255], "down by 255": [255, 255, 0, 0]}.items():
    picture = np.array([row] * 3, "uint8")
    print(name, "sobel", int(ndimage.sobel(picture)[1, 1]), "as float", int(ndimage.sobel(picture, output="float32")[1, 1]))
print("200 + 200 + 200 is", int(ndimage.convolve1d(np.full(3, 200, "uint8"), [1, 1, 1])[1]))
EOF
)
echo "$seen"
[ "$seen" = "up by 1 sobel 4 as float 4
down by 1 sobel 252 as float -4
up by 255 sobel 252 as float 1020
down by 255 sobel 4 as float -1020
200 + 200 + 200 is 88" ] ||
  { echo "changed: edges have a sign or a limit" >&2; exit 1; }
