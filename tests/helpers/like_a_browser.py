"""Run a notebook as in a browser: no threads, no other processes, no psutil, and only the packages that a site has.

    python -I -S -m tests.helpers.like_a_browser NOTEBOOK FOLDER...

Packages are imported from the folders alone. Prints what the panel shows at the end.
"""

from __future__ import annotations

import _thread
import os
import sys

MISSING = {"psutil", "resource", "_posixshmem", "_multiprocessing", "fcntl", "grp", "termios", "readline", "syslog"}


class Missing:
    """Finds nothing: an import of what a browser's Python lacks fails as there."""

    @staticmethod
    def find_spec(name: str, path=None, target=None) -> None:
        if name in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def no_thread(*arguments, **options):
    raise RuntimeError("can't start new thread")  # nor a process


def main() -> None:
    notebook, *folders = sys.argv[1:]
    sys.path[:0] = folders
    sys.meta_path.insert(0, Missing)
    for name in MISSING:
        sys.modules.pop(name, None)
    _thread.start_new_thread = no_thread
    if hasattr(_thread, "start_joinable_thread"):
        _thread.start_joinable_thread = no_thread
    os.fork = no_thread
    run(notebook)


def run(path: str) -> None:
    """Run each code cell in IPython, as the kernel does, and stop at the first error."""
    import matplotlib
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell

    matplotlib.use("agg")
    shell = InteractiveShell.instance(history_length=0)
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and not cell.source.startswith("# This notebook runs in your browser."):
            result = shell.run_cell(cell.source, store_history=False, cell_id=cell.id)
            result.raise_error()
    import tinytorch.panel

    print(repr(tinytorch.panel._shown))


if __name__ == "__main__":
    main()
