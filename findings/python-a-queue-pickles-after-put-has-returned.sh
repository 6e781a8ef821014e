#!/usr/bin/env bash
# Expected: `queue.put(batch)` of multiprocessing pickles the batch before it returns, and a thread in the background only writes it, as the documentation has it;
#           so the buffer can be filled anew.
# Seen:     the background thread pickles it, later: of fifty batches that are written one after the other into one buffer, some arrive twice and others not at
#           all. `SimpleQueue.put` pickles at once, with the same buffer in each call.
# Costs:    a worker process that reuses its buffer sends some batches twice and leaves others out, others in each run. Put `batch.copy()`.
# Versions: Python 3.11.7, numpy 2.4.6.
# Source:   Lib/multiprocessing/queues.py: put appends the object itself to a buffer, and _feed, in the thread QueueFeederThread, calls _ForkingPickler.dumps.
#           CPython's issue 109554 names the thread; the sentence is in the documentation of multiprocessing.Queue.
#
# Output seen:
#   pickled in MainThread
#     the fifty batches arrive as they were: True
#   pickled in QueueFeederThread
#     the fifty batches arrive as they were: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import multiprocessing
import threading

import numpy as np


class Where:
    "Is unpickled as the name of the thread that pickled it."

    def __reduce__(self):
        return str, (threading.current_thread().name,)


for kind in (multiprocessing.SimpleQueue, multiprocessing.Queue):
    queue = kind()
    queue.put(Where())
    print("pickled in", queue.get())
    buffer = np.zeros(4)
    for number in range(50):
        buffer[:] = number
        queue.put(buffer)
    arrived = [int(queue.get()[0]) for _ in range(50)]
    print("  the fifty batches arrive as they were:", arrived == list(range(50)))
EOF
)
echo "$seen"
[ "$seen" = "pickled in MainThread
  the fifty batches arrive as they were: True
pickled in QueueFeederThread
  the fifty batches arrive as they were: False" ] ||
  { echo "changed: a batch is pickled when it is put" >&2; exit 1; }
