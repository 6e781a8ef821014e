#!/usr/bin/env bash
# Expected: with `random.seed(0)` in the parent, a forked process goes on with the parent's random numbers, as it does with NumPy's global ones: all workers
#           alike, but the same in every run.
# Seen:     `random` of the module is seeded anew from the system in each forked process: its numbers differ from run to run. `np.random` and a `random.Random(0)`
#           of one's own go on from the parent's state.
# Costs:    augmentations that use `random` can't be repeated with workers, though the seed is set and NumPy's part repeats. Seed in the worker, or pass a
#           `random.Random`.
# Versions: Python 3.11.7, numpy 2.4.6.
# Source:   Lib/random.py ends with os.register_at_fork(after_in_child=_inst.seed); the documentation of random does not name it.
#
# Output seen:
#   random the same in both runs: False
#   np.random the same in both runs: True
#   random.Random(0) the same in both runs: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import multiprocessing
import random

import numpy as np

context = multiprocessing.get_context("fork")
own = random.Random(0)


def draw(queue):
    queue.put((random.random(), np.random.random(), own.random()))


runs = []
for _ in range(2):
    random.seed(0), np.random.seed(0), own.seed(0)
    queue = context.Queue()
    process = context.Process(target=draw, args=(queue,))
    process.start()
    runs.append(queue.get())
    process.join()
for name, first, second in zip(("random", "np.random", "random.Random(0)"), *runs):
    print(name, "the same in both runs:", first == second)
EOF
)
echo "$seen"
[ "$seen" = "random the same in both runs: False
np.random the same in both runs: True
random.Random(0) the same in both runs: True" ] ||
  { echo "changed: a forked process goes on with the parent's random numbers" >&2; exit 1; }
