"""Running code that nobody trusts: kernels in bubblewrap, with limits."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Stop with one sentence where an nbgrader_config.py from before the tools were sorted into rooms is read."""
    if name == "stop_without_isolation":
        from tinytorch.course.moved import where_it_is_now

        raise SystemExit(where_it_is_now("nbgrader_config.py", f"{__name__}.{name}"))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
