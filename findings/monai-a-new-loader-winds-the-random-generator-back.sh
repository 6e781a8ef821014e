#!/usr/bin/env bash
# Expected: a shuffled MONAI `DataLoader` that is made anew for each epoch gives a new order each time, as PyTorch's does.
# Seen:     each has the first one's order. To make a loader without workers sets PyTorch's generator back to where its seed had put it, also for all other random
#           numbers of the program.
# Costs:    who makes the loader in the epoch's loop, as for a dataset that changes, trains on one order; and each loader, one for validation too, makes dropout and noise
#           that are drawn after it repeat themselves.
# Versions: monai 1.6.1, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `_g.manual_seed(init_seed)` in `DataLoader.__init__` in monai/data/dataloader.py.
#
# Output seen:
#   PyTorch, three epochs, orders: 3
#   MONAI, three epochs, orders: 1
#   MONAI with a worker, three epochs, orders: 3
#   numbers before and after a loader is made: the same
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check monai==1.6.1 torch==2.13.0 numpy==2.4.6
cd "$folder"
cat > seen.py <<'EOF'
import monai.data
import torch


def count_orders(make_loader, **how):
    torch.manual_seed(0)
    data = monai.data.Dataset(range(100))
    return len({tuple(int(batch) for batch in make_loader(data, shuffle=True, **how)) for _ in range(3)})


if __name__ == "__main__":
    print("PyTorch, three epochs, orders:", count_orders(torch.utils.data.DataLoader))
    print("MONAI, three epochs, orders:", count_orders(monai.data.DataLoader))
    print("MONAI with a worker, three epochs, orders:", count_orders(monai.data.DataLoader, num_workers=1))
    torch.manual_seed(0)
    before = torch.rand(100)
    monai.data.DataLoader(monai.data.Dataset(range(10)))
    print("numbers before and after a loader is made:", "the same" if torch.equal(before, torch.rand(100)) else "others")
EOF
seen=$("$folder/venv/bin/python" -W ignore seen.py 2> /dev/null)
echo "$seen"
[ "$seen" = "PyTorch, three epochs, orders: 3
MONAI, three epochs, orders: 1
MONAI with a worker, three epochs, orders: 3
numbers before and after a loader is made: the same" ] ||
  { echo "changed: a new loader leaves the generator as it is" >&2; exit 1; }
