"""A student's markup on the pages that grading writes: it is shown, and nothing of it runs or loads."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.browser.accessible import assert_accessible
from tests.helpers.hand_in import grade
from tests.helpers.tiny_course import GradedClass, TinyCourse, build_course, cell_named

PHONE = {"width": 390, "height": 844}  # pixels
RUNS = "document.title = 'ran'"
MARKUP = f"""<b>bold</b> <script>{RUNS}</script><img src="nothing.png" onerror="{RUNS}" alt="a picture">
<a href="javascript:{RUNS}">a link</a><svg onload="{RUNS}"></svg><img alt="" src="http://course.invalid/seen.png">
<details open ontoggle="{RUNS}"><summary>more</summary>words</details>
<iframe srcdoc="<script>{RUNS}</script>"></iframe>
"""
DISPLAYS = f"""from IPython.display import HTML, SVG, Javascript, Markdown, display
markup = {MARKUP!r}
display(HTML(markup), Markdown(markup), Javascript("document.title = 'ran'"))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="{RUNS.replace("'", "&apos;")}"></svg>'))
display({{"text/html": markup}}, raw=True, metadata={{"text/html": {{"isolated": True}}}})
print(markup)
raise ValueError(markup)
"""


@pytest.fixture(scope="module")
def its_class(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """A class of one, whose notebook is full of markup."""
    root: Path = tmp_path_factory.mktemp("course")
    course: TinyCourse = build_course(root)
    raises = f"#| export\ndef double(x):\n    raise ValueError({MARKUP!r})\n"
    notebook = course.filled(double=raises)
    cell_named(notebook, "why").source = f"A List<int> **twice**.\n\n{MARKUP}"
    notebook.cells.append(nbformat.v4.new_code_cell(DISPLAYS))
    notebook.cells.append(nbformat.v4.new_markdown_cell(MARKUP))
    folder = tmp_path_factory.mktemp("handed_in")
    nbformat.write(notebook, folder / "ann.ipynb")
    return grade(course, folder)


@pytest.mark.parametrize("name", ["feedback/ann/02_tiny/tiny.html", "report.html"])
def test_markup_of_a_student_s_runs_nothing_and_loads_nothing(its_class: GradedClass, name: str, page, other_hosts):
    page.goto((its_class.output / name).as_uri())
    page.wait_for_load_state("networkidle")
    assert page.title() in ("tiny", "02_tiny: grading report")
    assert page.locator("script, iframe, svg [onload], [onerror], [onload], [ontoggle]").count() == 0
    for link in page.get_by_text("a link", exact=True).all():
        link.click(force=True)
    assert page.title() != "ran"
    assert other_hosts == []
    assert "default-src 'none'" in page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")


def test_what_one_looks_at_is_still_there(its_class: GradedClass, page):
    page.goto((its_class.output / "feedback/ann/02_tiny/tiny.html").as_uri())
    assert page.locator(".output_html b", has_text="bold").count() >= 1
    assert page.locator("strong", has_text="twice").count() == 1
    assert page.get_by_text("A List<int>").count() == 1
    assert_accessible(page)


@pytest.mark.parametrize("name", ["feedback/ann/02_tiny/tiny.html", "report.html"])
def test_a_page_fits_a_phone_and_is_for_everybody(its_class: GradedClass, name: str, page):
    page.set_viewport_size(PHONE)
    page.goto((its_class.output / name).as_uri())
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert_accessible(page)
