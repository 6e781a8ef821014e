#!/usr/bin/env bash
# Expected: `allowed_cell_metadata_keys = "nbgrader tags"` in [tool.nbdev] means what it meant in settings.ini, or is refused as no list.
# Seen:     the text is added to a set, so its letters become the allowed keys, and `nbdev-clean` strips the metadata, with exit code 0 and no
#           word. It has to be a list: ["nbgrader", "tags"].
# Costs:    metadata that other programs keep in notebooks, and the search for who removed it.
# Versions: nbdev 3.3.26, fastcore 2.2.41, Python 3.11.7.
# Source:   `clean_nb` in nbdev/clean.py: `cell_metadata_keys.update(allowed_cell_metadata_keys)`.
#
# Output seen:
#   "nbgrader tags": a cell that had the metadata n, nbgrader, tags keeps: n
#   ["nbgrader", "tags"]: a cell that had the metadata n, nbgrader, tags keeps: nbgrader tags
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbdev==3.3.26 fastcore==2.2.41

mkdir -p "$folder/project/nbs"
cd "$folder/project"
kept_with() {
    printf '[project]\nname = "demo"\nversion = "0.1"\n\n[tool.nbdev]\nallowed_cell_metadata_keys = %s\n' "$1" > pyproject.toml
    cat > nbs/index.ipynb <<'EOF'
{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "outputs": [], "source": "1",
            "metadata": {"n": 1, "nbgrader": {"grade_id": "a"}, "tags": ["keep"]}}],
 "metadata": {"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
EOF
    "$folder/venv/bin/nbdev-clean"
    "$folder/venv/bin/python" -c 'import json; print(*json.load(open("nbs/index.ipynb"))["cells"][0]["metadata"])'
}

as_text=$(kept_with '"nbgrader tags"')
as_list=$(kept_with '["nbgrader", "tags"]')
echo "\"nbgrader tags\": a cell that had the metadata n, nbgrader, tags keeps: $as_text"
echo "[\"nbgrader\", \"tags\"]: a cell that had the metadata n, nbgrader, tags keeps: $as_list"
[ "$as_text" = "n" ] && [ "$as_list" = "nbgrader tags" ] || { echo "changed: a text is not taken letter by letter any more" >&2; exit 1; }
