#!/usr/bin/env bash
# Expected: writing nan to a file of 16-bit numbers raises an error or writes silence, 0.
# Seen:     it is -1.0, the lowest number there is, in WAV files of 16 and of 24 bits.
# Costs:    normalizing a silent recording divides 0 by 0: it is nan all over, and is written as a constant of full height, which no later look for nan finds.
# Versions: soundfile 0.14.0, numpy 2.4.6, Python 3.11.7.
# Source:   libsndfile limits what is too large or too small when it converts, and nan is neither (src/pcm.c, the functions ..._clip_array); soundfile does not look for it.
#
# Output seen:
#   normalized silence [nan, nan, nan, nan]
#   a.wav PCM_16 [-1.0, -1.0, -1.0, -1.0]
#   b.wav PCM_24 [-1.0, -1.0, -1.0, -1.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check soundfile==0.14.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import soundfile

silence = np.zeros(4)
with np.errstate(invalid="ignore"):
    normalized = silence / np.abs(silence).max()
print("normalized silence", normalized.tolist())
for name, subtype in (("a.wav", "PCM_16"), ("b.wav", "PCM_24")):
    soundfile.write(name, normalized, 8000, subtype=subtype)
    print(name, subtype, soundfile.read(name)[0].tolist())
EOF
)
echo "$seen"
[ "$seen" = "normalized silence [nan, nan, nan, nan]
a.wav PCM_16 [-1.0, -1.0, -1.0, -1.0]
b.wav PCM_24 [-1.0, -1.0, -1.0, -1.0]" ] ||
  { echo "changed: nan is not the lowest number" >&2; exit 1; }
