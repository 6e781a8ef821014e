#!/usr/bin/env bash
# Expected: `gc.get_freeze_count()`, which gives a number that Python could keep, takes no time, as `gc.freeze()` takes none.
# Seen:     it goes through all frozen objects, one after the other: of thirty times as many, it takes more than ten times as long.
# Costs:    a server that freezes what it loaded, as the documentation of `gc.freeze` advises before a fork, has tens of thousands or more, and a call takes
#           up to milliseconds. A library that asks, to leave somebody else's frozen objects as they are, costs its caller more than what it does.
# Versions: Python 3.11.7; 3.12.1 and 3.13.0 as well, with ipykernel 7.4.0, whose kernel has that many.
# Source:   gc_get_freeze_count_impl and gc_list_size in CPython's Modules/gcmodule.c (from 3.13 on Python/gc.c): a loop over the permanent generation.
#
# Output seen:
#   a kernel has more than 20,000 objects: True
#   freezing takes as long: True
#   counting takes as long: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ipykernel==7.4.0
seen=$("$folder/venv/bin/python" - <<'EOF'
import gc
import ipykernel.ipkernel
from statistics import median
from time import perf_counter


def seconds(function):
    taken = []
    for _ in range(9):
        began = perf_counter()
        function()
        taken.append(perf_counter() - began)
    return median(taken)


print("a kernel has more than 20,000 objects:", len(gc.get_objects()) > 20_000)
kept, few = [], len(gc.get_objects())
many = 30 * few
gc.disable()
measured = {}
for count in (few, many):
    kept += [[] for _ in range(count - few)]
    measured[count] = seconds(gc.freeze), seconds(gc.get_freeze_count)
freezing, counting = (many_s / few_s for few_s, many_s in zip(measured[few], measured[many]))
print("freezing takes as long:", freezing < 10)
print("counting takes as long:", counting < 10)
EOF
)
echo "$seen"
[ "$seen" = "a kernel has more than 20,000 objects: True
freezing takes as long: True
counting takes as long: False" ] ||
  { echo "changed: to count frozen objects takes no time" >&2; exit 1; }
