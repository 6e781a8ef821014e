#!/usr/bin/env bash
# Expected: with `concurrency=2`, a pipe gives its results in the order of its inputs, as DataLoader's workers do.
# Seen:     they come in the order in which they are ready, so a slow sample is moved behind.
# Costs:    predictions written beside the list of files go to the wrong file. `output_order="input"` keeps the order.
# Versions: spdl 0.8.0, Python 3.11.7.
# Source:   `output_order` is completion by default in spdl/pipeline/defs/_defs.py.
#
# Output seen:
#   {} [1, 0]
#   {'output_order': 'input'} [0, 1]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check spdl==0.8.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
from threading import Event

from spdl.pipeline import PipelineBuilder

second_done = Event()


def decode(number):
    if number == 0:
        second_done.wait(2)
    else:
        second_done.set()
    return number


for order in ({}, {"output_order": "input"}):
    second_done.clear()
    builder = PipelineBuilder().add_source(range(2)).pipe(decode, concurrency=2, **order).add_sink(2)
    pipeline = builder.build(num_threads=2)
    with pipeline.auto_stop():
        print(order, list(pipeline))
EOF
)
echo "$seen"
[ "$seen" = "{} [1, 0]
{'output_order': 'input'} [0, 1]" ] ||
  { echo "changed: the order is kept" >&2; exit 1; }
