#!/usr/bin/env bash
# Expected: `pytest -n 2 --dist loadscope` begins groups of tests in the order in which they were collected, so that sorting the tests in
#           `pytest_collection_modifyitems` has the longest group begun first.
# Seen:     the groups are sorted anew, by the number of their tests. A group of one test that takes a minute is begun last, and in the end one
#           process works while the others wait. `--no-loadscope-reorder` keeps the order; so does `config.option.loadscopereorder = False`.
# Costs:    a third of the time that several processes were to save, and the search for why sorting changes nothing.
# Versions: pytest 9.2.0, pytest-xdist 3.8.0, Python 3.11.7.
# Source:   `LoadScopeScheduling.schedule` in xdist/scheduler/loadscope.py; the option `--loadscope-reorder` is on by default.
#
# Output seen:
#   by default: test_b.py test_c.py test_a.py
#   with --no-loadscope-reorder: test_a.py test_b.py test_c.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.2.0 pytest-xdist==3.8.0

cd "$folder"
echo 'def test_long(): pass' > test_a.py
printf 'def test_%s(): pass\n' 1 2 3 > test_b.py
printf 'def test_%s(): pass\n' 1 2 > test_c.py
begun_with() {
    "$folder/venv/bin/python" -m pytest -p no:cacheprovider -n 1 --dist loadscope -v "$@" | sed -nE 's/.* (test_[abc]\.py)::.*/\1/p' | uniq | xargs
}

by_default=$(begun_with --loadscope-reorder)
[ "$(begun_with)" = "$by_default" ] || { echo "changed: groups are not reordered by default any more" >&2; exit 1; }
as_collected=$(begun_with --no-loadscope-reorder)
echo "by default: $by_default"
echo "with --no-loadscope-reorder: $as_collected"
[ "$by_default" = "test_b.py test_c.py test_a.py" ] && [ "$as_collected" = "test_a.py test_b.py test_c.py" ] || {
    echo "changed: the groups are begun in another order" >&2; exit 1; }
