"""What the witness is asked for, and what is read of what comes back; tests/test_attacks.py tries to get in between."""

from __future__ import annotations

import ast
from types import FunctionType

import pytest

from tinytorch.course.verdict import inside_witness
from tinytorch.course.verdict.split_test import take_apart
from tinytorch.course.verdict.witness import Witness, compile_part, defines_functions_only, imports_of

PROTECTED = frozenset({"_look", "peak_bytes", "len", "np"})


def run(source: str, space: dict, **taken: object) -> None:
    """Run the student's half of a test as the witness runs it."""
    (part,) = take_apart(source)
    code = compile_part(part, PROTECTED)
    FunctionType(code, space)(
        *[{"_look": lambda *_: None, **taken}[name] for name in code.co_varnames[: code.co_argcount]]
    )


def test_a_test_keeps_what_was_given_though_an_answer_binds_it_to_something_else() -> None:
    space: dict = {"__builtins__": __builtins__}
    exec("def answer():\n    global peak_bytes, len\n    peak_bytes = len = lambda *_: 'fake'", space)
    source = "answer()\nclass A:\n    def size(self):\n        return len([1])\ngot = [peak_bytes(answer), A().size()]"
    run(source, space, peak_bytes=lambda call: 3, len=len)
    assert space["got"] == [3, 1]
    assert space["A"].__qualname__ == "A"


def test_what_a_test_binds_is_the_notebook_s() -> None:
    space: dict = {"__builtins__": __builtins__}
    run(
        "import math as m\nfor i in [1]:\n    x, *y = i, 2\ndef f(): return x\nwith open('/dev/null') as file: pass",
        space,
    )
    assert {"m", "i", "x", "y", "f", "file"} <= set(space)
    assert space["f"]() == 1


def test_a_name_that_a_test_binds_itself_is_its_own() -> None:
    witness = Witness(["from tinytorch.profiling import peak_bytes"])
    parts = take_apart("peak_bytes = 3\n### BEGIN HIDDEN TESTS\ngot = peak_bytes\n### END HIDDEN TESTS")
    ast.parse(witness.request([(part, "kind") for part in parts]))
    assert all("peak_bytes" not in compile_part(part, frozenset({"_look"})).co_varnames for part in parts)


def test_only_what_the_witness_sent_is_read() -> None:
    witness, other = Witness([]), Witness([])
    evidence = other._seal("kind[]") + "[]"
    assert other.open("kind", evidence) == "[]"
    assert witness.open("kind", evidence) is None
    assert other.open("another kind", evidence) is None
    assert [other.open("kind", sent) for sent in ("", "[]", evidence + " ", 5, None, "\ud83d")] == [None] * 6


def test_what_is_imported_is_known_by_module_and_attribute() -> None:
    given = ["from __future__ import annotations\nimport numpy as np, os.path", "from a.b import c as d, e"]
    assert imports_of(given) == (("np", "numpy", ""), ("os", "os", ""), ("d", "a.b", "c"), ("e", "a.b", "e"))


def test_a_submodule_is_taken_though_nobody_has_imported_it_yet(monkeypatch) -> None:
    import sys
    import xml

    monkeypatch.delattr(xml, "sax", raising=False)
    for name in [name for name in sys.modules if name.startswith("xml.sax")]:
        monkeypatch.delitem(sys.modules, name)
    ((name, taken),) = inside_witness._take([("sax", "xml", "sax")])
    assert (name, taken.make_parser.__name__) == ("sax", "make_parser")


def test_a_frozen_module_keeps_its_functions_and_shows_all_else_as_it_is(monkeypatch) -> None:
    import random
    import sys

    frozen, seed = inside_witness.Frozen(random), random.seed
    monkeypatch.setattr(random, "seed", None)
    assert frozen.seed == seed
    frozen_sys = inside_witness.Frozen(sys)
    monkeypatch.setattr(sys, "stdout", "another")
    assert frozen_sys.stdout == "another"


def test_an_own_copy_of_what_measures_is_not_changed_with_the_original(monkeypatch) -> None:
    import tracemalloc

    from tinytorch.profiling import memory

    copy = inside_witness.own_copy("tinytorch.profiling.memory")
    assert inside_witness.own_copy("tinytorch.profiling.memory") is copy  # its functions share what they know
    monkeypatch.setattr(memory, "_traced", lambda call: (0, 0))
    monkeypatch.setattr(tracemalloc, "get_traced_memory", lambda: (0, 0))
    assert memory.kept_bytes(lambda: bytes(100_000)) == 0
    assert copy["kept_bytes"](lambda: bytes(100_000)) >= 100_000


@pytest.mark.parametrize(
    ("source", "alone"),
    [
        ("def error_of(call):\n    return call", True),
        ("def one():\n    pass\n\ndef two():\n    pass", True),
        ("import numpy as np", False),
        ("def one():\n    pass\n\none()", False),
        ("@patch\ndef one(self: Tensor):\n    pass", False),
        ("", False),
    ],
)
def test_given_functions_are_sent_along_if_their_cell_does_nothing_else(source: str, alone: bool) -> None:
    assert defines_functions_only(source) == alone
