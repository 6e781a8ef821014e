#!/usr/bin/env bash
# Expected: a generator whose `bit_generator.state` is put back, as checkpoints do, goes on as if it had never stopped, with `spawn`, too.
# Seen:     its own numbers go on, but `spawn` begins anew: the next child is the first one again. A pickled generator goes on.
# Costs:    after a resume, the workers of the next epoch get the random numbers of the workers of the first one, and no error tells so. Keep the pickled
#           generator in the checkpoint, or `seed_seq.n_children_spawned` with the state.
# Versions: numpy 2.4.6, Python 3.11.7.
# Source:   spawn counts in the SeedSequence (`n_children_spawned`), which is an attribute of the bit generator and not a part of its `state` (NumPy's
#           documentation, SeedSequence and BitGenerator).
#
# Output seen:
#   first 802 second 662
#   after the state is put back 802
#   after unpickling 662
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pickle

import numpy as np

generator = np.random.default_rng(0)
first = generator.spawn(1)[0].integers(1000)
saved, pickled = generator.bit_generator.state, pickle.dumps(generator)
second = generator.spawn(1)[0].integers(1000)
restored = np.random.default_rng(0)
restored.bit_generator.state = saved
print("first", first, "second", second)
print("after the state is put back", restored.spawn(1)[0].integers(1000))
print("after unpickling", pickle.loads(pickled).spawn(1)[0].integers(1000))
EOF
)
echo "$seen"
[ "$seen" = "first 802 second 662
after the state is put back 802
after unpickling 662" ] ||
  { echo "changed: the state holds how many children there were" >&2; exit 1; }
