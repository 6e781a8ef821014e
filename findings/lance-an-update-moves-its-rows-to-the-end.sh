#!/usr/bin/env bash
# Expected: `update` changes values and leaves each row where it is, so that `take([1])` is the same sample as before.
# Seen:     the rows that were updated are written anew at the end, and all rows behind them move up.
# Costs:    lists of indices (a split, a sampler's state, labels in another file) point to other samples after one correction, without an error. Keep a column with ids, and look rows up by it.
# Versions: pylance 14.0.2, pyarrow 26.0.1, Python 3.11.7.
# Source:   an update deletes rows in their fragment and writes them into a new one; `take` counts the rows that are left.
#
# Output seen:
#   before a b c d take([1]) is b
#   after  a c d b take([1]) is c
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pylance==14.0.2 pyarrow==26.0.1
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import lance
import pyarrow as pa

samples = lance.write_dataset(pa.table({"id": ["a", "b", "c", "d"], "label": [0, 9, 0, 0]}), "samples.lance")
print("before", *samples.to_table()["id"].to_pylist(), "take([1]) is", *samples.take([1])["id"].to_pylist())
samples.update({"label": "1"}, where="label = 9")
print("after ", *samples.to_table()["id"].to_pylist(), "take([1]) is", *samples.take([1])["id"].to_pylist())
EOF
)
echo "$seen"
[ "$seen" = "before a b c d take([1]) is b
after  a c d b take([1]) is c" ] ||
  { echo "changed: rows stay where they are" >&2; exit 1; }
