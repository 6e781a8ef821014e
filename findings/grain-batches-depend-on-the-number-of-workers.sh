#!/usr/bin/env bash
# Expected: Grain's DataLoader, which is made for repeatable runs, gives the same batches with 0 and with 2 workers.
# Seen:     each worker batches every second sample by itself: other batches, another order, and a short last batch for each worker.
# Costs:    a run cannot be repeated with another number of workers; with drop_remainder=True each worker drops its own remainder.
# Versions: grain 0.2.18, Python 3.11.7.
# Source:   each worker of grain's DataLoader takes its share of the indices and applies all operations to it, Batch too.
#
# Output seen:
#   0 [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
#   2 [[0, 2, 4, 6], [1, 3, 5, 7], [8], [9]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check grain==0.2.18 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pathlib
import subprocess
import sys

pathlib.Path("load.py").write_text('''
import grain.python as grain


class Numbers:
    def __len__(self):
        return 10

    def __getitem__(self, index):
        return index


if __name__ == "__main__":
    sampler = grain.IndexSampler(10, grain.NoSharding(), shuffle=False, num_epochs=1)
    for workers in (0, 2):
        batching = [grain.Batch(4)]
        loader = grain.DataLoader(data_source=Numbers(), sampler=sampler, worker_count=workers, operations=batching)
        print(workers, [batch.tolist() for batch in loader])
''')
print(subprocess.run([sys.executable, "-W", "ignore", "load.py"], capture_output=True, text=True).stdout.strip())
EOF
)
echo "$seen"
[ "$seen" = "0 [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
2 [[0, 2, 4, 6], [1, 3, 5, 7], [8], [9]]" ] ||
  { echo "changed: batches are the same" >&2; exit 1; }
