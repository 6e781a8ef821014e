"""The system calls that a submission is refused: those that make a user namespace.

Inside one, code has all rights over what it makes there, such as a filesystem in memory that no limit counts, and it
reaches parts of Linux that are meant for administrators. Reference: Linux's `seccomp(2)`, `clone(2)` and
`linux/filter.h`.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass

CLONE_NEWUSER = 0x1000_0000
LOAD_WORD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06  # instructions of the filter's language
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0000  # what the filter can answer; an error's number is added to the latter
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # where in the call's description, in bytes


@dataclass(frozen=True)
class Architecture:
    """How a processor's calls are known: its audit name, and the numbers of three of them."""

    audit: int
    clone: int
    unshare: int
    clone3: int
    first_foreign: int  # numbers from here on belong to another calling convention


@dataclass(frozen=True)
class Instruction:
    """One instruction of the filter: it goes on at the label for its outcome, or with the next one if there is none."""

    code: int
    operand: int
    if_true: str = ""
    if_false: str = ""
    label: str = ""  # what others call this instruction


ARCHITECTURES = {
    "x86_64": Architecture(0xC000_003E, clone=56, unshare=272, clone3=435, first_foreign=0x4000_0000),
    "aarch64": Architecture(0xC000_00B7, clone=220, unshare=97, clone3=435, first_foreign=0x4000_0000),
}


def no_user_namespaces() -> bytes:
    """Return the filter as bubblewrap and prctl take it; empty on a processor that is not known here."""
    known = ARCHITECTURES.get(platform.machine())
    return filter_for(known) if known else b""


def filter_for(processor: Architecture) -> bytes:
    """Return the filter for a processor.

    `clone3` keeps its flags in memory, where a filter can't look, so the filter says that there is no such call: the C
    library then uses `clone`. Calls of another convention, such as 32-bit ones, are refused.
    """
    return assemble(
        [
            Instruction(LOAD_WORD, ARCHITECTURE_AT),
            Instruction(EQUAL, processor.audit, if_false="refuse"),
            Instruction(LOAD_WORD, NUMBER_AT),
            Instruction(ANY_BIT, processor.first_foreign, if_true="refuse"),
            Instruction(EQUAL, processor.clone3, if_true="missing"),
            Instruction(EQUAL, processor.clone, if_true="flags"),
            Instruction(EQUAL, processor.unshare, if_false="allow"),
            Instruction(LOAD_WORD, FIRST_ARGUMENT_AT, label="flags"),
            Instruction(ANY_BIT, CLONE_NEWUSER, if_false="allow"),
            Instruction(RETURN, REFUSE | errno.EPERM, label="refuse"),
            Instruction(RETURN, REFUSE | errno.ENOSYS, label="missing"),
            Instruction(RETURN, ALLOW, label="allow"),
        ]
    )


def assemble(program: Sequence[Instruction]) -> bytes:
    """Return a program in Linux's form, in which a jump is the number of instructions that it passes over."""
    indices = {instruction.label: index for index, instruction in enumerate(program) if instruction.label}

    def distance(index: int, label: str) -> int:
        return indices[label] - index - 1 if label else 0

    return b"".join(
        struct.pack("=HBBI", each.code, distance(index, each.if_true), distance(index, each.if_false), each.operand)
        for index, each in enumerate(program)
    )
