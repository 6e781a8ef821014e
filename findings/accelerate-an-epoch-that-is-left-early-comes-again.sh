#!/usr/bin/env bash
# Expected: with shuffle=True, each `for` over a prepared DataLoader has another order, also when the loop breaks after some batches, as with a plain one.
# Seen:     with use_seedable_sampler=True, which is there for runs that can be repeated, the order changes only after a loop that came to its end.
#           Broken off after 2 of 4 batches, every epoch has the same six samples; the others are never seen.
# Costs:    a limit of steps per epoch, or a quick evaluation on some batches, takes the same samples for ever. Call `set_epoch` before each loop.
# Versions: accelerate 1.15.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `DataLoaderShard.__iter__` sets the sampler's epoch to `self.iteration`, and adds 1 to it after its last batch only (accelerate/data_loader.py).
#
# Output seen:
#   use_seedable_sampler False epoch 1 [[6, 11, 9], [8, 2, 1]]
#   use_seedable_sampler False epoch 2 [[8, 11, 9], [5, 10, 4]]
#   use_seedable_sampler False epoch 3 [[5, 3, 11], [1, 2, 0]]
#   use_seedable_sampler True epoch 1 [[8, 0, 5], [9, 7, 4]]
#   use_seedable_sampler True epoch 2 [[8, 0, 5], [9, 7, 4]]
#   use_seedable_sampler True epoch 3 [[8, 0, 5], [9, 7, 4]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check accelerate==1.15.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from accelerate import Accelerator
from accelerate.utils import DataLoaderConfiguration, set_seed
from torch.utils.data import DataLoader

for seedable in (False, True):
    set_seed(0)
    accelerator = Accelerator(cpu=True, dataloader_config=DataLoaderConfiguration(use_seedable_sampler=seedable))
    loader = accelerator.prepare(DataLoader(range(12), batch_size=3, shuffle=True))
    for epoch in (1, 2, 3):
        batches = []
        for batch in loader:
            batches.append(batch.tolist())
            if len(batches) == 2:
                break
        print("use_seedable_sampler", seedable, "epoch", epoch, batches)
EOF
)
echo "$seen"
[ "$seen" = "use_seedable_sampler False epoch 1 [[6, 11, 9], [8, 2, 1]]
use_seedable_sampler False epoch 2 [[8, 11, 9], [5, 10, 4]]
use_seedable_sampler False epoch 3 [[5, 3, 11], [1, 2, 0]]
use_seedable_sampler True epoch 1 [[8, 0, 5], [9, 7, 4]]
use_seedable_sampler True epoch 2 [[8, 0, 5], [9, 7, 4]]
use_seedable_sampler True epoch 3 [[8, 0, 5], [9, 7, 4]]" ] ||
  { echo "changed: an epoch that was left early is followed by another one" >&2; exit 1; }
