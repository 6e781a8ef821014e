"""The system calls that a submission is refused: those that make a user namespace.

Inside one, code has all rights over what it makes there, such as a filesystem in memory that no limit counts, and
reaches parts of Linux that are for administrators. Reference: Linux' `seccomp(2)`, `clone(2)` and `linux/filter.h`.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

CLONE_NEWUSER = 0x1000_0000
LOAD_WORD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06  # instructions of the filter's language
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0000  # what it can answer; an error's number is added to the latter
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # bytes into the call's description


@dataclass(frozen=True)
class Architecture:
    """How a processor's calls are known: its audit name and the numbers of three of them."""

    audit: int
    clone: int
    unshare: int
    clone3: int
    first_foreign: int  # numbers from here on belong to another calling convention


ARCHITECTURES = {
    "x86_64": Architecture(0xC000_003E, clone=56, unshare=272, clone3=435, first_foreign=0x4000_0000),
    "aarch64": Architecture(0xC000_00B7, clone=220, unshare=97, clone3=435, first_foreign=0x4000_0000),
}


def no_user_namespaces() -> bytes:
    """Return the filter as bubblewrap and prctl take it; empty on a processor that is not known here.

    `clone3` keeps its flags in memory, where a filter can't look, so it is said not to exist: the C library then uses
    `clone`. Calls of another convention, such as 32-bit ones, are refused.
    """
    known = ARCHITECTURES.get(platform.machine())
    if known is None:
        return b""
    # Each jump counts the instructions passed over if true and if false.
    refuse, missing, allow = 9, 10, 11
    program = [
        (LOAD_WORD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 0, refuse - 2, known.audit),
        (LOAD_WORD, 0, 0, NUMBER_AT),
        (ANY_BIT, refuse - 4, 0, known.first_foreign),
        (EQUAL, missing - 5, 0, known.clone3),
        (EQUAL, 1, 0, known.clone),
        (EQUAL, 0, allow - 7, known.unshare),
        (LOAD_WORD, 0, 0, FIRST_ARGUMENT_AT),
        (ANY_BIT, 0, allow - 9, CLONE_NEWUSER),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
