"""The interface of a kernel that runs a submission's code; `jupyter_kernel` and `forked_kernel` are the two kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

LARGEST_MESSAGE_BYTES = 8_000_000  # a kernel that sends a larger one is cut off before that is in our memory


@dataclass(frozen=True)
class KernelMessage:
    """One message of Jupyter's protocol. It comes from the student's process, so its content may be anything."""

    kind: str
    content: dict[str, Any]
    size_bytes: int


class Kernel(Protocol):
    """A process that runs code, one request after the other, within limits."""

    language_info: dict[str, Any]  # as in a notebook's metadata
    asks_ahead_bytes: int  # how much code, as JSON, may be asked for before the first reply; 0 if none may
    is_cut_off: bool  # a message was too large or not of this protocol: nothing more can come from this kernel

    @property
    def stopped_because(self) -> str:
        """A sentence about "this cell", if the kernel was ended for what the cell did; else ""."""

    def ask(self, code: str, *, is_python: bool) -> None:
        """Ask the kernel to run code; `is_python` says that the code uses none of IPython's own notation."""

    def receive(self, seconds: float) -> Sequence[KernelMessage]:
        """Return what has come; wait for it, but not longer than this. A request's reply comes last."""

    def is_alive(self) -> bool:
        """Whether it runs; this also ends it if it and the processes that it started use too much."""

    def interrupt(self) -> None:
        """Interrupt the running code, as Ctrl-C would."""

    def end(self) -> None:
        """End it and all that it started, at once; calling this again does nothing."""
