"""What a graded kernel leaves out of a cell (`sandbox/inside/no_commands.py`), found in the cell's source."""

from __future__ import annotations

import ast
from typing import Any

MOST_CHARACTERS = 80  # of a command in a note


def left_out(source: str) -> list[str]:
    """Return the commands that a cell gives to the system, each as it is written: `!ls`, `%pip install tqdm`."""
    if not any(mark in source for mark in "!%"):
        return []
    from IPython.core.inputtransformer2 import TransformerManager  # which `tito check` need not load

    transformer: Any = TransformerManager  # it has no type hints
    try:
        tree = ast.parse(transformer().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError):
        return []  # it does not run at all
    found = [_command(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [command[:MOST_CHARACTERS] for command in found if command]


def _command(call: ast.Call) -> str:
    """Return the command that a call such as `get_ipython().system('ls')` is, or nothing."""
    from tinytorch.course.sandbox.inside.no_commands import COMMANDS, SCRIPTS

    words = [str(argument.value) for argument in call.args if isinstance(argument, ast.Constant)]
    if not (isinstance(call.func, ast.Attribute) and words and len(words) == len(call.args)):
        return ""
    asked, of_shell = call.func.attr, isinstance(call.func.value, ast.Call)  # and not of the module `os`
    if asked in ("system", "getoutput") and of_shell:
        return f"!{words[0]}"
    if asked == "run_line_magic" and words[0] in COMMANDS:
        return " ".join(["%" + words[0], *words[1:2]])
    if asked == "run_cell_magic" and words[0] in SCRIPTS:
        return f"%%{words[0]}"
    return ""
