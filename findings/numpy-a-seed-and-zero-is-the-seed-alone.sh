#!/usr/bin/env bash
# Expected: `default_rng([5, 0])` and `default_rng(5)` are two streams, as `default_rng([5, 1])` is a third.
# Seen:     they give the same numbers, and so does [5, 0, 0]; [0, 5] gives others.
# Costs:    `[seed, epoch]`, `[seed, rank]` and `[seed, worker]` give the first epoch, rank or worker the numbers of whatever else took the seed by itself: the
#           order of the first epoch is that of the split, the first worker's noise that of the main process. Put what counts up first, as `[epoch, seed]`.
# Versions: numpy 2.4.6, Python 3.11.7.
# Source:   SeedSequence pads its entropy with zeros to four words of 32 bits before it mixes them (numpy/random/bit_generator.pyx, mix_entropy). NumPy's page on
#           parallel generation shows `[worker_id, root_seed]`, in that order.
#
# Output seen:
#   5 [1 4 2 3 5 0]
#   [5, 0] [1 4 2 3 5 0]
#   [5, 0, 0] [1 4 2 3 5 0]
#   [5, 1] [2 0 5 4 3 1]
#   [0, 5] [4 3 0 5 1 2]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np

for seed in (5, [5, 0], [5, 0, 0], [5, 1], [0, 5]):
    print(seed, np.random.default_rng(seed).permutation(6))
EOF
)
echo "$seen"
[ "$seen" = "5 [1 4 2 3 5 0]
[5, 0] [1 4 2 3 5 0]
[5, 0, 0] [1 4 2 3 5 0]
[5, 1] [2 0 5 4 3 1]
[0, 5] [4 3 0 5 1 2]" ] ||
  { echo "changed: a seed and zero is another seed" >&2; exit 1; }
