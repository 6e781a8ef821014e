#!/usr/bin/env bash
# Expected: `ToFrame(n_time_bins=4)` and `ToFrame(n_event_bins=4)` share all events of a recording among four frames.
# Seen:     the last event is in no frame of time, and what remains when the number of events is divided by that of frames is in no frame of events. `include_incomplete=True`
#           changes nothing there.
# Costs:    up to one event less than there are frames, always from the end of the recording. In short ones, as after a crop in time, this is a large share: of 10 events
#           in 6 frames, 4 are lost.
# Versions: tonic 1.7.0, numpy 2.4.6, Python 3.11.7.
# Source:   `get_slice_metadata` of SliceByTimeBins and SliceByEventBins in tonic/slicers.py: the width of a bin is a floor division, and a bin's end does not belong to it.
#
# Output seen:
#   10 events at 0 to 90 µs
#   4 bins of time: [3, 2, 2, 2] sum 9
#   4 bins of events: [2, 2, 2, 2] sum 8
#   6 bins of events: [1, 1, 1, 1, 1, 1] sum 6
#   6 bins of events, include_incomplete: sum 6
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tonic==1.7.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - <<'EOF'
import numpy as np
from tonic.transforms import ToFrame

SIZE = (4, 4, 2)
events = np.zeros(10, [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
events["t"] = np.arange(10) * 10


def counts(**how):
    return ToFrame(sensor_size=SIZE, **how)(events.copy()).sum(axis=(1, 2, 3)).tolist()


print("10 events at 0 to 90 µs")
for name, how in {"time": "n_time_bins", "events": "n_event_bins"}.items():
    print(f"4 bins of {name}:", counts(**{how: 4}), "sum", sum(counts(**{how: 4})))
print("6 bins of events:", counts(n_event_bins=6), "sum", sum(counts(n_event_bins=6)))
print("6 bins of events, include_incomplete: sum", sum(counts(n_event_bins=6, include_incomplete=True)))
EOF
)
echo "$seen"
[ "$seen" = "10 events at 0 to 90 µs
4 bins of time: [3, 2, 2, 2] sum 9
4 bins of events: [2, 2, 2, 2] sum 8
6 bins of events: [1, 1, 1, 1, 1, 1] sum 6
6 bins of events, include_incomplete: sum 6" ] ||
  { echo "changed: a number of frames holds all events" >&2; exit 1; }
