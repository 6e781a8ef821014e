#!/usr/bin/env bash
# Expected: `map(..., with_indices=True)` gives each row of a stream the index it has there, or at least one of its own.
# Seen:     each worker of a DataLoader counts its own rows from 0: of ten rows, two have the index 0. In a dataset that is not a stream all is well.
# Costs:    the index is taken for an id (for predictions, caches, duplicates): half of the ids are wrong, and results of one row overwrite those of another.
# Versions: datasets 5.2.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   MappedExamplesIterable counts from 0 in each copy, and each worker has one (datasets/iterable_dataset.py, MappedExamplesIterable._iter).
#
# Output seen:
#   dataset 0 workers [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
#   dataset 2 workers [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
#   stream 0 workers [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
#   stream 2 workers [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import datasets
from torch.utils.data import DataLoader

rows = datasets.Dataset.from_dict({"x": list(range(10))})
for kind, data in (("dataset", rows), ("stream", rows.to_iterable_dataset(num_shards=2))):
    numbered = data.map(lambda row, index: {"index": index}, with_indices=True)
    for workers in (0, 2):
        print(kind, workers, "workers", sorted(int(row["index"][0]) for row in DataLoader(numbered, num_workers=workers)))
EOF
)
echo "$seen"
[ "$seen" = "dataset 0 workers [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
dataset 2 workers [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
stream 0 workers [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
stream 2 workers [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]" ] ||
  { echo "changed: each row has an index of its own" >&2; exit 1; }
