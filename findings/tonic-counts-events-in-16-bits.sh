#!/usr/bin/env bash
# Expected: a frame of `ToFrame` or `ToImage` holds how many events each pixel had.
# Seen:     frames are int16: 40,000 events of a pixel are -25,536, and 65,536 are none.
# Costs:    a hot pixel of an event camera has that many in one frame of a whole recording. It becomes the darkest pixel instead of the brightest, and a mask of hot
#           pixels by a threshold on the frame does not find it.
# Versions: tonic 1.7.0, numpy 2.4.6, Python 3.11.7.
# Source:   `dtype=np.int16` in to_frame_numpy in tonic/functional/to_frame.py, to which `np.add.at` adds one for each event.
#
# Output seen:
#   30,000 events: frame 30000, image 30000
#   40,000 events: frame -25536, image -25536
#   65,536 events: frame 0, image 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tonic==1.7.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - <<'EOF'
import numpy as np
from tonic.transforms import ToFrame, ToImage

SIZE = (4, 4, 2)
for count in (30_000, 40_000, 65_536):
    events = np.zeros(count, [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
    events["t"] = np.arange(count)
    frame = ToFrame(sensor_size=SIZE, event_count=count)(events.copy())[0]
    image = ToImage(sensor_size=SIZE)(events.copy())
    print(f"{count:,} events: frame {frame[0, 0, 0]}, image {image[0, 0, 0]}")
EOF
)
echo "$seen"
[ "$seen" = "30,000 events: frame 30000, image 30000
40,000 events: frame -25536, image -25536
65,536 events: frame 0, image 0" ] ||
  { echo "changed: events are counted in more than 16 bits" >&2; exit 1; }
