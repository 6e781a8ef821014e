#!/usr/bin/env bash
# Expected: the fifth of the data that skorch keeps back for `valid_loss` is drawn at random, or is the last one, as in Keras.
# Seen:     it is the first one, each time, also with `iterator_train__shuffle=True`. For a classifier, it is the first fifth of each class.
# Costs:    of rows in the order of time, the net learns from the future and is judged on the past; of rows sorted by the target, it is judged on the smallest ones. Early
#           stopping and the choice of the best epoch follow that loss.
# Versions: skorch 1.4.0, torch 2.13.0, numpy 2.4.6, Python 3.11.7.
# Source:   `train_split=ValidSplit(5)` in skorch/net.py; ValidSplit in skorch/dataset.py takes the first part of scikit-learn's KFold, which does not shuffle.
#
# Output seen:
#   regressor: learns from [2, 3, 4, 5, 6, 7, 8, 9], is judged on [0, 1]
#   regressor that shuffles: learns from [2, 3, 4, 5, 6, 7, 8, 9], is judged on [0, 1]
#   classifier, two classes in turns: learns from [2, 3, 4, 5, 6, 7, 8, 9], is judged on [0, 1]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check skorch==1.4.0 torch==2.13.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import torch
from skorch import NeuralNetClassifier, NeuralNetRegressor

rows = np.arange(10, dtype=np.float32)[:, None]
given = {True: set(), False: set()}


class Net(torch.nn.Module):
    def __init__(self, outputs=1):
        super().__init__()
        self.layer = torch.nn.Linear(1, outputs)

    def forward(self, batch):
        given[self.training].update(batch.flatten().int().tolist())
        return self.layer(batch)


def fit(name, net, targets):
    for numbers in given.values():
        numbers.clear()
    net.fit(rows, targets)
    print(f"{name}: learns from {sorted(given[True])}, is judged on {sorted(given[False])}")


once = {"max_epochs": 1, "verbose": 0}
fit("regressor", NeuralNetRegressor(Net, **once), rows)
fit("regressor that shuffles", NeuralNetRegressor(Net, iterator_train__shuffle=True, **once), rows)
classifier = NeuralNetClassifier(Net, module__outputs=2, criterion=torch.nn.CrossEntropyLoss, **once)
fit("classifier, two classes in turns", classifier, np.arange(10) % 2)
EOF
)
echo "$seen"
[ "$seen" = "regressor: learns from [2, 3, 4, 5, 6, 7, 8, 9], is judged on [0, 1]
regressor that shuffles: learns from [2, 3, 4, 5, 6, 7, 8, 9], is judged on [0, 1]
classifier, two classes in turns: learns from [2, 3, 4, 5, 6, 7, 8, 9], is judged on [0, 1]" ] ||
  { echo "changed: another part of the data is kept back" >&2; exit 1; }
