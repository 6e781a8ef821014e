#!/usr/bin/env bash
# Expected: an exception in a function of an SPDL pipeline reaches whoever iterates, as in DataLoader.
# Seen:     the sample is left out, the error goes to the log, and the pipeline ends as if all were well.
# Costs:    a path that is wrong for a third of the files makes epochs a third shorter, and only the log knows.
# Versions: spdl 0.8.0, Python 3.11.7.
# Source:   `except Exception: pass` beside the fail counter in spdl/pipeline/_components/_pipe.py.
#
# Output seen:
#   [1, 2, 4, 5, 7, 8]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check spdl==0.8.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from spdl.pipeline import PipelineBuilder


def decode(number):
    if number % 3 == 0:
        raise ValueError(f"file {number} cannot be read")
    return number


pipeline = PipelineBuilder().add_source(range(9)).pipe(decode).add_sink(2).build(num_threads=1)
with pipeline.auto_stop():
    print(list(pipeline))
EOF
)
echo "$seen"
[ "$seen" = "[1, 2, 4, 5, 7, 8]" ] ||
  { echo "changed: errors are raised" >&2; exit 1; }
