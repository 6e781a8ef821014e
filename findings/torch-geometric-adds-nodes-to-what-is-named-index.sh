#!/usr/bin/env bash
# Expected: what a graph carries besides nodes and edges, such as `class_index`, comes through PyTorch Geometric's `DataLoader` as it is, in a longer tensor.
# Seen:     whatever has "index" in its name is taken for indices of nodes: the number of nodes of all graphs before it in the batch is added. The same values named
#           `label` stay.
# Costs:    with labels, rows of a table or positions in a dataset under such a name, the first graph of each batch is right and all others are not; the numbers are often
#           still in range, so a model trains on wrong labels.
# Versions: torch-geometric 2.8.1, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `Data.__inc__` in torch_geometric/data/data.py asks whether "index" is in the name; a subclass can override it.
#
# Output seen:
#   label: [0, 1, 2]
#   class_index: [0, 4, 8]
#   index, an int: [0, 4, 8]
#   taken apart again: [0, 1, 2]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch-geometric==2.8.1 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import torch
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader

graphs = [
    Data(x=torch.zeros(3, 1), label=torch.tensor([number]), class_index=torch.tensor([number]), index=number)
    for number in range(3)
]
batch = next(iter(DataLoader(graphs, batch_size=3)))
print("label:", batch.label.tolist())
print("class_index:", batch.class_index.tolist())
print("index, an int:", batch.index.tolist())
print("taken apart again:", [int(graph.class_index) for graph in batch.to_data_list()])
EOF
)
echo "$seen"
[ "$seen" = "label: [0, 1, 2]
class_index: [0, 4, 8]
index, an int: [0, 4, 8]
taken apart again: [0, 1, 2]" ] ||
  { echo "changed: only indices of nodes are counted on" >&2; exit 1; }
