#!/usr/bin/env bash
# Expected: a KeyboardInterrupt that comes while `os.fork()` or the start of a process is under way is raised there, as anywhere else in the main thread.
# Seen:     while a function of `os.register_at_fork` runs, before or after the fork, it is printed as 'Exception ignored in' and forgotten: the program goes on.
#           So is every other exception of such a function.
# Costs:    a Ctrl-C now and then does nothing in a program that starts many processes; logging, threading, random and libraries register such functions, so it is
#           not one's own code that loses it. Set a flag in a signal handler of one's own and look at it after the fork.
# Versions: Python 3.11.7; multiprocess 0.70.18, in which HF datasets starts its processes.
# Source:   Modules/posixmodule.c, run_at_forkers: what a function raises goes to PyErr_WriteUnraisable; the documentation of os.register_at_fork does not say it.
#
# Output seen:
#   os.fork, before the fork: forgotten
#   os.fork, after the fork: forgotten
#   multiprocess, before the fork: forgotten
#   multiprocess, after the fork: forgotten
#   elsewhere: raised
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check multiprocess==0.70.18 dill==0.4.0
cd "$folder"
seen=$("$folder/venv/bin/python" -W ignore - 2> /dev/null <<'EOF'
import os
import signal

import multiprocess

armed = None


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def start():
    process = multiprocess.get_context("fork").Process(target=int)
    process.start()
    process.join()


def interrupt(when):
    if when == armed:
        signal.raise_signal(signal.SIGINT)  # what Ctrl-C does


os.register_at_fork(before=lambda: interrupt("before"), after_in_parent=lambda: interrupt("after"))
for name, begin in (("os.fork", fork), ("multiprocess", start)):
    for armed in ("before", "after"):
        try:
            begin()
            print(f"{name}, {armed} the fork: forgotten")
        except KeyboardInterrupt:
            print(f"{name}, {armed} the fork: raised")
try:
    signal.raise_signal(signal.SIGINT)
    print("elsewhere: forgotten")
except KeyboardInterrupt:
    print("elsewhere: raised")
EOF
)
echo "$seen"
[ "$seen" = "os.fork, before the fork: forgotten
os.fork, after the fork: forgotten
multiprocess, before the fork: forgotten
multiprocess, after the fork: forgotten
elsewhere: raised" ] ||
  { echo "changed: a KeyboardInterrupt is raised from the fork" >&2; exit 1; }
