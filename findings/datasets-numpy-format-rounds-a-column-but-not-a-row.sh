#!/usr/bin/env bash
# Expected: in `with_format("numpy")`, a column has the type in which it is stored.
# Seen:     a float64 column comes as float32 when several rows are asked for, and as float64 when one is; in torch's format float16 becomes float32, and uint8 int64.
# Costs:    times and coordinates lose digits in batches only, so that a check of single rows finds nothing; columns of bytes take eight times their memory.
# Versions: datasets 5.2.0, NumPy 2.4.6, torch 2.13.0, Python 3.11.7.
# Source:   default_dtype in `_tensorize` of datasets/formatting/np_formatter.py and torch_formatter.py; an np.number is returned as it is.
#
# Output seen:
#   float64 1764403200.25 1764403200.0
#   seconds torch.float32 pixel torch.int64 half torch.float32
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 numpy==2.4.6 torch==2.13.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import datasets
import numpy as np

columns = {"seconds": np.array([1764403200.25]), "pixel": np.array([7], np.uint8), "half": np.array([1], np.float16)}
stored = datasets.Dataset.from_dict(columns)
rows = stored.with_format("numpy")
print(stored.features["seconds"].dtype, float(rows[0]["seconds"]), float(rows[:]["seconds"][0]))
print(*(f"{name} {values.dtype}" for name, values in stored.with_format("torch")[:].items()))
EOF
)
echo "$seen"
[ "$seen" = "float64 1764403200.25 1764403200.0
seconds torch.float32 pixel torch.int64 half torch.float32" ] ||
  { echo "changed: types are kept" >&2; exit 1; }
