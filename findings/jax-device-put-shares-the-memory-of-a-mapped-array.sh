#!/usr/bin/env bash
# Expected: `jax.device_put(batch)` copies a NumPy array, as JAX arrays can't change; trying it with an array from `np.zeros` says so, too.
# Seen:     an array that begins at a multiple of 64 bytes, as each one in mapped or shared memory does, is taken as it is: what is written into it later is in
#           the JAX array. One from `np.zeros`, which begins 16 bytes behind, is copied. `may_alias=False` changes nothing.
# Costs:    a loader that hands out views of a few shared slots gives batches that become others while the model reads them, on the CPU only and only with worker
#           processes, though a test with ordinary arrays passes. Use `jnp.array(batch)` or `jnp.asarray(batch)`, which copy it.
# Versions: jax 0.10.2, numpy 2.4.6, Python 3.11.7.
# Source:   JAX's issue 37830 (device_put aliases arrays that can be written to); that it depends on the alignment is said in issue 17702.
#
# Output seen:
#   begins at 0 device_put changed
#   begins at 0 device_put(may_alias=False) changed
#   begins at 0 asarray kept
#   begins at 16 device_put kept
#   begins at 16 device_put(may_alias=False) kept
#   begins at 16 asarray kept
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "jax==0.10.2" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import mmap

import jax
import jax.numpy as jnp
import numpy as np


def zeros_at(offset):
    page = np.frombuffer(mmap.mmap(-1, 8192), np.uint8)
    return page[offset : offset + 4000].view(np.float32)


for start in (0, 16):
    for name, take in {
        "device_put": jax.device_put,
        "device_put(may_alias=False)": lambda array: jax.device_put(array, may_alias=False),
        "asarray": jnp.asarray,
    }.items():
        batch = zeros_at(start)
        taken = take(batch)
        taken.block_until_ready()
        batch[:] = 7
        print("begins at", start, name, "changed" if taken[0] == 7 else "kept")
EOF
)
echo "$seen"
[ "$seen" = "begins at 0 device_put changed
begins at 0 device_put(may_alias=False) changed
begins at 0 asarray kept
begins at 16 device_put kept
begins at 16 device_put(may_alias=False) kept
begins at 16 asarray kept" ] ||
  { echo "changed: device_put copies an array that can be written to" >&2; exit 1; }
