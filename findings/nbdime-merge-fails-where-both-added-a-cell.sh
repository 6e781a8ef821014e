#!/usr/bin/env bash
# Expected: where two people each added a cell at the same place, `nbmerge` writes the merged notebook with a conflict in that cell, or with the one cell if both
#           are equal.
# Seen:     it ends with a TypeError and writes nothing, even if both cells have the same text: their ids differ, as those of two new cells always do. In a
#           notebook of format 4.4, which has no ids, it writes the conflict. `--merge-strategy use-local` and its like still work.
# Costs:    the commonest merge of a course, a cell added at the end on both sides, can't be done with the inline strategy, which is the default and that of the
#           git driver. Merge with `use-local` and take the other cell by hand.
# Versions: nbdime 4.0.4, nbformat 5.11.1, Python 3.11.7.
# Source:   two cells that are added at one place are merged field by field, ids included (nbdime's issues 553 and 690 speak of ids in merges); what comes out as
#           id is no text, and nbformat's check for ids that come twice refuses it (nbformat/validator.py, _normalize).
#
# Output seen:
#   no ids, y = 2 ['x = 1', 'y = 2']
#   no ids, y = 3 ['x = 1', '<<<<<<< local\ny = 2\n=======\ny = 3\n>>>>>>> remote']
#   ids, y = 2 TypeError: unhashable type: 'NotebookNode'
#   ids, y = 3 TypeError: unhashable type: 'NotebookNode'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "nbdime==4.0.4" "nbformat==5.11.1"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook


def write(path, sources, with_ids):
    notebook = new_notebook(cells=[new_code_cell(source, id=f"{path[0]}-{number}") for number, source in enumerate(sources)])
    notebook.cells[0].id = "the-same"
    if not with_ids:
        notebook.nbformat_minor = 4
        for cell in notebook.cells:
            del cell["id"]
    nbformat.write(notebook, path)


for with_ids in (False, True):
    for theirs in ("y = 2", "y = 3"):
        Path("merged.ipynb").unlink(missing_ok=True)
        write("base.ipynb", ["x = 1"], with_ids)
        write("ours.ipynb", ["x = 1", "y = 2"], with_ids)
        write("theirs.ipynb", ["x = 1", theirs], with_ids)
        nbmerge = [sys.executable, "-m", "nbdime.nbmergeapp", "base.ipynb", "ours.ipynb", "theirs.ipynb", "--out", "merged.ipynb"]
        told = subprocess.run(nbmerge, capture_output=True, text=True).stderr
        if Path("merged.ipynb").exists():
            told = [cell.source for cell in nbformat.read("merged.ipynb", 4).cells]
        else:
            told = told.strip().splitlines()[-1]
        print("ids," if with_ids else "no ids,", theirs, told)
EOF
)
echo "$seen"
[ "$seen" = "no ids, y = 2 ['x = 1', 'y = 2']
no ids, y = 3 ['x = 1', '<<<<<<< local\\ny = 2\\n=======\\ny = 3\\n>>>>>>> remote']
ids, y = 2 TypeError: unhashable type: 'NotebookNode'
ids, y = 3 TypeError: unhashable type: 'NotebookNode'" ] ||
  { echo "changed: nbmerge writes a notebook" >&2; exit 1; }
