#!/usr/bin/env bash
# Expected: what is given in a `label_fields` of boxes comes back as it is.
# Seen:     integers come back as floats of 32 bits: 16777217 as 16777216.0. Texts come back as they are.
# Costs:    ids of annotations (COCO's are larger than 2**24) are those of other boxes or of none, and class numbers are floats, which an index and a loss refuse. Give ids as text.
# Versions: albumentations 2.0.8, Python 3.11.7.
# Source:   labels are encoded into columns beside the boxes' coordinates, in one float32 array (albumentations/core/utils.py, LabelManager).
#
# Output seen:
#   given [16777217, 3] came [16777216.0, 3.0]
#   given ['16777217', '3'] came ['16777217', '3']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check albumentations==2.0.8 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import albumentations
import numpy as np

for ids in ([16777217, 3], ["16777217", "3"]):
    fields = albumentations.BboxParams(format="pascal_voc", label_fields=["ids"])
    pipeline = albumentations.Compose([albumentations.HorizontalFlip(p=1)], bbox_params=fields)
    result = pipeline(image=np.zeros((8, 8, 3), "u1"), bboxes=[[0, 0, 4, 4], [2, 2, 6, 6]], ids=ids)
    print("given", ids, "came", result["ids"])
EOF
)
echo "$seen"
[ "$seen" = "given [16777217, 3] came [16777216.0, 3.0]
given ['16777217', '3'] came ['16777217', '3']" ] ||
  { echo "changed: integers come back as they were" >&2; exit 1; }
