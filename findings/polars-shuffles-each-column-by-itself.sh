#!/usr/bin/env bash
# Expected: `frame.select(pl.all().shuffle())` shuffles the rows, as it does with `seed=1`; and `pl.set_random_seed` is as good as a seed.
# Seen:     without a seed of its own each column is shuffled in another order, so that rows are torn apart; set_random_seed does not change that.
# Costs:    images and labels no longer belong together, and training looks like data that can't be learnt. Use frame.sample(fraction=1, shuffle=True).
# Versions: polars 2.1.0, Python 3.11.7.
# Source:   each expression that `pl.all()` stands for draws a seed of its own unless one is given.
#
# Output seen:
#   pl.all().shuffle(seed=1) rows that are still together: all
#   pl.all().shuffle() rows that are still together: few
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import polars as pl

frame = pl.DataFrame({"image": range(100), "label": range(100)})
pl.set_random_seed(0)
for way, shuffled in {
    "pl.all().shuffle(seed=1)": frame.select(pl.all().shuffle(seed=1)),
    "pl.all().shuffle()": frame.select(pl.all().shuffle()),
}.items():
    together = sum(image == label for image, label in shuffled.rows())
    print(way, "rows that are still together:", "all" if together == 100 else "few" if together < 20 else together)
EOF
)
echo "$seen"
[ "$seen" = "pl.all().shuffle(seed=1) rows that are still together: all
pl.all().shuffle() rows that are still together: few" ] ||
  { echo "changed: rows stay together without a seed" >&2; exit 1; }
