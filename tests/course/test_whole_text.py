"""Text is whole wherever it goes: UTF-8, a notebook's file, a page."""

from __future__ import annotations

import json

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from tinytorch.course.outputs import as_output, error_output
from tinytorch.course.whole_text import INSTEAD, are_whole, whole_text, whole_texts

HALF, OTHER_HALF = "\ud83d", "\ude00"
texts = st.text(st.characters(codec=None, exclude_categories=()))


def test_halves_that_follow_each_other_are_one_character_and_others_are_shown_as_such() -> None:
    assert whole_text(f"a{HALF}{OTHER_HALF}b") == "a\U0001f600b"
    assert whole_text(f"a{HALF}b{OTHER_HALF}\x00") == f"a{INSTEAD}b{INSTEAD}{INSTEAD}"


@given(st.recursive(texts, lambda each: st.lists(each) | st.dictionaries(texts, each), max_leaves=9))
def test_whatever_json_can_say_can_be_written_afterwards(value: object) -> None:
    written = json.dumps(whole_texts(value), ensure_ascii=False).encode("utf-8")
    assert b"\\u0000" not in written
    assert json.loads(written) == whole_texts(value)
    assert are_whole(value) <= (whole_texts(value) == value)  # what is written as NUL may be a text about NUL


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_whole_text_stays_as_it_is(text: str) -> None:
    assert whole_text(text) is text


def test_what_a_kernel_sends_can_be_written_in_a_notebook() -> None:
    sent = {"data": {"text/plain": HALF, "application/json": {HALF: [HALF]}}, "metadata": {}}
    outputs = [
        as_output("stream", {"name": "stdout", "text": HALF}),
        as_output("display_data", sent),
        error_output("ValueError", HALF, [HALF]),
    ]
    cell = nbformat.v4.new_code_cell("", outputs=outputs)
    assert INSTEAD in nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode("utf-8").decode()
