#!/usr/bin/env bash
# Expected: the batch of the numbers 1 and 2.5 has one type, in whatever order they come, as `torch.tensor([1, 2.5])` and `np.array` have.
# Seen:     float32 where the first number of the batch is an integer, float64 where it is a float; and that of only integers is int64.
# Costs:    features or targets that are read from JSON (1, 2.5, 3) have another type from batch to batch of a shuffled epoch: a layer refuses some batches ('mat1
#           and mat2 must have the same dtype') and takes others, and a loss is float64 now and then. Give `float(number)` from the dataset.
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   torch/utils/data/_utils/collate.py: the function is chosen by the first sample's type; collate_float_fn asks for float64, collate_int_fn asks for
#           nothing, so that `torch.tensor` takes the default float32.
#
# Output seen:
#   [1, 2.5] torch.float32 [1, 2.5]
#   [2.5, 1] torch.float64 [2.5, 1]
#   [1, 16777217.0] torch.float32 [1, 16777216]
#   [16777217.0, 1] torch.float64 [16777217, 1]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "torch==2.13.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from torch.utils.data import default_collate

for samples in ([1, 2.5], [2.5, 1], [1, 16777217.0], [16777217.0, 1]):
    batch = default_collate(samples)
    print(samples, batch.dtype, [int(number) if number == int(number) else number for number in batch.tolist()])
EOF
)
echo "$seen"
[ "$seen" = "[1, 2.5] torch.float32 [1, 2.5]
[2.5, 1] torch.float64 [2.5, 1]
[1, 16777217.0] torch.float32 [1, 16777216]
[16777217.0, 1] torch.float64 [16777217, 1]" ] ||
  { echo "changed: the order of the samples does not change the type of the batch" >&2; exit 1; }
