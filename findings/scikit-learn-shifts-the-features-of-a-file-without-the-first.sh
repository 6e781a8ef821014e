#!/usr/bin/env bash
# Expected: the training and the test file of one data set are read with the same columns, above all with `n_features` of the first one.
# Seen:     each file is looked at by itself: if it has no feature 0, it is taken to count from 1, and all features move one to the left. With n_features=3 the last column is empty.
# Costs:    a small test file, or one shard of many, has no feature 0 by chance: the model sees each feature in its neighbour's place. Say zero_based=True.
# Versions: scikit-learn 1.9.1, numpy 2.4.6, Python 3.11.7.
# Source:   zero_based='auto', the default: `(zero_based == 'auto' and all(len(tmp[1]) and np.min(tmp[1]) > 0 for tmp in r))` (sklearn/datasets/_svmlight_format_io.py, load_svmlight_files).
#
# Output seen:
#   train [[5.0, 7.0, 0.0], [0.0, 0.0, 9.0]]
#   test [[7.0, 0.0, 0.0], [0.0, 9.0, 0.0]]
#   zero_based=True [[0.0, 7.0, 0.0], [0.0, 0.0, 9.0]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pathlib

from sklearn.datasets import load_svmlight_file

pathlib.Path("train.svm").write_text("1 0:5 1:7\n0 2:9\n")
pathlib.Path("test.svm").write_text("1 1:7\n0 2:9\n")
for name in ("train", "test"):
    features, _ = load_svmlight_file(f"{name}.svm", n_features=3)
    print(name, features.toarray().tolist())
features, _ = load_svmlight_file("test.svm", n_features=3, zero_based=True)
print("zero_based=True", features.toarray().tolist())
EOF
)
echo "$seen"
[ "$seen" = "train [[5.0, 7.0, 0.0], [0.0, 0.0, 9.0]]
test [[7.0, 0.0, 0.0], [0.0, 9.0, 0.0]]
zero_based=True [[0.0, 7.0, 0.0], [0.0, 0.0, 9.0]]" ] ||
  { echo "changed: both files have the same columns" >&2; exit 1; }
