#!/usr/bin/env bash
# Expected: a structured array that msgpack-numpy packs and unpacks has the fields that it had.
# Seen:     where fields are aligned or left out, the gap between them comes back as one more field, `f0` or `f1`, of raw bytes. After `records[["value"]]` the field
#           that was left out is in the message, under that name.
# Costs:    records in a C struct's layout change their type on the way to another process: `np.concatenate` with records that stayed there raises,
#           a loop over `dtype.names` meets a column that nobody made, and a column that was left out because it is private is sent all the same.
# Versions: msgpack-numpy 0.4.8, msgpack 1.2.4, numpy 2.4.6, Python 3.11.7.
# Source:   `encode` in msgpack_numpy.py sends `dtype.descr`, which NumPy fills up with fields of type V for gaps, and `decode` makes a dtype of it, where an empty
#           name becomes f and a number.
#
# Output seen:
#   aligned, before: ('label', 'value')
#   aligned, after: ('label', 'f1', 'value')
#   one field of two, before: ('value',)
#   one field of two, after: ('f0', 'value') [b'\x01', b'\x02']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgpack-numpy==0.4.8 msgpack==1.2.4 numpy==2.4.6
seen=$("$folder/venv/bin/python" - <<'EOF'
import msgpack_numpy
import numpy as np


def sent(records):
    return msgpack_numpy.unpackb(msgpack_numpy.packb(records))


fields = [("label", "u1"), ("value", "f8")]
aligned = np.array([(1, 0.5), (2, 0.25)], np.dtype(fields, align=True))
print("aligned, before:", aligned.dtype.names)
print("aligned, after:", sent(aligned).dtype.names)
chosen = np.array([(1, 0.5), (2, 0.25)], fields)[["value"]]
print("one field of two, before:", chosen.dtype.names)
print("one field of two, after:", sent(chosen).dtype.names, [gap.tobytes() for gap in sent(chosen)["f0"]])
EOF
)
echo "$seen"
[ "$seen" = "aligned, before: ('label', 'value')
aligned, after: ('label', 'f1', 'value')
one field of two, before: ('value',)
one field of two, after: ('f0', 'value') [b'\\x01', b'\\x02']" ] ||
  { echo "changed: padding is no field after a round trip" >&2; exit 1; }
