#!/usr/bin/env bash
# Expected: `nbdev-migrate-config` carries every setting of settings.ini that nbdev 3 still reads over to pyproject.toml, or names those that
#           it leaves out; it says "You can now delete settings.ini".
# Seen:     it leaves out `allowed_cell_metadata_keys` without a word. The next `nbdev-clean` strips that metadata from all notebooks.
# Costs:    metadata that other programs keep in notebooks, such as nbgrader's grade_ids and points, is gone.
# Versions: nbdev 3.3.26, fastcore 2.2.41, Python 3.11.7.
# Source:   `nbdev_migrate_config` in nbdev/migrate.py; `_nbdev_clean` in nbdev/clean.py reads the setting.
#
# Output seen:
#   Created pyproject.toml. You can now delete settings.ini and setup.py (if present)
#   allowed_cell_metadata_keys in settings.ini: 1, in pyproject.toml: 0
#   cells with nbgrader's metadata before nbdev-clean: 1, after: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbdev==3.3.26 fastcore==2.2.41

mkdir -p "$folder/project/nbs"
cd "$folder/project"
cat > settings.ini <<'EOF'
[DEFAULT]
repo = demo
lib_name = demo
lib_path = demo
nbs_path = nbs
user = ada
author = Ada
author_email = ada@example.org
description = A demonstration
keywords = demo
license = mit
status = 3
min_python = 3.11
version = 0.1
branch = main
allowed_cell_metadata_keys = nbgrader
EOF
cat > nbs/index.ipynb <<'EOF'
{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {"nbgrader": {"grade_id": "a"}}, "outputs": [], "source": "1"}],
 "metadata": {"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
EOF

count() { grep -c "$1" "$2" || true; }
"$folder/venv/bin/nbdev-migrate-config"
migrated=$(count allowed_cell_metadata_keys pyproject.toml)
echo "allowed_cell_metadata_keys in settings.ini: $(count allowed_cell_metadata_keys settings.ini), in pyproject.toml: $migrated"
before=$(count '"nbgrader"' nbs/index.ipynb)
"$folder/venv/bin/nbdev-clean"
after=$(count '"nbgrader"' nbs/index.ipynb)
echo "cells with nbgrader's metadata before nbdev-clean: $before, after: $after"
[ "$migrated $before $after" = "0 1 0" ] || { echo "changed: the setting is not lost any more" >&2; exit 1; }
