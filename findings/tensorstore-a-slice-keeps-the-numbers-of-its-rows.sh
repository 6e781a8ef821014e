#!/usr/bin/env bash
# Expected: as with NumPy, `store[5:15][7]` is row 12, `store[5:15][0]` is row 5, and `store[-1]` the last one.
# Seen:     `store[5:15][7]` is row 7 of the whole; `store[5:15][0]` and `store[-1]` raise IndexError.
# Costs:    a part of the samples, `store[5:15]`, with indices from 0 gives other samples wherever both ranges overlap, and raises only outside of that: a test
#           that looks at the middle sees numbers. Write `store[5:15].translate_to[0]`.
# Versions: tensorstore 0.1.86, numpy 2.4.6, Python 3.11.7.
# Source:   TensorStore's documentation, Indexing, "Differences compared to NumPy indexing": domains keep their origin, and indices are never counted from the end.
#
# Output seen:
#   x[5:15][7] NumPy: 12 TensorStore: 7
#   x[5:15][0] NumPy: 5 TensorStore: IndexError
#   x[-1] NumPy: 19 TensorStore: IndexError
#   x[5:15].translate_to[0][7] NumPy: AttributeError TensorStore: 12
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "tensorstore==0.1.86" "numpy==2.4.6"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import numpy as np
import tensorstore

rows = np.arange(20)
store = tensorstore.array(rows)
for text in ("x[5:15][7]", "x[5:15][0]", "x[-1]", "x[5:15].translate_to[0][7]"):
    answers = []
    for x in (rows, store):
        try:
            answers.append(str(int(np.asarray(eval(text)))))
        except (IndexError, AttributeError) as error:
            answers.append(type(error).__name__)
    print(text, "NumPy:", answers[0], "TensorStore:", answers[1])
EOF
)
echo "$seen"
[ "$seen" = "x[5:15][7] NumPy: 12 TensorStore: 7
x[5:15][0] NumPy: 5 TensorStore: IndexError
x[-1] NumPy: 19 TensorStore: IndexError
x[5:15].translate_to[0][7] NumPy: AttributeError TensorStore: 12" ] ||
  { echo "changed: a slice is numbered from 0" >&2; exit 1; }
