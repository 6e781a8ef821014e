#!/usr/bin/env bash
# Expected: `image * 0.5` of an image of bytes is half as bright, as `image / 2` is, in whatever type it comes.
# Seen:     the number is cut to the type of the pixels first: 0.5 is 0 and 1.5 is 1, 300 is 44 in bytes. Division is computed in floats, and gives an image of floats.
# Costs:    brightness, slopes and weights of labels or CT slices are wrong or all zero; of float images they are right, so that it depends on the file. Cast to float32 first.
# Versions: SimpleITK 2.5.7, numpy 2.4.6, Python 3.11.7.
# Source:   `Image.__mul__` calls `Multiply(self, float(other))`, and that filter takes the constant in the type of the pixels (SimpleITK/SimpleITK.py; sitkMultiplyImageFilter).
#
# Output seen:
#   uint8 * 0.5 uint8 [0.0, 0.0]
#   uint8 * 1.5 uint8 [10.0, 7.0]
#   uint8 + 0.9 uint8 [10.0, 7.0]
#   uint8 / 2 float64 [5.0, 3.5]
#   uint8 * 300 uint8 [184.0, 52.0]
#   int16 * 0.5 int16 [0.0, 0.0]
#   int16 * 1.5 int16 [10.0, 7.0]
#   int16 + 0.9 int16 [10.0, 7.0]
#   int16 / 2 float64 [5.0, 3.5]
#   int16 * 300 int16 [3000.0, 2100.0]
#   float32 * 0.5 float32 [5.0, 3.5]
#   float32 * 1.5 float32 [15.0, 10.5]
#   float32 + 0.9 float32 [10.9, 7.9]
#   float32 / 2 float64 [5.0, 3.5]
#   float32 * 300 float32 [3000.0, 2100.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check SimpleITK==2.5.7 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import SimpleITK

for dtype in ("uint8", "int16", "float32"):
    image = SimpleITK.GetImageFromArray(np.array([[10, 7]], dtype))
    results = {"* 0.5": image * 0.5, "* 1.5": image * 1.5, "+ 0.9": image + 0.9, "/ 2": image / 2, "* 300": image * 300}
    for name, result in results.items():
        numbers = SimpleITK.GetArrayFromImage(result)
        print(dtype, name, numbers.dtype, [round(float(number), 2) for number in numbers[0]])
EOF
)
echo "$seen"
[ "$seen" = "uint8 * 0.5 uint8 [0.0, 0.0]
uint8 * 1.5 uint8 [10.0, 7.0]
uint8 + 0.9 uint8 [10.0, 7.0]
uint8 / 2 float64 [5.0, 3.5]
uint8 * 300 uint8 [184.0, 52.0]
int16 * 0.5 int16 [0.0, 0.0]
int16 * 1.5 int16 [10.0, 7.0]
int16 + 0.9 int16 [10.0, 7.0]
int16 / 2 float64 [5.0, 3.5]
int16 * 300 int16 [3000.0, 2100.0]
float32 * 0.5 float32 [5.0, 3.5]
float32 * 1.5 float32 [15.0, 10.5]
float32 + 0.9 float32 [10.9, 7.9]
float32 / 2 float64 [5.0, 3.5]
float32 * 300 float32 [3000.0, 2100.0]" ] ||
  { echo "changed: a fraction stays a fraction" >&2; exit 1; }
