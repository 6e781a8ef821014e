#!/usr/bin/env bash
# Expected: after `select setseed(0.5)`, `order by random()` gives the same order each time, as it does for a small table.
# Seen:     so it is with one thread; with four, a table of a million rows comes in another order nearly each time.
# Costs:    a split by `order by random()` tried out on few rows is repeatable and on all rows is not: samples move from test to training. Order by a hash
#           of the key, `order by hash(id)`, or `set threads = 1`.
# Versions: duckdb 2.0.1, Python 3.11.7.
# Source:   DuckDB's documentation, Non-Deterministic Behavior, names several threads as a cause of other orders, and not this function.
#
# Output seen:
#   1000 rows, 4 threads: one order
#   1000000 rows, 1 threads: one order
#   1000000 rows, 4 threads: several orders
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "duckdb==2.0.1"
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import duckdb

for rows, threads in ((1000, 4), (1_000_000, 1), (1_000_000, 4)):
    table = duckdb.connect()
    table.execute(f"set threads = {threads}")
    table.execute(f"create table numbers as select range as number from range({rows})")
    orders = set()
    for _ in range(12):
        table.execute("select setseed(0.5)")
        orders.add(tuple(table.execute("select number from numbers order by random() limit 5").fetchall()))
    print(f"{rows} rows, {threads} threads:", "one order" if len(orders) == 1 else "several orders")
EOF
)
echo "$seen"
[ "$seen" = "1000 rows, 4 threads: one order
1000000 rows, 1 threads: one order
1000000 rows, 4 threads: several orders" ] ||
  { echo "changed: a seed repeats a shuffle in several threads" >&2; exit 1; }
