#!/usr/bin/env bash
# Expected: after `load_state_dict` the rest of the interrupted epoch comes, and the next epochs are whole.
# Seen:     every further epoch begins at the same place: the samples before it never come again, unless set_epoch is called.
# Costs:    a training that was resumed goes through the end of its data only, for all its epochs. Call set_epoch before each epoch, also where nothing is shuffled.
# Versions: datasets 5.2.0, Python 3.11.7.
# Source:   `load_state_dict` keeps the state as _starting_state_dict, and each iterator begins with it (datasets/iterable_dataset.py).
#
# Output seen:
#   before the stop: 0 1 2 3
#   epoch 0 after the resume: 4 5
#   epoch 1 after the resume: 4 5
#   epoch 2 after the resume: 4 5
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import datasets

stream = datasets.Dataset.from_dict({"x": list(range(6))}).to_iterable_dataset()
samples = iter(stream)
print("before the stop:", *(next(samples)["x"] for _ in range(4)))
state = stream.state_dict()
resumed = datasets.Dataset.from_dict({"x": list(range(6))}).to_iterable_dataset()
resumed.load_state_dict(state)
for epoch in (0, 1, 2):
    print("epoch", epoch, "after the resume:", *(row["x"] for row in resumed))
EOF
)
echo "$seen"
[ "$seen" = "before the stop: 0 1 2 3
epoch 0 after the resume: 4 5
epoch 1 after the resume: 4 5
epoch 2 after the resume: 4 5" ] ||
  { echo "changed: the next epoch is whole" >&2; exit 1; }
