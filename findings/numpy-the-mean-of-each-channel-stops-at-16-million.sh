#!/usr/bin/env bash
# Expected: the mean along an axis is as exact as that over all: NumPy adds float32 in pairs, so that errors do not grow.
# Seen:     pairs are added along the last axis only. Along the first one each channel is added up one by one, and from 2 ** 24 on adding 1 changes nothing: of ones the mean is 0.84, and of 0.1 it is 0.105.
# Costs:    mean and deviation of the channels, for Normalize, from a few dozen megapixels: all pictures are shifted by some per cent, and more with more data. Use dtype='float64'.
# Versions: numpy 2.4.6, Python 3.11.7.
# Source:   the notes of numpy.sum: partial pairwise summation is used only when summing along the fast axis in memory; the mean of float32 is a sum in float32 (numpy/_core/_methods.py, _mean).
#
# Output seen:
#   pixels of 1.0 over all 1.0000 of each channel 0.8389 in float64 1.0000
#   pixels of 0.1 over all 0.1000 of each channel 0.1049 in float64 0.1000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np

for value in (1.0, 0.1):
    pixels = np.full((20_000_000, 3), value, "float32")
    mean = {"over all": pixels.mean(), "of each channel": pixels.mean(axis=0)[0], "in float64": pixels.mean(axis=0, dtype="float64")[0]}
    print("pixels of", value, *(f"{name} {number:.4f}" for name, number in mean.items()))
EOF
)
echo "$seen"
[ "$seen" = "pixels of 1.0 over all 1.0000 of each channel 0.8389 in float64 1.0000
pixels of 0.1 over all 0.1000 of each channel 0.1049 in float64 0.1000" ] ||
  { echo "changed: the mean along the first axis is exact" >&2; exit 1; }
