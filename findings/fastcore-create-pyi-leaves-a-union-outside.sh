#!/usr/bin/env bash
# Expected: `create_pyi` writes a method that `@patch` adds to `A | B` into both classes, as it does for the tuple `(A, B)`, and as `@patch` itself does.
# Seen:     it stays a function at the end of the stub, with its decorator, and the classes lack it.
# Costs:    a type checker and an editor say that the method does not exist, while it works; the stub that nbdev writes looks complete. Write the tuple.
# Versions: fastcore 2.2.41, Python 3.11.7.
# Source:   py2pyi looks for a name or a tuple in the first argument's annotation, and `A | B` is a binary operation (fastcore/py2pyi.py).
#
# Output seen:
#   class A has by_tuple
#   class B has by_tuple
#   outside: by_union
#   A has by_union: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fastcore==2.2.41
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import ast
from pathlib import Path

from fastcore.py2pyi import create_pyi

Path("module.py").write_text("""
from fastcore.basics import patch

class A: pass
class B: pass

@patch
def by_tuple(self: (A, B)): "Patched into both."
@patch
def by_union(self: A | B): "Patched into both."
""")
create_pyi("module.py")
for part in ast.parse(Path("module.pyi").read_text()).body:
    if isinstance(part, ast.ClassDef):
        print("class", part.name, "has", *(method.name for method in part.body if hasattr(method, "name")))
    elif isinstance(part, ast.FunctionDef):
        print("outside:", part.name)
namespace = {}
exec(Path("module.py").read_text(), namespace)
print("A has by_union:", hasattr(namespace["A"], "by_union"))
EOF
)
echo "$seen"
[ "$seen" = "class A has by_tuple
class B has by_tuple
outside: by_union
A has by_union: True" ] ||
  { echo "changed: the method is in both classes" >&2; exit 1; }
