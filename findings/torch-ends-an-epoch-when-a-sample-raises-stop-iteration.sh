#!/usr/bin/env bash
# Expected: a StopIteration that escapes from a dataset's `__getitem__`, as of `next(iterator)` once a file has no more lines, ends the program with an error, as
#           it does in a generator (RuntimeError, PEP 479).
# Seen:     the epoch ends there, with and without workers. The loop over the loader is through after 2 of 5 batches, as if these were all, and the samples of the
#           batch that was begun are lost, too.
# Costs:    training goes on with a part of the data, and so does an evaluation: its mean is over other samples than was thought. Nothing is printed. Use
#           `next(iterator, None)`, or compare the number of batches with `len(loader)`.
# Versions: torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `__next__` of the loader's iterator calls the dataset itself and lets StopIteration through (torch/utils/data/dataloader.py); the worker processes'
#           exception is raised again there with its own type (torch/_utils.py, ExceptionWrapper.reraise).
#
# Output seen:
#   0 workers, 5 batches: [0, 1] [2, 3]
#   1 workers, 5 batches: [0, 1] [2, 3]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "torch==2.13.0" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from torch.utils.data import DataLoader


class Lines:
    def __init__(self):
        self.lines = iter(range(5))

    def __len__(self):
        return 10

    def __getitem__(self, index):
        return next(self.lines)


for workers in (0, 1):
    loader = DataLoader(Lines(), batch_size=2, num_workers=workers)
    print(f"{workers} workers, {len(loader)} batches:", *[batch.tolist() for batch in loader])
EOF
)
echo "$seen"
[ "$seen" = "0 workers, 5 batches: [0, 1] [2, 3]
1 workers, 5 batches: [0, 1] [2, 3]" ] ||
  { echo "changed: an escaped StopIteration is an error" >&2; exit 1; }
