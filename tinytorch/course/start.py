"""Where `tito` begins. `tito check` begins without the tools of the command line, because students run it all the time.

Typer 0.29.2 imports pydantic to read an argument, which takes as long as the tests of a module. So what is usual after
`tito check` is read here: a module or notebook, `--step` and `--watch`. All else, such as its help and what was
mistyped, goes to `cli`, which knows every command.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from tinytorch.course.layout import one_sentence
from tinytorch.course.student.begin_check import check


def main() -> None:
    """Run `tito` with the arguments that it was started with."""
    usual = read_check(sys.argv[1:])
    try:
        if usual is None:
            from tinytorch.course import cli

            cli.main()
            return
        with one_sentence():
            passed = check(*usual)
        sys.exit(0 if passed else 1)
    finally:
        gc.freeze()  # else Python searches all that was loaded for garbage as it ends: a tenth of `tito check`


def read_check(arguments: Sequence[str]) -> tuple[str, int | None, bool] | None:
    """Return the notebook, the step and whether to watch, as they follow `tito check`; None if it is anything else."""
    if not arguments or arguments[0] != "check":
        return None
    named: list[str] = []
    step, watch, words = None, False, iter(arguments[1:])
    for word in words:
        if word == "--watch":
            watch = True
        elif word == "--step" and (number := next(words, "")).isdecimal():
            step = int(number)
        elif word.startswith("-"):
            return None
        else:
            named.append(word)
    return (named[0], step, watch) if len(named) == 1 else None


if __name__ == "__main__":
    main()
