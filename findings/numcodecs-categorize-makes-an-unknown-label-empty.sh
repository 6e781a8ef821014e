#!/usr/bin/env bash
# Expected: `Categorize(labels=["cat", "dog"])` refuses a label that is not in its list, as an enumeration does.
# Seen:     it is encoded as 0 and read back as the empty text; nothing is raised.
# Costs:    classes that a later part of the data brings, and labels with another spelling, are gone once the array is stored: nothing of them is in the file.
#           Compare `set(labels)` before writing.
# Versions: numcodecs 0.16.6, numpy 2.4.6, Python 3.11.7.
# Source:   numcodecs/categorize.py: encode begins with zeros and sets the places of each known label; decode leaves a code of 0 empty.
#
# Output seen:
#   [1, 0, 0, 2] ['cat', '', '', 'dog']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numcodecs==0.16.6" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numcodecs
import numpy as np

codec = numcodecs.Categorize(labels=["cat", "dog"], dtype=object)
encoded = codec.encode(np.array(["cat", "bird", "Dog", "dog"], dtype=object))
print(encoded.tolist(), codec.decode(encoded).tolist())
EOF
)
echo "$seen"
[ "$seen" = "[1, 0, 0, 2] ['cat', '', '', 'dog']" ] ||
  { echo "changed: an unknown label is refused" >&2; exit 1; }
