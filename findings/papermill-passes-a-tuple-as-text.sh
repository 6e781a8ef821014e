#!/usr/bin/env bash
# Expected: a parameter `size=(224, 224)` arrives in the notebook as a tuple or a list.
# Seen:     it arrives as the text '(224, 224)'; so do bytes. A list arrives as a list.
# Costs:    `len(size)` is 10, `size[0]` is a bracket, and a loop over it runs over letters: the error comes far from its cause, or not at all. Pass lists.
# Versions: papermill 2.7.0, Python 3.11.7.
# Source:   `Translator.translate` knows str, bool, int, float, dict and list and gives everything else as str (papermill/translators.py).
#
# Output seen:
#   list becomes: size = [224, 224]
#   tuple becomes: size = '(224, 224)'
#   bytes becomes: size = 'b'ab''
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check papermill==2.7.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from papermill.translators import translate_parameters

for size in ([224, 224], (224, 224), b"ab"):
    print(type(size).__name__, "becomes:", translate_parameters("python3", "python", {"size": size}).strip().splitlines()[-1].replace(chr(34), "'"))
EOF
)
echo "$seen"
[ "$seen" = "list becomes: size = [224, 224]
tuple becomes: size = '(224, 224)'
bytes becomes: size = 'b'ab''" ] ||
  { echo "changed: a tuple is translated" >&2; exit 1; }
