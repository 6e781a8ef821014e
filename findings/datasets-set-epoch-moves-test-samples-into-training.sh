#!/usr/bin/env bash
# Expected: `shuffled.take(n)` and `shuffled.skip(n)` of one shuffled stream stay two separate parts, as a split must.
# Seen:     `set_epoch` on the training part shuffles the stream anew before it skips: samples of the test part are trained on, and others are in neither.
# Costs:    test results that are too good, from the second epoch on, with the very call that training scripts make. Split first, on files or with train_test_split, then shuffle.
# Versions: datasets 5.2.0, Python 3.11.7.
# Source:   skip and take wrap the shuffled stream, and set_epoch adds the epoch to the seed of the shuffle below them (datasets/iterable_dataset.py).
#
# Output seen:
#   epoch 0 trains on 0 of the 5 test samples
#   epoch 1 trains on 3 of the 5 test samples
#   epoch 2 trains on 4 of the 5 test samples
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import datasets

stream = datasets.Dataset.from_dict({"x": list(range(20))}).to_iterable_dataset().shuffle(seed=0, buffer_size=20)
test, train = stream.take(5), stream.skip(5)
tested = {row["x"] for row in test}
for epoch in (0, 1, 2):
    train.set_epoch(epoch)
    print("epoch", epoch, "trains on", len(tested & {row["x"] for row in train}), "of the 5 test samples")
EOF
)
echo "$seen"
[ "$seen" = "epoch 0 trains on 0 of the 5 test samples
epoch 1 trains on 3 of the 5 test samples
epoch 2 trains on 4 of the 5 test samples" ] ||
  { echo "changed: the parts stay apart" >&2; exit 1; }
