"""Plain data between two processes: what arrives is what was sent, and nothing that can act."""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict, deque, namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinytorch.course.verdict import decode_values as plain
from tinytorch.course.verdict.decode_values import Opaque, Unreadable, decode
from tinytorch.course.verdict.inside_witness import encode

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
values = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner)
)


def there_and_back(value, tensor_class=None):
    return decode(json.loads(json.dumps(encode(value, tensor_class))))


@given(values)
def test_plain_values_arrive_as_they_were_sent(value) -> None:
    arrived = there_and_back(value)
    assert arrived == value
    assert type(arrived) is type(value)


numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.booleans()
rows = st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2)) | st.lists(st.lists(numbers))


@given(st.lists(numbers) | rows | st.lists(st.integers(-9, 9)) | st.lists(rows))
def test_lists_of_numbers_which_travel_in_one_piece_keep_shape_and_types(value) -> None:
    assert repr(there_and_back(value)) == repr(value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8, np.int64, bool])
def test_arrays_arrive_with_shape_and_dtype(dtype) -> None:
    sent = np.arange(6).reshape(2, 3).astype(dtype)
    arrived = there_and_back(sent.T)
    assert arrived.dtype == dtype
    assert np.array_equal(arrived, sent.T)
    assert there_and_back(sent[0, 1]) == sent[0, 1]
    assert there_and_back(sent.dtype) == dtype
    assert there_and_back(np.float32) is np.float32


def test_subclasses_arrive_as_what_they_extend() -> None:
    class Yes(int):
        __eq__ = __ge__ = lambda self, other: True
        __hash__ = None

    pair = namedtuple("pair", "x y")(1, 2)
    assert there_and_back(Yes(3)) != 4
    assert type(there_and_back(Yes(3))) is int
    assert there_and_back(pair) == (1, 2)


def test_a_tensor_arrives_as_its_array_and_can_be_asked_nothing_else() -> None:
    class Tensor:
        def __init__(self, data):
            self.data = np.asarray(data)

        def __repr__(self):
            return "mine"

    arrived = there_and_back(Tensor([1, 2]), Tensor)
    assert isinstance(arrived, plain.Tensor)
    assert arrived.data.tolist() == [1, 2]
    assert repr(arrived) == "mine"
    with pytest.raises(TypeError, match="a Tensor came"):
        arrived.shape  # noqa: B018
    with pytest.raises(TypeError):
        bool(arrived)


class EqualToAll:
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter([])

    __hash__ = None


@pytest.mark.parametrize(
    "ask",
    [
        lambda x: x == 1,
        lambda x: 1 == x,  # noqa: SIM300
        lambda x: x != 1,
        lambda x: x in [1, 2],
        lambda x: 1 in x,
        lambda x: len(x),
        lambda x: list(x),
        lambda x: bool(x),
        lambda x: x > 0,
        lambda x: x.tolist(),
        lambda x: hasattr(x, "anything"),
        lambda x: float(x),
    ],
)
def test_an_object_equal_to_everything_equals_nothing_here(ask) -> None:
    arrived = there_and_back(EqualToAll())
    assert isinstance(arrived, Opaque)
    with pytest.raises(TypeError, match="a EqualToAll came where a plain value was expected"):
        ask(arrived)


@pytest.mark.parametrize(
    "value",
    [
        Fraction(2, 3),
        [Fraction(1, 2), Fraction(5)],
        Decimal("0.10"),
        Decimal("NaN").copy_abs(),
        1 - 2j,
        datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        date(2026, 1, 2),
        time(3, 4, 5),
        timedelta(days=-1, microseconds=5),
        Path("data/cat.png"),
        slice(1, None, 2),
        range(9, 0, -2),
        deque([1, 2]),
        frozenset({1, 2}),
        {frozenset({1}), frozenset({2})},
        {(1, 2): "pair", Fraction(1, 2): "half"},
        OrderedDict(a=1),
        defaultdict(list, a=[1]),
        {"a": 1}.keys(),
        {"a": 1}.items(),
        np.str_("cat"),
        np.str_(""),
        np.bytes_(b"cat"),
        np.bool_(True),
        np.complex64(1j),
        np.float16(0.5),
        np.longdouble(0.5),
        np.uint64(2**64 - 1),
        np.datetime64("2026-01-02"),
        np.timedelta64(3, "D"),
    ],
    ids=repr,
)
def test_what_a_correct_answer_may_be_arrives_equal(value) -> None:
    arrived = there_and_back(value)
    assert repr(arrived) == repr(value) or arrived == value
    assert not isinstance(arrived, Opaque)


def test_the_values_of_a_dict_arrive() -> None:
    assert list(there_and_back({"a": 1, "b": 1}.values())) == [1, 1]


@pytest.mark.parametrize(
    "array",
    [
        np.array(["cat", "horse"]),
        np.array([b"a", b"bc"]),
        np.array([1 + 2j, 0]),
        np.array(["2026-01-02"], dtype="datetime64[s]"),
        np.array(7),
        np.array([], dtype=np.float32).reshape(0, 3),
        np.array([[1, "a"], [None, Fraction(1, 2)]], dtype=object),
    ],
    ids=repr,
)
def test_arrays_of_every_kind_arrive(array) -> None:
    arrived = there_and_back(array)
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert arrived.tolist() == array.tolist()


def test_a_range_too_long_to_go_through_can_only_be_shown() -> None:
    for long in (range(10**12), range(0, -(10**12), -3), range(10**40)):
        arrived = there_and_back(long)
        assert repr(arrived) == repr(long)
        with pytest.raises(TypeError, match="a range of more than a million numbers came"):
            sum(arrived)
    assert there_and_back(range(10**6)) == range(10**6)


def test_a_dict_of_a_student_s_own_objects_can_only_be_shown() -> None:
    assert isinstance(there_and_back({object(): 1}), Opaque)
    assert isinstance(there_and_back({object()}), Opaque)


def test_an_error_of_two_kinds_is_both_here() -> None:
    class Both(TypeError, ValueError):
        pass

    class More(Both, KeyError):
        pass

    for kind in (Both, More):
        arrived = there_and_back(kind("size"))
        assert isinstance(arrived, TypeError)
        assert isinstance(arrived, ValueError)
        assert str(arrived) == str(kind("size"))


def test_errors_arrive_as_python_s_own_with_their_message() -> None:
    class Mine(ValueError):
        pass

    arrived = there_and_back(Mine("both sizes"))
    assert isinstance(arrived, ValueError)
    assert str(arrived) == "both sizes"
    assert "Mine('both sizes')" in repr(arrived)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        ["no such kind"],
        ["int", "x"],
        ["array", "O", [1], "AAAA"],
        ["array", "<f4", [9], "AAAA"],
        ["type", "builtins", "exec"],
        ["type", "os", "system"],
        ["array", "<f4", [0, 10**12], ""],
        ["objects", [0, 10**12], []],
        ["decimal", "x"],
        ["fraction", "1", "0"],
        ["datetime", "yesterday"],
        ["exception", ["ValueError", "ValueError"], "", ""],
    ],
)
def test_what_no_honest_sender_sends_is_unreadable(data) -> None:
    with pytest.raises(Unreadable):
        decode(data)
