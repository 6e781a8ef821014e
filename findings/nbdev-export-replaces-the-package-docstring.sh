#!/usr/bin/env bash
# Expected: `nbdev-export` writes the modules that notebooks export, _modidx.py, and an __init__.py where there is none.
# Seen:     it also replaces the docstring of an __init__.py that somebody wrote, with a list of all modules whose docstrings have more than
#           three lines, hand-written ones too, and writes the same list into llms.txt beside the notebooks. No setting turns this off.
# Costs:    the text, if it was not committed; else a changed file after each export, and a "nothing may change" check that fails.
# Versions: nbdev 3.3.26, fastcore 2.2.41, Python 3.11.7. Version 2.4.14 of nbdev did not do it.
# Source:   `update_init_mdoc`, `_pkg_mods` and `update_llms_txt` in nbdev/config.py; AnswerDotAI/nbdev issues 1619 and 1634.
#
# Output seen:
#   """How to use this package, in the author's words."""
#   became
#   """Modules:
#
#   - `demo.by_hand`: A module without a notebook."""
#   and nbs/llms.txt was written
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbdev==3.3.26 fastcore==2.2.41

mkdir -p "$folder/project/demo" "$folder/project/nbs"
cd "$folder/project"
printf '[project]\nname = "demo"\nrequires-python = ">=3.11"\n\n[tool.nbdev]\n' > pyproject.toml
printf '"""How to use this package, in the author'\''s words."""\n\n__version__ = "0.1"\n' > demo/__init__.py
printf '"""A module without a notebook.\n\nIts docstring\nhas five lines.\n"""\n' > demo/by_hand.py
cat > nbs/code.ipynb <<'EOF'
{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, "outputs": [], "source": "#| default_exp exported"},
           {"cell_type": "code", "id": "b", "execution_count": null, "metadata": {}, "outputs": [], "source": "#| export\nx = 1"}],
 "metadata": {"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
EOF

before=$(grep '"""' demo/__init__.py)
"$folder/venv/bin/nbdev-export"
after=$("$folder/venv/bin/python" -c 'import demo; print(chr(34) * 3 + demo.__doc__ + chr(34) * 3)')
printf '%s\nbecame\n%s\n' "$before" "$after"
[ "$after" = '"""Modules:

- `demo.by_hand`: A module without a notebook."""' ] || { echo "changed: the docstring is not replaced like that any more" >&2; exit 1; }
[ -f nbs/llms.txt ] || { echo "changed: no llms.txt is written any more" >&2; exit 1; }
echo "and nbs/llms.txt was written"
