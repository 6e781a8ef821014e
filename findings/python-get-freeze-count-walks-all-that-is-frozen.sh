#!/usr/bin/env bash
# Expected: `gc.get_freeze_count()`, which gives a number that Python could keep, takes no time, as `gc.freeze()` takes none.
# Seen:     it goes through all frozen objects, one after the other: of a hundred times as many, it takes more than twenty times as long.
# Costs:    a server that freezes what it loaded, as the documentation of `gc.freeze` advises before a fork, has hundreds of thousands: milliseconds a
#           call. A library that asks, to leave somebody else's frozen objects as they are, costs its caller more than what it does.
# Versions: Python 3.11.7; 3.12.1 and 3.13.0 as well.
# Source:   gc_get_freeze_count_impl and gc_list_size in CPython's Modules/gcmodule.c (from 3.13 on Python/gc.c): a loop over the permanent generation.
#
# Output seen:
#   freezing takes as long: True
#   counting takes as long: False
set -euo pipefail
seen=$(python3 - <<'EOF'
import gc
from statistics import median
from time import perf_counter


def seconds(function):
    taken = []
    for _ in range(9):
        began = perf_counter()
        function()
        taken.append(perf_counter() - began)
    return median(taken)


kept, few, many = [], 10_000, 1_000_000
gc.disable()
measured = {}
for count in (few, many):
    kept += [[] for _ in range(count - len(kept))]
    measured[count] = seconds(gc.freeze), seconds(gc.get_freeze_count)
freezing, counting = (many_s / few_s for few_s, many_s in zip(measured[few], measured[many]))
print("freezing takes as long:", freezing < 20)
print("counting takes as long:", counting < 20)
EOF
)
echo "$seen"
[ "$seen" = "freezing takes as long: True
counting takes as long: False" ] ||
  { echo "changed: to count frozen objects takes no time" >&2; exit 1; }
