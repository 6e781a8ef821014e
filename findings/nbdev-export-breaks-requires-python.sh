#!/usr/bin/env bash
# Expected: `nbdev-export` does not touch pyproject.toml, or leaves a valid `requires-python` as it is.
# Seen:     it reads a lowest version out of `requires-python` by stripping ">" and "=" from its left, and writes ">=" before what is left:
#           "~=3.11" becomes ">=~=3.11". Only ">=..." comes through unchanged. `update_pyproject = false` in [tool.nbdev] prevents it.
# Costs:    the export ends with exit code 0, and the project can't be installed afterwards; pip's error names no culprit.
# Versions: nbdev 3.3.26, fastcore 2.2.41, Python 3.11.7.
# Source:   `ConfigToml.__init__` (min_python) and `update_proj` in nbdev/config.py.
#
# Output seen:
#   requires-python = "~=3.11"
#   became
#   requires-python = ">=~=3.11"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbdev==3.3.26 fastcore==2.2.41

mkdir -p "$folder/project/nbs"
cd "$folder/project"
printf '[project]\nname = "demo"\nversion = "0.1"\nrequires-python = "~=3.11"\n\n[tool.nbdev]\n' > pyproject.toml
cat > nbs/index.ipynb <<'EOF'
{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, "outputs": [], "source": "#| default_exp exported"},
           {"cell_type": "code", "id": "b", "execution_count": null, "metadata": {}, "outputs": [], "source": "#| export\nx = 1"}],
 "metadata": {"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
EOF

before=$(grep requires-python pyproject.toml)
"$folder/venv/bin/nbdev-export"
after=$(grep requires-python pyproject.toml)
printf '%s\nbecame\n%s\n' "$before" "$after"
[ "$after" = 'requires-python = ">=~=3.11"' ] || { echo "changed: requires-python is not rewritten like that any more" >&2; exit 1; }
