#!/usr/bin/env bash
# Expected: `Memory.cache` of a function that a function makes, such as `scale(2)` and `scale(10)`, keeps their results apart, or refuses it.
# Seen:     the second gets the result of the first, in the same run and in later ones: what an inner function captured counts neither as code nor as argument. Nobody warns.
# Costs:    a cached step of a data pipeline (a resize to a size, a normalisation) gives what another setting computed. Pass such values as arguments.
# Versions: joblib 1.6.0, Python 3.11.7.
# Source:   the cache is chosen by module, name and source of the function and by its arguments (joblib/func_inspect.py, get_func_name and get_func_code).
#
# Output seen:
#   2 times 3 is 6
#   10 times 3 is 6
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check joblib==1.6.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import joblib

memory = joblib.Memory("cache", verbose=0)


def scale(factor):
    def scaled(x):
        return factor * x

    return scaled


for factor in (2, 10):
    print(factor, "times 3 is", memory.cache(scale(factor))(3))
EOF
)
echo "$seen"
[ "$seen" = "2 times 3 is 6
10 times 3 is 6" ] ||
  { echo "changed: closures are kept apart" >&2; exit 1; }
