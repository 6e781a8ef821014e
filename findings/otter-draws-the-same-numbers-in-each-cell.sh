#!/usr/bin/env bash
# Expected: with `seed` in otter_config.json the random numbers of a notebook are the same in each run: the first cell has its own, and the second one goes on.
# Seen:     the seed is set again at the beginning of each cell: the samples that two cells draw are equal, and a right answer that says they differ gets no point. Without `seed` it gets it.
# Costs:    a bootstrap or a split that is drawn over several cells is one sample, again and again. Students, who have no seed, see all their tests pass. Use `seed_variable`.
# Versions: otter-grader 7.0.0, ipykernel 7.4.0, numpy 2.4.6, Python 3.11.7.
# Source:   GradingPreprocessor.add_seeds writes `np.random.seed(...)` into each code cell (otter/execute/preprocessor.py); the reference calls it intercell seeding.
#
# Output seen:
#   seed None points 1.0 of 1.0
#   seed 42 points 0 of 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check otter-grader==7.0.0 ipykernel==7.4.0 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import json
import pathlib

import nbformat
from otter.api import grade_submission
from otter.generate import main as generate

cells = "import numpy as np", "train = np.random.permutation(1000)[:5]", "test = np.random.permutation(1000)[:5]"
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, "submission.ipynb")
case = {"code": ">>> bool((train == test).all())\nFalse", "hidden": False, "locked": False}
suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
pathlib.Path("tests").mkdir()
pathlib.Path("tests/differ.py").write_text(f"OK_FORMAT = True\ntest = {dict(name='differ', points=1, suites=[suite])}\n")
for config in ({}, {"seed": 42}):
    pathlib.Path("otter_config.json").write_text(json.dumps(config))
    generate(tests_dir="tests", output_path="autograder.zip", config="otter_config.json", no_environment=True)
    results = grade_submission("submission.ipynb", "autograder.zip", quiet=True)
    print(f"seed {config.get('seed')} points {results.total} of {results.possible}")
EOF
)
echo "$seen"
[ "$seen" = "seed None points 1.0 of 1.0
seed 42 points 0 of 1.0" ] ||
  { echo "changed: a second cell goes on with other random numbers" >&2; exit 1; }
