"""What grading does not have and the student's own computer had: programs, installed modules, a newer Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from tinytorch.course.notes import Kind
from tinytorch.course.verdict.read_cell import as_python

MOST_CHARACTERS = 80  # of a command in a note
MISSING_MODULE = re.compile(r"No module named '(?P<name>[\w.]{1,80})'")
VERSION = re.compile(r"3\.(\d{1,3})")
# What a Python raises that is too old: for its grammar, or for what its library does not have yet
TOO_OLD = ("SyntaxError", "ImportError", "AttributeError")


def differences(
    source: str, outputs: Sequence[NotebookNode], written_for: str, graded_with: str
) -> Iterator[tuple[Kind, str]]:
    """Yield a note on each thing that a cell of the student's own did without, or for want of which it failed.

    Args:
        source: the cell's source.
        outputs: the cell's outputs when it was graded.
        written_for: the Python version that the notebook was saved with, "" if that is not known.
        graded_with: the Python version that the cell ran with.
    """
    for command in left_out(source):
        yield "note", f"{command} was left out, as grading has no programs and no network"
    for output in outputs:
        if output.output_type != "error":
            continue
        missing = MISSING_MODULE.match(output.evalue)
        if output.ename == "ModuleNotFoundError" and missing:
            yield "fault", f"this cell imports {missing['name']}, which grading does not have: do without it"
        elif output.ename in TOO_OLD and minor_version(written_for) > minor_version(graded_with) >= 0:
            yield (
                "fault",
                f"this cell was written for Python 3.{minor_version(written_for)} and graded with "
                f"3.{minor_version(graded_with)}, where it ends in a {output.ename}: write it so that both run it",
            )


def minor_version(version: str) -> int:
    """Return 12 for "3.12.4", and -1 for what is no version of Python 3."""
    found = VERSION.match(version)
    return int(found[1]) if found else -1


def left_out(source: str) -> list[str]:
    """Return the commands that a cell gives to the system, each as it is written: `!ls`, `%pip install tqdm`."""
    if not any(mark in source for mark in "!%"):
        return []
    try:
        tree = as_python(source)
    except (SyntaxError, ValueError, RecursionError):
        return []  # it does not run at all
    found = [_command(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [command[:MOST_CHARACTERS] for command in found if command]


def _command(call: ast.Call) -> str:
    """Return the command that a call such as `get_ipython().system('ls')` is, or nothing."""
    words = [str(argument.value) for argument in call.args if isinstance(argument, ast.Constant)]
    if not (isinstance(call.func, ast.Attribute) and words and len(words) == len(call.args)):
        return ""
    asked, of_shell = call.func.attr, isinstance(call.func.value, ast.Call)  # and not of the module `os`
    if asked in ("system", "getoutput") and of_shell:
        return f"!{words[0]}"
    if asked not in ("run_line_magic", "run_cell_magic"):
        return ""
    from tinytorch.course.sandbox.inside.no_commands import COMMANDS, SCRIPTS  # which loads IPython, for few cells

    if asked == "run_line_magic":
        return " ".join(["%" + words[0], *words[1:2]]) if words[0] in COMMANDS else ""
    return f"%%{words[0]}" if words[0] in SCRIPTS else ""
