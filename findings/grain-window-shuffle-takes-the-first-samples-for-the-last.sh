#!/usr/bin/env bash
# Expected: a shuffle, in windows or not, gives each sample once.
# Seen:     where the last window is not full, it is filled up from the beginning: of ten samples in windows of three, 1 comes twice and 9 never.
#           Windows of five are right, and so is the same shuffle of an iterator, WindowShuffleIterDataset.
# Costs:    some samples are never trained on, others count double, and a metric over the whole data is wrong by as much; the number of samples is the right one.
# Versions: grain 0.2.18, numpy 2.4.6, Python 3.11.7.
# Source:   `WindowShuffleMapDataset._shuffled_index` permutes whole windows, and an index past the end begins anew (grain/_src/python/dataset/transformations/shuffle.py).
#
# Output seen:
#   windows of 5 [0, 4, 1, 2, 3, 6, 7, 8, 5, 9] twice [] never []
#   windows of 3 [0, 2, 1, 4, 5, 3, 6, 8, 7, 1] twice [1] never [9]
#   windows of 4 [0, 3, 1, 2, 5, 6, 7, 4, 8, 1] twice [1] never [9]
#   iterator [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check grain==0.2.18 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import grain

samples = grain.MapDataset.source(list(range(10)))
for window in (5, 3, 4):
    order = list(grain.experimental.WindowShuffleMapDataset(samples, window_size=window, seed=0))
    again = sorted({sample for sample in order if order.count(sample) > 1})
    print("windows of", window, order, "twice", again, "never", sorted(set(range(10)) - set(order)))
stream = grain.experimental.WindowShuffleIterDataset(samples.to_iter_dataset(), window_size=3, seed=0)
print("iterator", sorted(stream))
EOF
)
echo "$seen"
[ "$seen" = "windows of 5 [0, 4, 1, 2, 3, 6, 7, 8, 5, 9] twice [] never []
windows of 3 [0, 2, 1, 4, 5, 3, 6, 8, 7, 1] twice [1] never [9]
windows of 4 [0, 3, 1, 2, 5, 6, 7, 4, 8, 1] twice [1] never [9]
iterator [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]" ] ||
  { echo "changed: each sample comes once" >&2; exit 1; }
