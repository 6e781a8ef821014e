#!/usr/bin/env bash
# Expected: `Dataset.from_generator` runs the generator, so it gives what the file holds now.
# Seen:     the rows of the first call come again: the cache is chosen by the function and its arguments, and a path stays the same when the file changes.
# Costs:    after data were mended on disk, training goes on with the old ones. Give the file's time or checksum as an argument, too.
# Versions: datasets 5.2.0, Python 3.11.7.
# Source:   the generator and gen_kwargs are hashed into the cache's name (datasets/io/generator.py, packaged_modules/generator).
#
# Output seen:
#   file: 1 2 rows: 1 2
#   file: 7 8 9 rows: 1 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from pathlib import Path

import datasets


def numbers(path):
    for word in Path(path).read_text().split():
        yield {"x": int(word)}


for text in ("1 2", "7 8 9"):
    Path("numbers.txt").write_text(text)
    made = datasets.Dataset.from_generator(numbers, gen_kwargs={"path": "numbers.txt"}, cache_dir="cache")
    print("file:", text, "rows:", *made["x"])
EOF
)
echo "$seen"
[ "$seen" = "file: 1 2 rows: 1 2
file: 7 8 9 rows: 1 2" ] ||
  { echo "changed: the generator is run again" >&2; exit 1; }
