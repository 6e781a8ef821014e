#!/usr/bin/env bash
# Expected: a cell that raises has its traceback formatted once, when it is shown.
# Seen:     with `store_history=True`, as every kernel runs cells, IPython formats it a second time for
#           `history_manager.exceptions`, whether or not history is kept in a file.
# Costs:    each error takes twice its time. With a library's frames in it that is a fifth of a second more: a notebook
#           in which twelve tests fail took two seconds of processor time, and 0.8 without it.
# Versions: IPython 9.18.1, Python 3.11.7.
# Source:   `self._format_exception_for_storage(result.error_in_exec)` in IPython/core/interactiveshell.py, after
#           `showtraceback` has shown the error.
#
# Output seen:
#   store_history=False 1
#   store_history=True 2
#   store_history=True, no history 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ipython==9.18.1
cd "$folder"
export IPYTHONDIR="$folder/ipython"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'PYTHON'
import contextlib
import io

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.ultratb import AutoFormattedTB
from traitlets.config import Config

formatted = []
original = AutoFormattedTB.structured_traceback
AutoFormattedTB.structured_traceback = lambda *a, **k: [formatted.append(1), original(*a, **k)][1]


def count(title, store_history, **settings):
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.update(settings)
    shell = InteractiveShell.instance(config=config)
    formatted.clear()
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell("raise ValueError('no')", store_history=store_history)
    print(title, len(formatted))


count("store_history=False", False)
count("store_history=True", True)
count("store_history=True, no history", True, enabled=False)
PYTHON
)
echo "$seen"
[ "$seen" = "store_history=False 1
store_history=True 2
store_history=True, no history 2" ] ||
  { echo "changed: an error is formatted once" >&2; exit 1; }
