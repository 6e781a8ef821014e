"""The filter for system calls, in Linux's own form."""

from __future__ import annotations

import pytest

from tinytorch.course.sandbox.seccomp import ARCHITECTURES, EQUAL, RETURN, Instruction, assemble, filter_for

# Eight bytes an instruction: its code, how many instructions a true and a false outcome pass over, and its operand.
# Computed by hand from linux/filter.h, little-endian.
FILTERS = {
    "x86_64": [
        "2000 00 00 04000000",  # load the architecture
        "1500 00 07 3e0000c0",  # if it is not x86-64, refuse
        "2000 00 00 00000000",  # load the call's number
        "4500 05 00 00000040",  # if it is one of the x32 convention, refuse
        "1500 05 00 b3010000",  # if it is clone3, there is no such call
        "1500 01 00 38000000",  # if it is clone, look at the flags
        "1500 00 04 10010000",  # if it is not unshare, allow
        "2000 00 00 10000000",  # load the flags
        "4500 00 02 00000010",  # if they make no user namespace, allow
        "0600 00 00 01000500",  # refuse: EPERM
        "0600 00 00 26000500",  # missing: ENOSYS
        "0600 00 00 0000ff7f",  # allow
    ],
    "aarch64": [
        "2000 00 00 04000000",
        "1500 00 07 b70000c0",
        "2000 00 00 00000000",
        "4500 05 00 00000040",
        "1500 05 00 b3010000",
        "1500 01 00 dc000000",
        "1500 00 04 61000000",
        "2000 00 00 10000000",
        "4500 00 02 00000010",
        "0600 00 00 01000500",
        "0600 00 00 26000500",
        "0600 00 00 0000ff7f",
    ],
}


@pytest.mark.parametrize("processor", ARCHITECTURES)
def test_the_filter_is_the_same_to_the_byte_on_each_processor(processor: str) -> None:
    assert filter_for(ARCHITECTURES[processor]) == bytes.fromhex("".join(FILTERS[processor]))


def test_a_jump_passes_over_the_instructions_before_its_label() -> None:
    program = [
        Instruction(EQUAL, 7, if_true="end", if_false="next"),
        Instruction(RETURN, 1, label="next"),
        Instruction(RETURN, 2, label="end"),
    ]
    assert assemble(program)[2:4] == bytes([1, 0])


def test_a_jump_to_a_label_that_is_nowhere_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        assemble([Instruction(EQUAL, 7, if_true="nowhere")])
