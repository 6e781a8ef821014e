#!/usr/bin/env bash
# Expected: transforms whose `Compose` was given a seed with `set_random_state(seed=0)` give the same numbers in each new `DataLoader`, as they do without one.
# Seen:     MONAI's `DataLoader` gives the dataset's transforms another seed, from PyTorch's generator, when it is made, or in each worker: the seed that was set is lost.
#           That of a PyTorch `DataLoader` without workers keeps it.
# Costs:    a validation set with seeded random crops has other crops for each loader that is made over it, and the scores of two epochs or two models are of other data.
# Versions: monai 1.6.1, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `DataLoader.__init__` in monai/data/dataloader.py, which calls set_rnd on the dataset, and worker_init_fn in monai/data/utils.py.
#
# Output seen:
#   without a loader: the same
#   PyTorch's loader: the same
#   MONAI's loader: others
#   MONAI's loader with a worker: others
#   MONAI's loader after torch.manual_seed: the same
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check monai==1.6.1 torch==2.13.0 numpy==2.4.6
cd "$folder"
cat > seen.py <<'EOF'
import torch
from monai.data import DataLoader, Dataset
from monai.transforms import Compose, RandScaleIntensity


def make():
    transform = Compose([RandScaleIntensity(factors=0.5, prob=1.0)]).set_random_state(seed=0)
    return Dataset([torch.ones(1, 2, 2) for _ in range(8)], transform)


def seeded():
    torch.manual_seed(0)
    return DataLoader(make())


def compare(name, get_samples):
    first, second = ([float(sample.mean()) for sample in get_samples()] for _ in range(2))
    print(f"{name}:", "the same" if first == second else "others")


if __name__ == "__main__":
    compare("without a loader", lambda: (make()[index] for index in range(8)))
    compare("PyTorch's loader", lambda: torch.utils.data.DataLoader(make()))
    compare("MONAI's loader", lambda: DataLoader(make()))
    compare("MONAI's loader with a worker", lambda: DataLoader(make(), num_workers=1))
    compare("MONAI's loader after torch.manual_seed", seeded)
EOF
seen=$("$folder/venv/bin/python" -W ignore seen.py 2> /dev/null)
echo "$seen"
[ "$seen" = "without a loader: the same
PyTorch's loader: the same
MONAI's loader: others
MONAI's loader with a worker: others
MONAI's loader after torch.manual_seed: the same" ] ||
  { echo "changed: a loader keeps the seed of its transforms" >&2; exit 1; }
