#!/usr/bin/env bash
# Expected: `frame.sample(fraction=1.0, seed=0)` gives the rows in random order: in pandas it is the usual way to shuffle, and `sample(99, seed=0)` of 100 does.
# Seen:     a sample of all rows keeps their order; one of 99 is shuffled.
# Costs:    a program that came from pandas trains on data sorted by class, and a test with a smaller sample does not show it. Say shuffle=True.
# Versions: polars 2.1.0, pandas 3.1.1, Python 3.11.7.
# Source:   sample_n of all rows without replacement returns the frame itself; the parameter shuffle says that the order is not guaranteed.
#
# Output seen:
#   pandas, all shuffled
#   polars, 99 of 100 shuffled
#   polars, all in order
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0 pandas==3.1.1 numpy==2.4.6
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import pandas as pd
import polars as pl

rows = list(range(100))
for way, sampled in {
    "pandas, all": pd.DataFrame({"x": rows}).sample(frac=1.0, random_state=0)["x"].tolist(),
    "polars, 99 of 100": pl.DataFrame({"x": rows}).sample(99, seed=0)["x"].to_list(),
    "polars, all": pl.DataFrame({"x": rows}).sample(fraction=1.0, seed=0)["x"].to_list(),
}.items():
    print(way, "in order" if sampled == sorted(sampled) else "shuffled")
EOF
)
echo "$seen"
[ "$seen" = "pandas, all shuffled
polars, 99 of 100 shuffled
polars, all in order" ] ||
  { echo "changed: a sample of all rows is in random order" >&2; exit 1; }
