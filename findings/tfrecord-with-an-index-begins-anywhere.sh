#!/usr/bin/env bash
# Expected: the package tfrecord reads a file in its order, unless it is asked to shuffle; an index only lets workers share the file.
# Seen:     with an index and without a worker, each epoch begins at a record drawn by NumPy's generator, goes on to the end, and then from the beginning to there. No option
#           is needed for that, and none turns it off. Without an index, the order is the file's.
# Costs:    predictions made in the loader's order do not belong to the rows of the file that they are compared with. With workers, each reads its part from its beginning, so
#           it is seen in one setting and not in the other.
# Versions: tfrecord 1.14.6, protobuf 7.36.2, numpy 2.4.6, Python 3.11.7.
# Source:   `offset = np.random.choice(index)` in tfrecord_iterator in tfrecord/reader.py, where no shard is asked for.
#
# Output seen:
#   without an index: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
#   with an index, four epochs: [5, 0, 3, 3]
#   with an index, one of them: [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]
#   with an index, the only shard: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tfrecord==1.14.6 protobuf==7.36.2 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
from tfrecord.reader import tfrecord_loader
from tfrecord.tools.tfrecord2idx import create_index
from tfrecord.writer import TFRecordWriter

writer = TFRecordWriter("rows.tfrecord")
for row in range(10):
    writer.write({"row": (row, "int")})
writer.close()
create_index("rows.tfrecord", "rows.index")


def read(index, **how):
    return [int(sample["row"][0]) for sample in tfrecord_loader("rows.tfrecord", index, {"row": "int"}, **how)]


np.random.seed(0)
print("without an index:", read(None))
epochs = [read("rows.index") for _ in range(4)]
print("with an index, four epochs:", [epoch[0] for epoch in epochs])
print("with an index, one of them:", epochs[0])
print("with an index, the only shard:", read("rows.index", shard=(0, 1)))
EOF
)
echo "$seen"
[ "$seen" = "without an index: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
with an index, four epochs: [5, 0, 3, 3]
with an index, one of them: [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]
with an index, the only shard: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]" ] ||
  { echo "changed: a file with an index is read in its order" >&2; exit 1; }
