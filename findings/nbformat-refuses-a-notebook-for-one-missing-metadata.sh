#!/usr/bin/env bash
# Expected: `nbformat.reads` treats all deviations from the schema alike: it logs them and gives the notebook.
# Seen:     a cell without `metadata` is an error, and nothing of the file is read, while a cell without a source, without outputs or of an unknown type is taken.
# Costs:    one cell that a script or a language model wrote without metadata hides a whole notebook: a grader sees no submission. Add the missing metadata to the JSON before reading.
# Versions: nbformat 5.11.1, Python 3.11.7.
# Source:   `strip_transient` in nbformat/v4/rwbase.py pops from every cell's metadata before anything is validated, and nbformat/reader.py makes a ValidationError of the AttributeError.
#
# Output seen:
#   without a source 2 cells
#   of an unknown type 2 cells
#   without metadata The notebook is invalid and is missing an expected key: metadata
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbformat==5.11.1
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import json
import logging

import nbformat

logging.disable(logging.CRITICAL)
cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "text"}
for change, changed in {
    "without a source": {name: cell[name] for name in cell if name != "source"},
    "of an unknown type": cell | {"cell_type": "magic"},
    "without metadata": {name: cell[name] for name in cell if name != "metadata"},
}.items():
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell, changed]}
    try:
        print(change, len(nbformat.reads(json.dumps(content), as_version=4).cells), "cells")
    except nbformat.ValidationError as error:
        print(change, error.message)
EOF
)
echo "$seen"
[ "$seen" = "without a source 2 cells
of an unknown type 2 cells
without metadata The notebook is invalid and is missing an expected key: metadata" ] ||
  { echo "changed: a cell may lack its metadata" >&2; exit 1; }
