#!/usr/bin/env bash
# Expected: all optimizers of torch refuse `lr=nan` with `Invalid learning rate`, as Adam does.
# Seen:     SGD takes it, and the first step makes every weight nan. It takes a momentum and a weight decay that are nan, too.
# Costs:    a schedule or a search that computes nan is noticed with Adam and not with SGD; the search for its source then begins in the model.
# Versions: torch 2.13.0, Python 3.11.7.
# Source:   `if lr < 0.0` in torch/optim/sgd.py, which nan passes; the others ask `if not 0.0 <= lr`.
#
# Output seen:
#   Adam Invalid learning rate: nan
#   RMSprop Invalid learning rate: nan
#   SGD weights [nan, nan]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import torch

weight = torch.ones(2, requires_grad=True)
for kind in (torch.optim.Adam, torch.optim.RMSprop, torch.optim.SGD):
    try:
        optimizer = kind([weight], lr=float("nan"))
        weight.sum().backward()
        optimizer.step()
        print(kind.__name__, "weights", weight.tolist())
    except ValueError as error:
        print(kind.__name__, error)
EOF
)
echo "$seen"
[ "$seen" = "Adam Invalid learning rate: nan
RMSprop Invalid learning rate: nan
SGD weights [nan, nan]" ] ||
  { echo "changed: SGD refuses nan" >&2; exit 1; }
