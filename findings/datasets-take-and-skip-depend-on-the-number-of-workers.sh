#!/usr/bin/env bash
# Expected: `stream.take(4)` and `stream.skip(4)` are the first four samples and the others, whatever number of workers a DataLoader has.
# Seen:     each worker takes or skips a share of the four from its own shards. A validation loader without workers and a training loader with two
#           have samples in common, and other samples are in neither.
# Costs:    the usual split of a stream leaks, as training has workers and validation often none, and nothing fails. Split by shards or files, or give both loaders as many workers.
# Versions: datasets 5.2.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   in a worker, TakeExamplesIterable and SkipExamplesIterable divide n among the workers (datasets/iterable_dataset.py, shard_data_sources).
#
# Output seen:
#   workers 0 0 validation {0, 1, 2, 3} in both {} in neither {}
#   workers 0 2 validation {0, 1, 2, 3} in both {2, 3} in neither {5, 6}
#   workers 2 2 validation {0, 1, 5, 6} in both {} in neither {}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import datasets
from torch.utils.data import DataLoader

stream = datasets.Dataset.from_dict({"x": list(range(10))}).to_iterable_dataset(num_shards=2)
for valid_workers, train_workers in ((0, 0), (0, 2), (2, 2)):
    loaders = DataLoader(stream.take(4), num_workers=valid_workers), DataLoader(stream.skip(4), num_workers=train_workers)
    valid, train = ({int(row["x"][0]) for row in loader} for loader in loaders)
    print(f"workers {valid_workers} {train_workers} validation {valid} in both {valid & train or {}} in neither {set(range(10)) - valid - train or {}}")
EOF
)
echo "$seen"
[ "$seen" = "workers 0 0 validation {0, 1, 2, 3} in both {} in neither {}
workers 0 2 validation {0, 1, 2, 3} in both {2, 3} in neither {5, 6}
workers 2 2 validation {0, 1, 5, 6} in both {} in neither {}" ] ||
  { echo "changed: the split does not depend on the workers" >&2; exit 1; }
