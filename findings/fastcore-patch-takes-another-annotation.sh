#!/usr/bin/env bash
# Expected: `@patch` on a function whose first parameter has no annotation is refused; fastcore 2 has a message for that ("@patch requires the
#           first parameter of `f` to have a type annotation").
# Seen:     it is refused only if nothing at all is annotated. Else the first annotation that there is names the class: another parameter's, or
#           what the function returns. The method lands in that class without a word.
# Costs:    "object has no attribute", far from the cell that forgot `self: Loader`.
# Versions: fastcore 2.2.41, Python 3.11.7.
# Source:   `patch` in fastcore/basics.py takes the first value of the function's `__annotations__`.
#
# Output seen:
#   def batch(self) -> Batch: a method of Batch
#   def join(self, other: Loader): a method of Loader
#   def plain(self): TypeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fastcore==2.2.41

seen=$("$folder/venv/bin/python" - <<'EOF'
from fastcore.basics import patch

class Loader: pass
class Batch: pass

def owner(name):
    return " and ".join(kind.__name__ for kind in (Loader, Batch) if name in vars(kind)) or "neither"

@patch
def batch(self) -> Batch: return Batch()
print("def batch(self) -> Batch: a method of", owner("batch"))

@patch
def join(self, other: Loader): return self
print("def join(self, other: Loader): a method of", owner("join"))

try:
    @patch
    def plain(self): return self
except TypeError as error:
    print("def plain(self):", type(error).__name__)
EOF
)
echo "$seen"
[ "$seen" = "def batch(self) -> Batch: a method of Batch
def join(self, other: Loader): a method of Loader
def plain(self): TypeError" ] || { echo "changed: @patch does not take another annotation like that any more" >&2; exit 1; }
