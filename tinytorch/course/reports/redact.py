"""Keeping hidden tests off feedback pages, which show the student's work and each test's message.

A student's process runs a part of each hidden test, and code of the student's may print it, there or later, in another
form. So of a test with a hidden part only the error is shown, and whatever is shown anywhere is searched for pieces of
hidden tests, in a form from which quotes, brackets, spaces and colours are gone.
"""

from __future__ import annotations

import ast
import base64
import codecs
import functools
import html
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor

from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.kept import made_once
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import KEY
from tinytorch.course.outputs import as_output

NOTE = "[a line of a hidden test was removed here]"
PRINTED = "[what was printed and shown while this test ran is left out: a part of the test is hidden]\n"
LEAST_CHARACTERS = 20  # a shorter line, such as `x = 1`, reveals nothing
LEAST_LETTERS_AND_DIGITS, LEAST_LETTERS = 14, 9  # in what is found by its letters and digits alone
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
TAG = re.compile(r"<[^<>]*>")
NO_LETTERS, QUOTES_AND_PARENTHESES = re.compile(r"(?:[^\w\f]|_)+"), re.compile(r"[\\'\"()]+")
LINE_ESCAPES = re.compile(r"\\+[nrtNRT]")
BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
HIDDEN = re.compile(rf"{BEGIN}.*?{END}", re.DOTALL)
FRAME = re.compile(r"^\s*(File\b|(Cell|Input)\s+In\s?\[(?P<count>\d+)\]|\[\.\.\. skipping)")
BASE64, HEX = re.compile(r"[A-Za-z0-9+/_-]{16,}"), re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
CODES, ESCAPES = re.compile(r"(?:\d{2,3}\W+){12,}\d{2,3}"), re.compile(r"(?:\\(?:x|u00)[0-9a-fA-F]{2}){8,}")


# The hidden pieces of a notebook by their letters and digits alone, and those that need the other characters, too
Hidden = tuple[frozenset[str], frozenset[str]]


class ClearHiddenRegions(ClearHiddenTests):  # type: ignore[misc]
    """nbgrader's ClearHiddenTests for the course's test cells only.

    In a student's own cell the text "BEGIN HIDDEN TESTS" is only text; nbgrader's own class raises an error there.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Remove the hidden region from a test cell's source."""
        if role_of(cell) == "test":
            self._remove_hidden_test_region(cell)
        return cell, resources


class HideTestsInOutputs(NbGraderPreprocessor):  # type: ignore[misc]
    """Remove hidden tests from tracebacks and from all other outputs; runs after `ClearHiddenRegions`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # for as long as this preprocessor lives, one run of a command, most often for one assignment
        self._sources_of = functools.lru_cache(maxsize=1)(_sources_of)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean every output of the notebook."""
        names = resources["nbgrader"]
        sources = self._sources_of(names["db_url"], names["notebook"], names["assignment"])
        secrets = Secrets(sources.values(), nb.cells)
        code_cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        own_counts = {cell.execution_count for cell in code_cells if role_of(cell) not in ("test", "given")}
        for cell in code_cells:
            if role_of(cell) == "test" and BEGIN in sources.get(grade_id(cell) or "", ""):
                cell.outputs = _errors_only(cell.outputs)
            for output in cell.outputs:
                if output.output_type == "error":
                    keep_own_frames(output, own_counts)
                clean_output(output, secrets)
        for note in nb.metadata.get(KEY, {}).get("notes", []):
            note.text = secrets.remove(note.text)
        return nb, resources


def _sources_of(db_url: str, notebook: str, assignment: str) -> dict[str, str]:
    """Return the sources of a notebook's cells, hidden regions included, by their names."""
    with open_read_only(db_url) as gradebook:
        cells = gradebook.find_notebook(notebook, assignment).source_cells
        return {cell.name: cell.source or "" for cell in cells}


def _errors_only(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the errors among outputs, after a sentence that the others are left out."""
    errors = [output for output in outputs if output.output_type == "error"]
    said = [as_output("stream", {"name": "stdout", "text": PRINTED})]
    return errors if len(errors) == len(outputs) else [*said, *errors]


def keep_own_frames(output: NotebookNode, own_counts: set[int]) -> None:
    """Keep the message of a traceback and its frames in the student's own cells.

    The other frames would show lines of a test cell, or of an earlier module's reference.
    """
    kept, frames_kept, frames_dropped = [], 0, 0
    for entry in output.traceback:
        frame = FRAME.match(ANSI.sub("", entry))
        if frame and not (frame["count"] and int(frame["count"]) in own_counts):
            frames_dropped += 1
            continue
        frames_kept += bool(frame)
        kept.append(entry)
    output.traceback = kept if frames_kept or not frames_dropped else [f"{output.ename}: {output.evalue}"]


def clean_output(output: NotebookNode, secrets: Secrets) -> None:
    """Replace the hidden lines in an output of any kind."""
    if output.output_type == "stream":
        output.text = secrets.remove(output.text)
    elif output.output_type == "error":
        output.ename = secrets.remove(output.ename)
        output.evalue = secrets.remove(output.evalue)
        output.traceback = [secrets.remove(entry) for entry in output.traceback]
    else:
        for kind, content in output.data.items():
            if kind.startswith("image/") and kind != "image/svg+xml":
                continue
            text = content if isinstance(content, str) else str(content)
            cleaned = secrets.remove(text)
            if cleaned != text:
                output.data[kind] = cleaned


class Secrets:
    """The hidden tests of a notebook, and whether a text holds a piece of them."""

    def __init__(self, sources: Iterable[str], cells: Iterable[NotebookNode]) -> None:
        """Take the pieces of the hidden regions in `sources`, but for those that a student sees in `cells` anyway.

        A piece is no secret if it stands in a visible part of a test as it is, or in a cell of the student's in any
        form in which it would be found.
        """
        tests: list[str] = []
        others: list[str] = []
        for cell in cells:
            (tests if role_of(cell) == "test" else others).append(cell.source)
        hidden = _hidden_in(frozenset(source for source in sources if BEGIN in source), tuple(tests))
        letters, characters = hidden
        shown = frozenset().union(*(_shown_in(source, hidden) for source in others))
        self._letters, self._characters = _smallest(letters - shown), _smallest(characters - shown)

    def remove(self, text: str) -> str:
        """Replace each line that holds a hidden piece, or the whole text if one is spread over several lines."""
        if not self._are_in(text):
            return text
        cleaned = "\n".join(NOTE if self._are_in(line) else line for line in text.split("\n"))
        return NOTE if self._are_in(cleaned) else cleaned

    def _are_in(self, text: str) -> bool:
        """Whether a hidden piece is in a text, in whichever way it is written there."""
        if len(text) < LEAST_LETTERS_AND_DIGITS:
            return False
        readings = "\f".join(map(_plain, _readings(text)))
        letters, characters = _letters(readings), _characters(readings)
        return any(map(letters.__contains__, self._letters)) or any(map(characters.__contains__, self._characters))


@functools.lru_cache(4)  # the same tests are hidden on all pages of a class
def _hidden_in(sources: frozenset[str], tests: tuple[str, ...]) -> Hidden:
    """Return the hidden pieces of `sources` that no visible part of a test shows as they are written.

    Letters and digits alone say what a long piece is; a short one, or one of numbers, needs the other characters.
    """

    def find() -> tuple[list[str], list[str]]:
        written = "\n".join(map(_visible_as_written, tests))
        forms = frozenset().union(*map(hidden_forms, sources))
        found = [(one, other) for one, other, as_written in forms if as_written not in written]
        return (
            sorted({one for one, _ in found if _is_telling(one)}),
            sorted({other for one, other in found if not _is_telling(one)}),
        )

    letters, characters = made_once("hidden-pieces", (sorted(sources), tests), find)
    return frozenset(letters), frozenset(characters)


@functools.lru_cache(1_000)  # most cells are the same for a whole class; what is kept of the others is not used again
def _shown_in(source: str, hidden: Hidden) -> frozenset[str]:
    """Return the hidden pieces that stand in a cell, in any form in which they would be found."""
    plain = _plain(HIDDEN.sub("", source))
    letters, characters = _letters(plain), _characters(plain)
    return frozenset(one for one in hidden[0] if one in letters) | frozenset(
        other for other in hidden[1] if other in characters
    )


@functools.lru_cache(1000)  # the same tests are hidden on all pages of a class
def hidden_forms(source: str) -> frozenset[tuple[str, str, str]]:
    """Return the forms of each piece of a cell's hidden regions: letters, characters, and as it is written."""
    return frozenset(
        (_letters(_plain(piece)), _characters(_plain(piece)), _written(piece)) for piece in hidden_pieces(source)
    )


@functools.lru_cache(1000)
def hidden_pieces(source: str) -> frozenset[str]:
    """Return what a cell's hidden regions consist of: their lines, statements and expressions, but for short ones.

    The messages of asserts are left out, which are there to be shown.
    """
    lines, hidden = source.splitlines(), set()
    inside = False
    for number, line in enumerate(lines, 1):
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside:
            hidden.add(number)
    if not hidden:
        return frozenset()
    pieces, messages = {lines[number - 1].strip() for number in hidden}, []
    with suppress(SyntaxError):
        for statement in ast.parse(source).body:
            if statement.lineno in hidden:
                asserts = [node for node in ast.walk(statement) if isinstance(node, ast.Assert)]
                messages += [ast.unparse(node.msg) for node in asserts if node.msg is not None]
                pieces |= set(ast.unparse(statement).splitlines()) | set(_expressions(statement))
    shown = "\n".join(_letters(_plain(message)) for message in messages)
    return frozenset(
        piece for piece in pieces if len(piece.strip()) >= LEAST_CHARACTERS and _letters(_plain(piece)) not in shown
    )


def _expressions(node: ast.AST) -> Iterator[str]:
    """Yield the expressions in a statement, but for constants, and for what the message of an assert says."""
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Assert) and name == "msg":
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                if isinstance(each, ast.expr) and not isinstance(each, (ast.Constant, ast.JoinedStr)):
                    yield ast.unparse(each)
                yield from _expressions(each)


def _readings(text: str) -> Iterator[str]:
    """Yield a text as it is, without tags, backwards, and decoded where a part of it looks encoded."""
    yield text
    if "<" in text:
        yield TAG.sub("", text)
    yield text[::-1]
    yield codecs.encode(text, "rot13")
    for run in BASE64.findall(text):
        with suppress(ValueError):
            yield base64.urlsafe_b64decode(run.replace("+", "-").replace("/", "_") + "=" * (-len(run) % 4)).decode()
    for run in HEX.findall(text):
        with suppress(ValueError):
            yield bytes.fromhex(run).decode()
    for run in CODES.findall(text):
        yield "".join(chr(int(code)) for code in re.findall(r"\d+", run))
    for run in ESCAPES.findall(text):
        yield codecs.decode(run, "unicode_escape")


@functools.lru_cache(1_000)  # the same tests are on all pages of a class
def _visible_as_written(test: str) -> str:
    """Return a test without its hidden regions, as it is written and as `ast.unparse` writes it."""
    visible, again = HIDDEN.sub("", test), ""
    with suppress(SyntaxError):
        again = ast.unparse(ast.parse(visible))
    return f"{_written(visible)}\n{_written(again)}"


def _letters(text: str) -> str:
    """Return the letters and digits of a plain text: what no quoting, markup, spacing or case changes."""
    return NO_LETTERS.sub("", text).casefold()


def _characters(text: str) -> str:
    """Return a plain text without quotes, backslashes and parentheses, which a rewritten expression may have."""
    return QUOTES_AND_PARENTHESES.sub("", text).casefold().rstrip(",:")


def _written(text: str) -> str:
    """Return a text without spaces and backslashes, and with one kind of quotes."""
    return re.sub(r"[\s\\]", "", text).replace('"', "'")


def _plain(text: str) -> str:
    """Return a text without colours and spaces, and without the escapes of HTML and of `repr`."""
    uncoloured = ANSI.sub("", text) if "\x1b" in text else text
    without_spaces = "".join(html.unescape(uncoloured).split())
    return LINE_ESCAPES.sub("", without_spaces) if "\\" in without_spaces else without_spaces


@functools.lru_cache(16)  # most answers have no hidden piece in them
def _smallest(pieces: frozenset[str]) -> list[str]:
    """Return the pieces that hold no other piece: a text with any of the pieces in it has one of these in it."""
    smallest: list[str] = []
    for piece in sorted(pieces, key=len):
        if not any(map(piece.__contains__, smallest)):
            smallest.append(piece)
    return smallest


def _is_telling(letters: str) -> bool:
    return len(letters) >= LEAST_LETTERS_AND_DIGITS and sum(map(str.isalpha, letters)) >= LEAST_LETTERS
