"""Lines of hidden tests are taken out of what students get to see; and the tests' own finder finds them."""

from __future__ import annotations

import ast
import base64
import codecs
import functools
import html
import json
import re

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.helpers.leaks import find_leaks, hidden_lines
from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import GradedClass, TinyCourse, cell_named, solution
from tinytorch.course.authoring.build import read_source
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import role_of
from tinytorch.course.reports.redact import HIDDEN, NOTE, Secrets, hidden_forms, hidden_pieces
from tinytorch.course.verdict.split_test import take_apart

SECRET = "assert answer_of_student == 2469134"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text,
        lambda text: html.escape(text),
        lambda text: json.dumps({"source": ["x = 1\n", text]}),
        lambda text: repr([f"first\n    {text}\nlast"]),
        lambda text: "<span>" + "</span> <span>".join(html.escape(text).split(" ")) + "</span>",
        lambda text: f"\x1b[32m----> \x1b[39m\x1b[32m3\x1b[39m \x1b[38;5;28;01massert\x1b[39;00m {text[7:]}",
    ],
)
def test_the_finder_and_the_cleaner_see_a_planted_line(built_course: TinyCourse, spoil) -> None:
    lines = hidden_lines(solution(built_course))
    line = next(line for line in lines if line.startswith(SECRET))
    assert find_leaks(lines, f"before\n{spoil(line)}\nafter") == [line]
    cleaned = secrets(line).remove(f"before\n{spoil(line)}\nafter")
    assert cleaned == f"before\n{NOTE}\nafter"


def test_the_finder_sees_a_line_planted_in_a_notebook_a_page_and_a_traceback(graded: GradedClass) -> None:
    lines = hidden_lines(solution(graded.course))
    line = next(line for line in lines if line.startswith(SECRET))
    notebook = graded.course.notebook()
    assert find_leaks(lines, nbformat.writes(notebook)) == []
    cell_named(notebook, "double-more").source += f"\n{line}"
    assert find_leaks(lines, nbformat.writes(notebook)) == [line]
    page = graded.page("wrong").replace("Step 1: expected 2469134", f"<pre>{html.escape(line)}</pre>", 1)
    assert find_leaks(lines, page) == [line]
    # The grader decides the assert in its own process, so its line is in no traceback to begin with
    failed = cell_named(graded.ran("wrong"), "double-more").outputs[-1]
    assert find_leaks(lines, "\n".join(failed.traceback)) == []
    assert find_leaks(lines, "\n".join([*failed.traceback, f"----> 3 {line}"])) == [line]


def test_the_finder_passes_over_lines_that_the_release_shows(built_course: TinyCourse) -> None:
    assert "assert double(3) == 6" not in str(hidden_lines(solution(built_course)) & {"value = double(1)"})
    assert find_leaks(hidden_lines(solution(built_course)), built_course.released.read_text()) == []


def test_short_lines_and_visible_lines_are_no_secrets() -> None:
    source = (
        "a = a_visible_line_of_code()\n### BEGIN HIDDEN TESTS\nx = 1\ny = some_longer_expression\n### END HIDDEN TESTS"
    )
    assert hidden_pieces(source) == {"y = some_longer_expression", "some_longer_expression"}
    own = [new_code_cell("y=some_longer_expression")]
    assert Secrets([source], own).remove("y = some_longer_expression") != NOTE


def test_a_hidden_line_broken_over_two_printed_lines_is_removed_too() -> None:
    assert secrets("assert answer_of_student == 2469134").remove("assert answer_of_\nstudent == 2469134") == NOTE


def test_the_message_of_a_hidden_assert_is_no_secret() -> None:
    message = "Step 3: the last batch holds two samples, not three"
    both = secrets(f"assert len(batches[-1]) == 2, (\n    {message!r}\n)")
    assert both.remove(f"AssertionError: {message}") == f"AssertionError: {message}"
    assert both.remove("assert len(batches[-1]) == 2, x") == NOTE


def secrets(hidden: str) -> Secrets:
    return Secrets([f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"], [])


# How a line may be written so that a person, or a small program, can read it again
REWRITINGS = {
    "as it is": lambda line: line,
    "by ast.unparse": lambda line: unparsed(line),
    "with other quotes": lambda line: line.translate({ord('"'): "'", ord("'"): '"'}),
    "by repr": repr,
    "as JSON": json.dumps,
    "as JSON in JSON": lambda line: json.dumps(json.dumps(line)),
    "as HTML": html.escape,
    "with tags": lambda line: "<b>" + "</b><b>".join(html.escape(part) for part in line.split(" ")) + "</b>",
    "in colours": lambda line: "\x1b[31m" + "\x1b[0m \x1b[31m".join(line.split(" ")),
    "without spaces": lambda line: line.replace(" ", ""),
    "with more spaces": lambda line: "  ".join(line),
    "a letter on each line": "\n".join,
    "broken in the middle": lambda line: f"{line[: len(line) // 2]}\n{line[len(line) // 2 :]}",
    "in capitals": str.upper,
    "with line numbers": lambda line: f"---->  3 | {line}",
    "backwards": lambda line: line[::-1],
    "in base64": lambda line: base64.b64encode(line.encode()).decode(),
    "in hexadecimal": lambda line: line.encode().hex(),
    "as codes": lambda line: str([ord(letter) for letter in line]),
    "as escapes": lambda line: "".join(f"\\x{ord(letter):02x}" for letter in line),
    "by rot13": lambda line: codecs.encode(line, "rot13"),
}


def unparsed(line: str) -> str:
    """Return a line as `ast.unparse` writes it, if it is a statement."""
    try:
        return ast.unparse(ast.parse(line))
    except SyntaxError:
        return line


@pytest.mark.parametrize("module", Course(ROOT).modules, ids=str)
def test_no_hidden_line_passes_in_any_of_the_usual_rewritings(module: Module) -> None:
    notebook, own = released_with_secrets(module)
    asserts = [node for cell in notebook.cells if cell.cell_type == "code" for node in asserts_of(cell.source)]
    known = bare("".join(HIDDEN.sub("", cell.source) for cell in notebook.cells))  # what a stub or a visible test says
    shown = bare("".join(ast.unparse(node.msg) for node in asserts if node.msg))
    lines = [line for line in hidden_lines(notebook) if bare(line) not in known and bare(line) not in shown]
    assert len(lines) > 5
    passed = [
        (line, name)
        for number, line in enumerate(lines)
        for name, rewrite in list(REWRITINGS.items())[number % 3 :: 3]  # each line in a third of them
        if own.remove(f"before\n{rewrite(line)}\nafter") == f"before\n{rewrite(line)}\nafter"
    ]
    assert passed == []


@functools.cache
def released_with_secrets(module: Module) -> tuple[NotebookNode, Secrets]:
    """Return a notebook without its solutions, and what is secret in it for a student who has written nothing yet."""
    notebook = read_source(module.source_path.read_text(encoding="utf-8"))
    sources = [cell.source for cell in notebook.cells]
    for cell in notebook.cells:
        cell.source = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", cell.source, flags=re.DOTALL)
    return notebook, Secrets(sources, notebook.cells)


def bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def asserts_of(source: str) -> list[ast.Assert]:
    try:
        return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    except SyntaxError:
        return []


@pytest.mark.parametrize("module", Course(ROOT).modules, ids=str)
def test_what_the_student_s_process_runs_of_a_hidden_test_does_not_pass(module: Module) -> None:
    notebook, own = released_with_secrets(module)
    lines = hidden_lines(notebook)
    for cell in notebook.cells:
        if "BEGIN HIDDEN TESTS" in cell.source and role_of(cell) == "test" and cell.metadata.nbgrader.points:
            half = take_apart(cell.source)[-1].student_half
            for rewritten in (rewrite(half) for rewrite in REWRITINGS.values()):
                if find_leaks(lines, rewritten):  # what is not found before anything is removed, is not found after it
                    assert find_leaks(lines, own.remove(rewritten)) == []


def test_the_pieces_of_a_hidden_test_are_found_once_for_a_class() -> None:
    source = "x = 1\n### BEGIN HIDDEN TESTS\nassert answer_of_this_test_only(x) == 5\n### END HIDDEN TESTS"
    hidden_forms.cache_clear()
    for _ in range(3):
        assert Secrets([source], []).remove("answer_of_this_test_only(x) == 5") == NOTE
    assert hidden_forms.cache_info().misses == 1
