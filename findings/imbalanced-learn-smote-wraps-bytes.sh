#!/usr/bin/env bash
# Expected: SMOTE's new samples lie between two samples of the rare class, whatever number type the pictures have.
# Seen:     between 200 and 250 in uint8 it makes samples below 200: the difference of two bytes wraps round. As int64 and float32 they are right.
#           In each case the type that was given comes back.
# Costs:    pictures are uint8, and new ones are noise with the label of the rare class. Nothing is said. Convert to float32 before.
# Versions: imbalanced-learn 0.14.2, scikit-learn 1.9.1, numpy 2.4.6, Python 3.11.7.
# Source:   `diffs = nn_data[nn_num[rows, cols]] - X[rows]` is computed in the type of the samples (imblearn/over_sampling/_smote/base.py, BaseSMOTE._generate_samples).
#
# Output seen:
#   uint8 [226, 206, 61, 177, 191, 237]
#   int64 [226, 206, 205, 205, 200, 237]
#   float32 [226, 206, 205, 205, 200, 237]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check imbalanced-learn==0.14.2 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
from imblearn.over_sampling import SMOTE

common, rare = np.arange(10), np.array([200, 210, 230, 250])
labels = [0] * 10 + [1] * 4
for dtype in ("uint8", "int64", "float32"):
    samples = np.concatenate([common, rare]).astype(dtype)[:, None]
    made = SMOTE(k_neighbors=3, random_state=0).fit_resample(samples, labels)[0][14:, 0]
    print(made.dtype, [int(number) for number in made])
EOF
)
echo "$seen"
[ "$seen" = "uint8 [226, 206, 61, 177, 191, 237]
int64 [226, 206, 205, 205, 200, 237]
float32 [226, 206, 205, 205, 200, 237]" ] ||
  { echo "changed: SMOTE's samples lie between those it was given" >&2; exit 1; }
