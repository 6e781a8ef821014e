#!/usr/bin/env bash
# Expected: each `image.get_fdata()` gives an array of its own, as `np.array(image.dataobj)` does.
# Seen:     the second call gives the array of the first, with what was changed in it since.
# Costs:    a dataset that keeps its images and normalizes or augments in place (`volume -= volume.mean()`) changes what the next epoch gets, a little more each
#           time. Say `get_fdata(caching="unchanged")`, or take `np.array(image.dataobj)`.
# Versions: nibabel 5.4.2, numpy 2.4.6, Python 3.11.7.
# Source:   nibabel/dataobj_images.py, get_fdata: the default caching="fill" keeps the array and returns that one.
#
# Output seen:
#   get_fdata() [10.0, 20.0, 30.0]
#   get_fdata(caching=\"unchanged\") [10.0, 10.0, 10.0]
#   np.array(dataobj) [10.0, 10.0, 10.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "nibabel==5.4.2" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import nibabel
import numpy as np

nibabel.save(nibabel.Nifti1Image(np.zeros((2, 2, 2), np.float32), np.eye(4)), "volume.nii")
for way, read in {
    "get_fdata()": lambda image: image.get_fdata(),
    'get_fdata(caching="unchanged")': lambda image: image.get_fdata(caching="unchanged"),
    "np.array(dataobj)": lambda image: np.array(image.dataobj),
}.items():
    image, firsts = nibabel.load("volume.nii"), []
    for _ in range(3):
        volume = read(image)
        volume += 10
        firsts.append(float(volume[0, 0, 0]))
    print(way, firsts)
EOF
)
echo "$seen"
[ "$seen" = "get_fdata() [10.0, 20.0, 30.0]
get_fdata(caching=\"unchanged\") [10.0, 10.0, 10.0]
np.array(dataobj) [10.0, 10.0, 10.0]" ] ||
  { echo "changed: each call gives an array of its own" >&2; exit 1; }
