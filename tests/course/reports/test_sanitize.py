"""What a student wrote is shown on a page, and does nothing there."""

from __future__ import annotations

import nbformat
import pytest

from tinytorch.course.reports.sanitize import TOO_MUCH, clean_html, clean_prose, drop_free_form

PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
    ("shown", "clean"),
    [
        ("<script>document.title = 'ran'</script>after", "after"),
        ("<style>p { color: red }</style>after", "after"),
        ("<img src=x onerror=\"document.title = 'ran'\">", "<img>"),
        (f'<img src="{PNG}" alt="a plot" onload="x()">', f'<img src="{PNG}" alt="a plot">'),
        ('<img src="https://host.invalid/seen.png">', "<img>"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<a href="https://example.org/">a</a>', '<a href="https://example.org/">a</a>'),
        ('<iframe src="https://host.invalid"></iframe>a', "a"),
        ('<form action="https://host.invalid"><input type="password" name="p"></form>', "<input>"),
        ("<svg><script>x()</script><text>a</text></svg>", "a"),
        ('<p style="color: red; position: fixed; background: url(//x.invalid)">a</p>', '<p style="color: red;">a</p>'),
        ('<table class="dataframe"><tbody><tr><td colspan="2">1</td></tr></tbody></table>',) * 2,
    ],
)
def test_displayed_html_keeps_what_one_looks_at(shown: str, clean: str) -> None:
    assert clean_html(shown) == clean


def test_prose_shows_other_tags_as_text() -> None:
    assert clean_prose("<p>a List<int> and <script>x()</script></p>") == (
        "<p>a List&lt;int&gt; and &lt;script&gt;x()&lt;/script&gt;</p>"
    )
    task = '<li class="task-list-item"><input class="box" type="checkbox" disabled>Why?</li>'
    assert clean_prose(task) == task


def test_settings_that_templates_would_put_on_the_page_are_dropped() -> None:
    picture = nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo="})
    picture.metadata = {"image/png": {"width": "1 onerror=x()", "height": 20}, "text/html": {"isolated": True}}
    cell = nbformat.v4.new_code_cell("1", outputs=[picture], id="a")
    cell.id, cell.execution_count, cell.metadata = '"><b>', "<b>", {"tags": ["<b>"], "nbgrader": {"grade_id": "x"}}
    notebook = nbformat.NotebookNode(cells=[cell])
    drop_free_form(notebook)
    assert (cell.id, cell.execution_count, cell.metadata) == ("b", None, {"nbgrader": {"grade_id": "x"}})
    assert picture.metadata == {"image/png": {"height": 20}, "text/html": {}}


def test_more_tags_than_anybody_reads_are_not_shown() -> None:
    assert clean_html("<div>" * 100_000) == clean_prose("<div>" * 100_000) == TOO_MUCH
    assert clean_html("<td>" * 1000) != TOO_MUCH
