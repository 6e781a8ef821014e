#!/usr/bin/env bash
# Expected: a checkpoint gives back the numbers that were saved, and where the type in the target is another one, raises an error, as it does for another shape of a JAX array.
# Seen:     the target's type wins without a word: 0.93 is restored as 0, weights 0.7 and 1.7 as 0 and 1, and 300 as 44. The shape of a NumPy array is not compared either: six numbers come where four were asked for.
# Costs:    after each resume, any model is the best so far; a schedule or an average begins anew. Begin with 0.0, and compare what came with the target.
# Versions: orbax-checkpoint 0.12.8, jax 0.10.2, numpy 2.4.6, Python 3.11.7.
# Source:   the target's leaves become restore arguments with their types, by which what was read is cast (orbax/checkpoint/checkpoint_utils.py, construct_restore_args; type_handlers).
#
# Output seen:
#   best 0.93 target 0 restored 0
#   epoch 3 target 0 restored 3
#   weights [0.699999988079071, 1.7000000476837158] target [0, 0] restored [0, 1]
#   sizes [300, -1] target [0, 0] restored [44, 255]
#   sizes [0, 1, 2, 3, 4, 5] target [0, 0, 0, 0] restored [0, 1, 2, 3, 4, 5]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check orbax-checkpoint==0.12.8 jax==0.10.2 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pathlib

import jax.numpy
import numpy as np
import orbax.checkpoint

folder = pathlib.Path.cwd()
for number, (saved, target) in enumerate([
    ({"best": 0.93, "epoch": 3}, {"best": 0, "epoch": 0}),
    ({"weights": jax.numpy.array([0.7, 1.7])}, {"weights": jax.numpy.zeros(2, int)}),
    ({"sizes": np.array([300, -1])}, {"sizes": np.zeros(2, "uint8")}),
    ({"sizes": np.arange(6)}, {"sizes": np.zeros(4, int)}),
]):
    checkpointer = orbax.checkpoint.StandardCheckpointer()
    checkpointer.save(folder / str(number), saved)
    checkpointer.wait_until_finished()
    restored = checkpointer.restore(folder / str(number), target=target)
    for name, value in restored.items():
        print(name, np.asarray(saved[name]).tolist(), "target", np.asarray(target[name]).tolist(), "restored", np.asarray(value).tolist())
EOF
)
echo "$seen"
[ "$seen" = "best 0.93 target 0 restored 0
epoch 3 target 0 restored 3
weights [0.699999988079071, 1.7000000476837158] target [0, 0] restored [0, 1]
sizes [300, -1] target [0, 0] restored [44, 255]
sizes [0, 1, 2, 3, 4, 5] target [0, 0, 0, 0] restored [0, 1, 2, 3, 4, 5]" ] ||
  { echo "changed: another type than the saved one is refused, or the saved one comes" >&2; exit 1; }
