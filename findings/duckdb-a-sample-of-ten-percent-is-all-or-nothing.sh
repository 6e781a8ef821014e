#!/usr/bin/env bash
# Expected: `USING SAMPLE 10%` of 1000 rows gives about 100.
# Seen:     no row or all 1000: forty times out of forty. With `(bernoulli)` it is about 100.
# Costs:    a small table tried out with a share of its rows is empty, or whole, and a larger one is sampled in blocks that belong together. Say
#           `USING SAMPLE 10% (bernoulli)`, or a number of rows.
# Versions: duckdb 2.0.1, Python 3.11.7.
# Source:   a percentage takes the method "system", which draws whole vectors of 2048 rows (DuckDB's documentation, Samples, warns of that).
#
# Output seen:
#   10%: all or none
#   10% (bernoulli): about 100: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "duckdb==2.0.1"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import duckdb

table = duckdb.connect()
table.execute("create table numbers as select range as number from range(1000)")
for method in ("", " (bernoulli)"):
    counts = [
        table.execute(f"select count(*) from numbers using sample 10%{method}").fetchone()[0] for _ in range(40)
    ]
    print(f"10%{method}:", "all or none" if set(counts) <= {0, 1000} else f"about 100: {all(40 < n < 180 for n in counts)}")
EOF
)
echo "$seen"
[ "$seen" = "10%: all or none
10% (bernoulli): about 100: True" ] ||
  { echo "changed: a share of a small table is a share of its rows" >&2; exit 1; }
