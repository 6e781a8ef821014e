#!/usr/bin/env bash
# Expected: `Nifti1Image(probabilities, labels.affine, labels.header)`, the usual way to keep the orientation, saves the floats as they are.
# Seen:     they are saved as the header's uint8, scaled: beside one value of 1000, 0.25, 0.5 and 1 are all read back as 0.25.
# Costs:    probabilities, distances and maps of a model are quantized to 256 levels (or 65536 of int16) on their way through a file, and with an outlier
#           become one number; nobody warns. Say `image.set_data_dtype(array.dtype)`, or leave the header out.
# Versions: nibabel 5.4.2, numpy 2.4.6, Python 3.11.7.
# Source:   nibabel/spatialimages.py: the data type is taken from the header that was given; the array's own only where there is none.
#
# Output seen:
#   with the header uint8 [0.25, 0.25, 0.25, 1000.0]
#   without it float32 [0.25, 0.5, 1.0, 1000.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "nibabel==5.4.2" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import nibabel
import numpy as np

labels = nibabel.Nifti1Image(np.zeros((2, 2, 1), np.uint8), np.eye(4))
array = np.array([[0.25, 0.5], [1.0, 1000.0]], np.float32)[..., None]
for way, header in (("with the header", labels.header), ("without it", None)):
    nibabel.save(nibabel.Nifti1Image(array, labels.affine, header), "map.nii")
    again = nibabel.load("map.nii")
    print(way, again.get_data_dtype(), again.get_fdata().ravel().round(3).tolist())
EOF
)
echo "$seen"
[ "$seen" = "with the header uint8 [0.25, 0.25, 0.25, 1000.0]
without it float32 [0.25, 0.5, 1.0, 1000.0]" ] ||
  { echo "changed: floats are saved as floats" >&2; exit 1; }
