#!/usr/bin/env bash
# Expected: `train_test_split` of litdata, with its shuffle=True, puts random samples into each part, as scikit-learn's and torch's `random_split` do.
# Seen:     it shuffles the chunks and cuts their sequence: a test part of 20 % of ten classes, each in a chunk, has two whole classes, and training never sees them.
# Costs:    an accuracy of 0 in the test, or one that is too good, as neighbours in a file (frames of one video) are alike. Split before `optimize` is called.
# Versions: litdata 0.2.76, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `shuffle_lists_together(subsampled_chunks, ...)` and subsample_filenames_and_roi (litdata/utilities/train_test_split.py).
#
# Output seen:
#   train 800 samples of the classes 0:100 2:100 3:100 4:100 5:100 6:100 8:100 9:100
#   test 200 samples of the classes 1:100 7:100
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check litdata==0.2.76 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pathlib
import subprocess
import sys

pathlib.Path("write.py").write_text("""
import litdata


def same(index):
    return index


if __name__ == "__main__":
    litdata.optimize(same, list(range(1000)), "samples", chunk_size=100, num_workers=1)
""")
subprocess.run([sys.executable, "write.py"], check=True, capture_output=True)

import litdata

train, test = litdata.train_test_split(litdata.StreamingDataset("samples"), [0.8, 0.2])
for name, part in (("train", train), ("test", test)):
    classes = [int(sample) // 100 for sample in part]
    print(name, len(classes), "samples of the classes", *(f"{label}:{classes.count(label)}" for label in sorted(set(classes))))
EOF
)
echo "$seen"
[ "$seen" = "train 800 samples of the classes 0:100 2:100 3:100 4:100 5:100 6:100 8:100 9:100
test 200 samples of the classes 1:100 7:100" ] ||
  { echo "changed: the test part has samples of all chunks" >&2; exit 1; }
