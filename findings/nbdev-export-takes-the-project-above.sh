#!/usr/bin/env bash
# Expected: in a project that still has settings.ini and no [tool.nbdev], `nbdev-export` stops with "Found old settings.ini. Migrate ...".
# Seen:     it does so only if no folder further up is a migrated project. Else it takes that one: it exports the outer project's notebooks, and
#           nothing of the project that it was called in, with exit code 0 and no word.
# Costs:    a package that seems not to change, and files written into somebody else's.
# Versions: nbdev 3.3.26, fastcore 2.2.41, Python 3.11.7.
# Source:   `_find_nbdev_pyproject` in nbdev/config.py: it looks through all folders above for [tool.nbdev] before it looks for settings.ini.
#
# Output seen:
#   called in inner, which has settings.ini; exit code 0; written:
#   outer/__init__.py
#   outer/_modidx.py
#   outer/exported.py
#   called in inner, moved out of outer: ValueError: Found old settings.ini. Migrate to pyproject.toml using `nbdev-migrate-config`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbdev==3.3.26 fastcore==2.2.41

mkdir -p "$folder/outer/nbs" "$folder/outer/inner/nbs"
cd "$folder/outer"
printf '[project]\nname = "outer"\nversion = "0.1"\n\n[tool.nbdev]\n' > pyproject.toml
printf '[DEFAULT]\nrepo = inner\nlib_name = inner\nlib_path = inner\nnbs_path = nbs\nuser = ada\nversion = 0.1\n' > inner/settings.ini
for nbs in nbs inner/nbs; do
    cat > $nbs/index.ipynb <<'EOF'
{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, "outputs": [], "source": "#| default_exp exported"},
           {"cell_type": "code", "id": "b", "execution_count": null, "metadata": {}, "outputs": [], "source": "#| export\nx = 1"}],
 "metadata": {"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
EOF
done

code=0
(cd inner && "$folder/venv/bin/nbdev-export") || code=$?
written=$(find . -name '*.py' | sed 's|^\./||' | LC_ALL=C sort)
printf 'called in inner, which has settings.ini; exit code %s; written:\n%s\n' "$code" "$written"
mv inner "$folder/inner"
cd "$folder/inner"
said=$("$folder/venv/bin/nbdev-export" 2>&1 | tail -n 1) || true
echo "called in inner, moved out of outer: ${said%% See *}"
[ "$code $(echo $written)" = "0 outer/__init__.py outer/_modidx.py outer/exported.py" ] && [[ $said == *"Found old settings.ini"* ]] ||
    { echo "changed: nbdev-export does not take the project above like that any more" >&2; exit 1; }
