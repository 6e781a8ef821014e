#!/usr/bin/env bash
# Expected: eight calls of `np.random.random` in worker processes give eight numbers, or as many as there are workers.
# Seen:     all eight are the same: the function is a method of the global generator, which is pickled with it, so each call begins at the same state. In a function of one's own they differ.
# Costs:    a bootstrap or a simulation over `Parallel`, `Pool.map` or an executor has no variance at all, and `np.random.seed` in the workers changes nothing. Send a function of your own, and a seed for each call.
# Versions: numpy 2.4.6, joblib 1.6.0, Python 3.11.7.
# Source:   np.random.random is a bound method of numpy.random.mtrand._rand; a bound method is pickled as its object and a name.
#
# Output seen:
#   joblib, np.random.random: one number
#   joblib, a function of one's own: several numbers
#   concurrent.futures, np.random.random: one number
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 joblib==1.6.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from concurrent.futures import ProcessPoolExecutor

import joblib
import numpy as np


def own():
    return np.random.random()


def count(numbers):
    return "one number" if len(set(numbers)) == 1 else "several numbers"


for name, function in {"np.random.random": np.random.random, "a function of one's own": own}.items():
    drawn = joblib.Parallel(n_jobs=2)(joblib.delayed(function)() for _ in range(8))
    print("joblib,", name + ":", count(drawn))
with ProcessPoolExecutor(2) as executor:
    drawn = [future.result() for future in [executor.submit(np.random.random) for _ in range(8)]]
print("concurrent.futures, np.random.random:", count(drawn))
EOF
)
echo "$seen"
[ "$seen" = "joblib, np.random.random: one number
joblib, a function of one's own: several numbers
concurrent.futures, np.random.random: one number" ] ||
  { echo "changed: each call gives another number" >&2; exit 1; }
