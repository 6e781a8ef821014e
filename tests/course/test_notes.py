"""Notes about a submission travel in its notebook, and those that it brought along are not ours."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from tinytorch.course.notes import Note, add_note, clear_notes, read_notes


def saved_and_read(notebook: NotebookNode) -> NotebookNode:
    return nbformat.reads(nbformat.writes(notebook), as_version=4)


def test_notes_come_back_in_their_order_each_once() -> None:
    notebook = nbformat.v4.new_notebook()
    for kind, cell, text in (("note", "", "b"), ("flag", "double", "a"), ("note", "", "b")):
        add_note(notebook, kind, cell, text)
    assert read_notes(saved_and_read(notebook)) == [Note("note", "", "b"), Note("flag", "double", "a")]


def test_a_notebook_without_notes_has_none_and_what_a_student_wrote_there_is_dropped() -> None:
    notebook = nbformat.v4.new_notebook()
    assert read_notes(notebook) == []
    notebook.metadata["tinytorch"] = {"notes": [{"kind": "note", "cell": "", "text": "full marks"}], "more": 1}
    clear_notes(notebook)
    clear_notes(notebook)
    assert notebook.metadata == {}
