#!/usr/bin/env bash
# Expected: `default_rng(0).normal(size=8)` has the same numbers however it is cut into chunks; chunks say how it is computed.
# Seen:     each chunk has a generator of its own: the second half is another one, and of two arrays asked for one after the other the second changes
#           with the chunks of the first.
# Costs:    a run with other chunks, or on a machine where "auto" chooses others, has other noise, other initial weights and another split, with the same
#           seed. Draw with NumPy and cut afterwards (`da.from_array`), or write the chunks down with the seed.
# Versions: dask 2026.8.0, numpy 2.4.6, Python 3.11.7.
# Source:   dask/array/random.py, _wrap_func: a bit generator for each chunk is spawned from the seed.
#
# Output seen:
#   first half equal: True
#   second half equal: False
#   next array equal: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "dask[array]==2026.8.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import dask.array as da

whole, halves = (da.random.default_rng(0).normal(size=8, chunks=length).compute() for length in (8, 4))
print("first half equal:", bool((whole[:4] == halves[:4]).all()))
print("second half equal:", bool((whole[4:] == halves[4:]).any()))
second = []
for length in (8, 4):
    generator = da.random.default_rng(0)
    generator.normal(size=8, chunks=length)
    second.append(generator.normal(size=8, chunks=8).compute())
print("next array equal:", bool((second[0] == second[1]).any()))
EOF
)
echo "$seen"
[ "$seen" = "first half equal: True
second half equal: False
next array equal: False" ] ||
  { echo "changed: the numbers do not depend on the chunks" >&2; exit 1; }
