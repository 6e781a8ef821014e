"""Keeping hidden tests off feedback pages, which show the student's work and each test's message."""

from __future__ import annotations

import functools
import html
import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor

from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.notebook import role_of
from tinytorch.course.notes import KEY

NOTE = "[a line of a hidden test was removed here]"
LEAST_CHARACTERS = 20  # a shorter line, such as `x = 1`, reveals nothing
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
TAG = re.compile(r"<[^>]*>")
BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
FRAME = re.compile(r"^\s*(File\b|(Cell|Input)\s+In\s?\[(?P<count>\d+)\]|\[\.\.\. skipping)")


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
    """Remove lines of hidden tests from tracebacks and from all other outputs; runs after `ClearHiddenRegions`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # for as long as this preprocessor lives, one run of a command, most often for one assignment
        self._hidden_in = functools.lru_cache(maxsize=1)(_hidden_in)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean every output of the notebook."""
        names = resources["nbgrader"]
        hidden = self._hidden_in(names["db_url"], names["notebook"], names["assignment"])
        # A line that is also in a cell that the student sees is not a secret.
        visible = "\n".join(squeezed_source(cell.source) for cell in nb.cells)
        secrets = {line for line in hidden if line not in visible}

        code_cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        own_counts = {cell.execution_count for cell in code_cells if role_of(cell) != "test"}
        for cell in code_cells:
            for output in cell.outputs:
                if output.output_type == "error":
                    keep_own_frames(output, own_counts)
                clean_output(output, secrets)
        for note in nb.metadata.get(KEY, {}).get("notes", []):
            note.text = remove_secrets(note.text, secrets)
        return nb, resources


def _hidden_in(db_url: str, notebook: str, assignment: str) -> frozenset[str]:
    """Return the lines of all hidden tests of a notebook, squeezed."""
    with open_read_only(db_url) as gradebook:
        cells = gradebook.find_notebook(notebook, assignment).source_cells
        return frozenset(squeeze(line) for cell in cells for line in hidden_lines(cell.source or ""))


def hidden_lines(source: str) -> set[str]:
    """Return the lines of a cell's hidden regions, but for short ones."""
    lines, inside = set(), False
    for line in source.splitlines():
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside and len(line.strip()) >= LEAST_CHARACTERS:
            lines.add(line.strip())
    return lines


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


def clean_output(output: NotebookNode, secrets: set[str]) -> None:
    """Replace the hidden lines in an output of any kind."""
    if output.output_type == "stream":
        output.text = remove_secrets(output.text, secrets)
    elif output.output_type == "error":
        output.ename = remove_secrets(output.ename, secrets)
        output.evalue = remove_secrets(output.evalue, secrets)
        output.traceback = [remove_secrets(entry, secrets) for entry in output.traceback]
    else:
        for kind, content in output.data.items():
            if kind.startswith("image/") and kind != "image/svg+xml":
                continue
            text = content if isinstance(content, str) else str(content)
            cleaned = remove_secrets(text, secrets)
            if cleaned != text:
                output.data[kind] = cleaned


def remove_secrets(text: str, secrets: set[str]) -> str:
    """Replace each line that contains a hidden one, or the whole text if a hidden line is spread over several."""
    if not _contains(text, secrets):
        return text
    cleaned = "\n".join(NOTE if _contains(line, secrets) else line for line in text.split("\n"))
    return NOTE if _contains(cleaned, secrets) else cleaned


def squeeze(text: str) -> str:
    """Remove what printing may change in a line: colours, white space, and the escapes of HTML and `repr`."""
    return re.sub(r"[\\\s]", "", html.unescape(ANSI.sub("", text)))


@functools.lru_cache(10_000)  # most cells are the same for a whole class
def squeezed_source(source: str) -> str:
    """Return a cell's source squeezed."""
    return squeeze(source)


def _contains(text: str, secrets: set[str]) -> bool:
    """Whether a hidden line is in `text`, as it is or with HTML tags in between."""
    forms = (squeeze(text), squeeze(TAG.sub("", text)))
    return any(secret in form for form in forms for secret in secrets)
