#!/usr/bin/env bash
# Expected: `read(..., dtype='int16')` gives the samples as 16-bit sound, whatever the file holds, as it does for 24 bits.
# Seen:     of a file of floats (-1 to 1) it gives zeros: they are rounded and not scaled. And 16-bit sound that is written as FLOAT comes back as 8192.0 instead of 0.25.
# Costs:    a folder of recordings of which some are float: these are silence, or thousands of times too loud, and no error says so. Read floats always, and convert them.
# Versions: soundfile 0.14.0, numpy 2.4.6, Python 3.11.7.
# Source:   libsndfile's SFC_SET_SCALE_FLOAT_INT_READ and SFC_SET_SCALE_INT_FLOAT_WRITE are off by default, and soundfile leaves them.
#
# Output seen:
#   PCM_16 0.25 and -0.5 read as int16: [8192, -16384]
#   PCM_24 0.25 and -0.5 read as int16: [8192, -16384]
#   FLOAT 0.25 and -0.5 read as int16: [0, 0]
#   int16 written as FLOAT: [8192.0, -16384.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check soundfile==0.14.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import soundfile

for subtype in ("PCM_16", "PCM_24", "FLOAT"):
    soundfile.write("sound.wav", np.array([0.25, -0.5]), 8000, subtype=subtype)
    print(subtype, "0.25 and -0.5 read as int16:", soundfile.read("sound.wav", dtype="int16")[0].tolist())
soundfile.write("sound.wav", np.array([8192, -16384], "int16"), 8000, subtype="FLOAT")
print("int16 written as FLOAT:", soundfile.read("sound.wav")[0].tolist())
EOF
)
echo "$seen"
[ "$seen" = "PCM_16 0.25 and -0.5 read as int16: [8192, -16384]
PCM_24 0.25 and -0.5 read as int16: [8192, -16384]
FLOAT 0.25 and -0.5 read as int16: [0, 0]
int16 written as FLOAT: [8192.0, -16384.0]" ] ||
  { echo "changed: floats are scaled" >&2; exit 1; }
