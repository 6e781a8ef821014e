"""The interface of a kernel that runs a submission's code; `jupyter_kernel` and `forked_kernel` are the two kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

LARGEST_MESSAGE_BYTES = 8_000_000  # what sends a larger one is cut off before it is in our memory


@dataclass(frozen=True)
class Message:
    """One message of Jupyter's protocol, from a process that is the student's: what it holds may be anything."""

    kind: str
    content: dict[str, Any]
    size_bytes: int


class Kernel(Protocol):
    """A process that runs code, one request after the other, within limits."""

    language_info: dict[str, Any]  # as a notebook's metadata hold it
    is_cut_off: bool  # a message was too large, or none of this protocol: there is no talking to it any more

    @property
    def stopped_because(self) -> str:
        """A sentence about "this cell", where the kernel was ended for what that did."""

    def ask(self, code: str, *, is_python: bool) -> None:
        """Have code run; `is_python` where it holds none of IPython's own notation."""

    def receive(self, seconds: float) -> Sequence[Message]:
        """Return what has come of the last request; wait for it, but not longer than this. A reply comes last."""

    def is_alive(self) -> bool:
        """Whether it runs; it is ended here if it and its children use too much together."""

    def interrupt(self) -> None:
        """Interrupt the running code, as Ctrl-C would."""

    def end(self) -> None:
        """End it, and all that it started, at once; a second time does nothing."""
