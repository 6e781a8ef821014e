#!/usr/bin/env bash
# Expected: with `shardshuffle=100` the shards come in another order in each epoch.
# Seen:     each epoch has the order of the first one; only another process has another. `detshuffle=True`, which sounds like the opposite, changes it in each epoch.
# Costs:    training sees its shards in one order for all epochs, and nothing shows it, since two runs differ. Use detshuffle=True, or resampled=True.
# Versions: webdataset 1.0.2, Python 3.11.7.
# Source:   WebDataset draws one seed when it is made (webdataset/compat.py), and `_shuffle` in webdataset/filters.py begins anew with it in each epoch.
#
# Output seen:
#   {} epochs of one order
#   {'detshuffle': True} epochs of different orders
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check webdataset==1.0.2 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import webdataset

for number in range(8):
    with webdataset.TarWriter(f"shard-{number}.tar") as writer:
        writer.write({"__key__": str(number), "txt": ""})
for options in ({}, {"detshuffle": True}):
    dataset = webdataset.WebDataset("shard-{0..7}.tar", shardshuffle=100, **options)
    first, second, third = ([sample["__key__"] for sample in dataset] for _ in range(3))
    print(options, "epochs", "of one order" if first == second == third else "of different orders")
EOF
)
echo "$seen"
[ "$seen" = "{} epochs of one order
{'detshuffle': True} epochs of different orders" ] ||
  { echo "changed: the order of the shards changes with each epoch" >&2; exit 1; }
