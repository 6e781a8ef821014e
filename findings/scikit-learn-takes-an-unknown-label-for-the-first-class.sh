#!/usr/bin/env bash
# Expected: `LabelBinarizer.transform` of a label that was not there in `fit` raises an error, as LabelEncoder does, or gives what is no class.
# Seen:     of two classes, 'dgo' is [0], as 'cat' is. Of three it is [0, 0, 0], which `inverse_transform` reads as the first class, too. MultiLabelBinarizer warns; this one does not.
# Costs:    a typing error or a new class in the test data counts as the first class, in training and in accuracy.
# Versions: scikit-learn 1.9.1, numpy 2.4.6, Python 3.11.7.
# Source:   `label_binarize` keeps of y what is in classes, and two classes need one column (sklearn/preprocessing/_label.py, label_binarize: `y_in_classes`).
#
# Output seen:
#   ['cat', 'dog'] cat [0] dgo [0] back ['cat', 'cat']
#   ['cat', 'dog', 'owl'] cat [1, 0, 0] dgo [0, 0, 0] back ['cat', 'cat']
#   LabelEncoder y contains previously unseen labels: np.str_('dgo')
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from sklearn.preprocessing import LabelBinarizer, LabelEncoder

for classes in (["cat", "dog"], ["cat", "dog", "owl"]):
    binarizer = LabelBinarizer().fit(classes)
    rows = binarizer.transform(["cat", "dgo"])
    print(classes, *(f"{label} {row}" for label, row in zip(["cat", "dgo"], rows.tolist())), "back", binarizer.inverse_transform(rows).tolist())
try:
    LabelEncoder().fit(classes).transform(["dgo"])
except ValueError as error:
    print("LabelEncoder", error)
EOF
)
echo "$seen"
[ "$seen" = "['cat', 'dog'] cat [0] dgo [0] back ['cat', 'cat']
['cat', 'dog', 'owl'] cat [1, 0, 0] dgo [0, 0, 0] back ['cat', 'cat']
LabelEncoder y contains previously unseen labels: np.str_('dgo')" ] ||
  { echo "changed: an unknown label is no class" >&2; exit 1; }
