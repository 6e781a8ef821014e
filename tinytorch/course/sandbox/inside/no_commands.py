"""An extension of IPython for graded kernels: what cannot work there is left out, and the rest of the cell runs.

A graded kernel has no programs to run, no network and no windows. In JupyterLab `!ls`, `%pip install tqdm` and
`%load_ext tensorboard` do something; here each prints that it was left out. The fork server loads this file outside of
any sandbox, so it imports third-party packages only.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from IPython.utils.text import SList

WITH_OUTPUT = ("system", "sx")  # `sx` is `!!`
COMMANDS = ("pip", "uv", "conda", "mamba", "micromamba", *WITH_OUTPUT)
SCRIPTS = ("bash", "sh", "script", *WITH_OUTPUT, "ruby", "perl", "pypy", "python", "python2", "python3")
MAY_FAIL = ("matplotlib", "pylab", "load_ext", "reload_ext", "config")  # magics that only set something up


def load_ipython_extension(shell: Any) -> None:
    """Have a shell leave out commands, and magics that it does not have."""
    for name in COMMANDS:
        shell.register_magic_function(functools.partial(_leave_out_line, name), "line", name)
    for name in SCRIPTS:
        shell.register_magic_function(functools.partial(_leave_out_cell, name), "cell", name)
    shell.system, shell.getoutput = _system, _getoutput
    shell.enable_gui = lambda gui=None: None  # there are no windows, and so nothing to wait for
    shell.run_line_magic = functools.partial(_run_line_magic, shell, shell.run_line_magic)


def _run_line_magic(shell: Any, run: Callable[..., Any], name: str, line: str, _stack_depth: int = 1) -> Any:
    """Run a magic, unless this kernel does not have it or it cannot work here."""
    if shell.find_line_magic(name) is None:
        return _leave_out_line(name, line)
    try:
        return run(name, line, _stack_depth=_stack_depth + 1)
    except Exception:
        if name not in MAY_FAIL:
            raise
        return _leave_out_line(name, line)


def _leave_out_line(name: str, line: str = "") -> Any:
    _leave_out(f"%{name} {line}")
    return SList([]) if name in WITH_OUTPUT else None


def _leave_out_cell(name: str, line: str = "", cell: str = "") -> None:
    _leave_out(f"%%{name} {line}")


def _system(command: str) -> None:
    _leave_out(f"!{command}")


def _getoutput(command: str, *ignored: Any, **also_ignored: Any) -> SList:
    _leave_out(f"!{command}")
    return SList([])


def _leave_out(what: str) -> None:
    print(f"[left out when graded: {what.strip()}]")
