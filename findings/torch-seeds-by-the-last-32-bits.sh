#!/usr/bin/env bash
# Expected: seeds of 64 bits, which `torch.manual_seed` and `Generator.manual_seed` take, give a stream of random numbers each.
# Seen:     only the last 32 bits count on the CPU: 1, 2**32 + 1 and 2**40 + 1 give the same numbers, though `initial_seed` tells them apart. Generators of NumPy
#           differ.
# Costs:    a seed that is put together as `rank << 32 | epoch` gives all ranks the same order and the same augmentations. Put what differs into the last 32 bits,
#           or hash it.
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   aten/src/ATen/core/MT19937RNGEngine.h: init_with_uint32 takes `seed & 0xffffffff`; the documentation of torch.manual_seed names the range of 64 bits
#           only.
#
# Output seen:
#   1 torch [1, 5, 2, 0, 3, 4] NumPy [4, 0, 2, 1, 5, 3]
#   4294967297 torch [1, 5, 2, 0, 3, 4] NumPy [1, 4, 0, 3, 2, 5]
#   1099511627777 torch [1, 5, 2, 0, 3, 4] NumPy [5, 0, 4, 1, 2, 3]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "torch==2.13.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import torch

for seed in (1, 2**32 + 1, 2**40 + 1):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(6, generator=generator).tolist()
    print(generator.initial_seed(), "torch", order, "NumPy", np.random.default_rng(seed).permutation(6).tolist())
EOF
)
echo "$seen"
[ "$seen" = "1 torch [1, 5, 2, 0, 3, 4] NumPy [4, 0, 2, 1, 5, 3]
4294967297 torch [1, 5, 2, 0, 3, 4] NumPy [1, 4, 0, 3, 2, 5]
1099511627777 torch [1, 5, 2, 0, 3, 4] NumPy [5, 0, 4, 1, 2, 3]" ] ||
  { echo "changed: each seed of 64 bits has numbers of its own" >&2; exit 1; }
