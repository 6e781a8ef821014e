"""The site: it builds without a warning, needs no other host, and gives nothing away."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sys
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tests.helpers.repository import ROOT
from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.authoring.links import Repository, published_repository
from tinytorch.course.layout import Course
from tinytorch.course.notebook import role_of, sections

BeautifulSoup = pytest.importorskip("bs4").BeautifulSoup
pytest.importorskip("sphinx", reason="the site needs Sphinx: pip install -e '.[docs]'")

COURSE = Course.find(ROOT)
PAGE = ROOT / "docs" / "modules" / "05_dataloader.md"
NUMBERED = {"figure": "Figure", "table": "Table", "div.literal-block-wrapper": "Listing"}

sys.path.insert(0, str(ROOT / "docs" / "extensions"))


@pytest.fixture(scope="session")
def pages(site):
    """Every page of the site, decks of slides among them, by its path."""
    paths = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    return {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in paths}


@pytest.fixture(scope="session")
def page(site, pages):
    """The page of module 05."""
    return pages[site / "modules" / "05_dataloader.html"]


@pytest.fixture(scope="session")
def deck(site, pages):
    """The slides of module 05."""
    return pages[site / "modules" / "05_dataloader.slides.html"]


def solution_notebook(module):
    write_solution_notebook(module)
    return nbformat.read(module.solution_path, as_version=4)


def test_it_builds_without_a_warning(site_build):
    folder, build = site_build
    assert build.returncode == 0, build.stderr
    assert (folder / "modules" / "05_dataloader.html").is_file()


def test_no_line_of_a_solution_or_a_hidden_test_is_in_it(site):
    written = [path for path in site.rglob("*") if path.suffix in (".html", ".txt") or path.name == "searchindex.js"]
    texts = {path.relative_to(site): path.read_text(encoding="utf-8") for path in written}
    assert len(texts) > 15
    notebooks = [solution_notebook(module) for module in COURSE.modules]
    secrets = set().union(*(hidden_lines(notebook) | solution_lines(notebook) for notebook in notebooks))
    assert len(secrets) > 1000
    assert {path: leaks for path, text in texts.items() if (leaks := find_leaks(secrets, text))} == {}


def test_the_notebooks_in_it_are_those_that_are_handed_out(site):
    notebooks = {path.relative_to(site): path.read_bytes() for path in site.rglob("*.ipynb")}
    released = {module.released_path.relative_to(ROOT / "modules"): module.released_path for module in COURSE.modules}
    assert notebooks == {name: path.read_bytes() for name, path in released.items()}


def test_nothing_in_it_is_fetched_from_another_host(site, pages):
    fetched = {"script": "src", "link": "href", "img": "src", "iframe": "src", "audio": "src", "source": "src"}
    for path, soup in pages.items():
        for tag, attribute in fetched.items():
            for element in soup.find_all(tag, attrs={attribute: True}):
                assert not urlsplit(element[attribute]).netloc, f"{path}: {element}"
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(url\(|@import\s)\s*["']?(https?:)?//""", text), path


def test_every_link_within_it_leads_somewhere(pages):
    places = {path: {element["id"] for element in soup.find_all(id=True)} for path, soup in pages.items()}
    links = 0
    for path, soup in pages.items():
        for element in soup.find_all(["a", "iframe", "img", "audio", "script", "link"]):
            address = urlsplit(element.get("href") or element.get("src") or "")
            if address.scheme or address.netloc or not (address.path or address.fragment):
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            assert target.exists(), f"{path}: {element}"
            if address.fragment and target in places:
                assert unquote(address.fragment) in places[target], f"{path}: {element}"
            links += 1
    assert links > 500


def test_every_picture_has_words(pages):
    pictures = [(path, picture) for path, soup in pages.items() for picture in soup.find_all("img")]
    assert len(pictures) > 20
    for path, picture in pictures:
        if picture.find_parent("article") or picture.find_parent("section"):
            assert len(picture["alt"]) > 25, f"{path}: {picture}"
        assert picture.has_attr("alt"), f"{path}: {picture}"


def test_figures_tables_and_listings_are_numbered_in_order_and_referred_to(page):
    for selector, word in NUMBERED.items():
        captioned = [element for element in page.select(f"article {selector}") if element.select(".caption-text")]
        numbers = [element.select_one(".caption-number").text.strip() for element in captioned]
        assert numbers == [f"{word} {place + 1}" for place in range(len(numbers))]
        assert len(numbers) >= 4
        for element, number in zip(captioned, numbers, strict=True):
            referring = page.select(f'a[href="#{element["id"]}"] .std-numref')
            assert [reference.text for reference in referring][:1] == [number], element["id"]
    assert all(figure.select(".caption-text") for figure in page.select("article figure"))


def test_the_page_has_what_a_reader_looks_for(page):
    headings = [heading.text.rstrip("#") for heading in page.select("article h2")]
    for word in [
        "Listen",
        "able to do",
        "slides",
        "Batches",
        "Data larger than memory",
        "do not build",
        "interface",
        "Takeaways",
        "Five questions",
        "Errors",
        "Checklist",
        "Further",
        "next",
    ]:
        assert any(word in heading for heading in headings), word
    assert len(page.select(".launch .sd-card")) == (3 if published_repository(COURSE) else 1)
    assert [label.text.strip() for label in page.select(".sd-tab-label")] == ["TinyTorch", "PyTorch"]
    answers = [fold for fold in page.select("details") if fold.summary.text.strip().startswith("Answer")]
    assert len(answers) == 5
    assert not any(fold.has_attr("open") for fold in answers)
    assert [fold.summary.text.strip() for fold in answers] == [f"Answer {k}" for k in range(1, 6)]  # and nothing of it


def test_the_road_tells_the_points_that_the_tests_give(page):
    points = {}
    for section, cell in sections(solution_notebook(COURSE.module("05"))):
        if role_of(cell) == "test" and (step := re.match(r"Step (\d)", section)):
            points[step[1]] = points.get(step[1], 0) + cell.metadata.nbgrader.points
    rows = [[cell.text for cell in row.select("td")] for row in page.select("#tab-road tbody tr")]
    assert {row[0]: 0 if row[3] == "none" else int(row[3]) for row in rows} == points


def test_the_worked_answers_are_right(page):
    answers = [fold.text for fold in page.select("details") if fold.summary.text.strip().startswith("Answer")]
    pixels, full, decode_ms = 48 * 160 * 160 * 3, 70_000 // 192, 64 * 6
    epoch_s = {"fetch": 40_000 * 50e-6, "augment": 40_000 * 30e-6, "pack": 625 * 100e-6, "learn": 625 * 12e-3}
    right = [
        [f"{pixels:,} B", f"{4 * pixels:,} B"],
        [f": {full + 1}", f"{70_000 - 192 * full} are left"],
        [f"{12 * 8} MB", f"{12 * 4} MB", f"{12 * 36} MB"],
        [f"{decode_ms} ms", f"at least {decode_ms / 80}, so 5", f"{80 / decode_ms:.0%}".replace("%", " %")],
        [f"{sum(epoch_s.values()):.2f} s is {epoch_s['augment'] / sum(epoch_s.values()):.0%}".replace("%", " %")],
    ]
    for text, expected in zip(answers, right, strict=True):
        for part in expected:
            assert part in text, text


def test_each_other_module_has_a_page_that_says_what_its_notebook_does(site, pages):
    for module in COURSE.modules:
        if module.number == "05":
            continue
        page = pages[site / "modules" / f"{module.assignment}.html"]
        notebook = solution_notebook(module)
        cells = [[cell.text for cell in row.select("td")] for row in page.select("tr")]
        shown = {row[0]: row[2] for row in cells if len(row) == 3}
        points: dict[str, float] = {}
        for section, cell in sections(notebook):
            if role_of(cell) in ("test", "written"):
                points[section] = points.get(section, 0) + cell.metadata.nbgrader.points
        graded = {section: total for section, total in points.items() if total}
        rows = {re.sub(r"^(Step \d+) · .*", r"\1", title): total for title, total in shown.items()}
        assert {section: float(rows[section]) for section in graded} == graded, module.assignment
        assert f"That is {sum(graded.values()):g} points" in page.text
        headings = [heading.text.rstrip("#") for heading in page.select("article h2")]
        assert {"The interface", "What you take with you"} <= set(headings), (module.assignment, headings)
        assert page.select_one(f'a[href="../{module.assignment}/{module.notebook_name}"]')
        if any("plots.draw_chain(" in cell.source for cell in notebook.cells):
            assert (site / "modules" / page.select_one("img.chain")["src"]).resolve().is_file()


def test_the_page_shows_the_errors_that_the_code_raises(page):
    said = " ".join(output.text for output in page.select(".cell_output"))
    assert "ValueError: All tensors must have same size in first dimension; they have [4, 3]" in said
    assert said.count(">>> ") == 7
    assert len(re.findall(r"\w+Error: .+", said)) == 7


def listings():
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(r'```{code-block} python\n:caption: "(.*?)"\n:name: \S+\n\n(.*?)```', text, re.DOTALL)


@pytest.mark.filterwarnings("ignore")
def test_every_listing_prints_what_its_comment_says():
    names: dict = {}
    assert len(listings()) >= 7
    for caption, code in listings():
        if "torch.utils" in code:
            pytest.importorskip("torch", reason="the listing of PyTorch needs it: make torch")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, caption, "exec"), names)
        claimed = re.findall(r"print\(.*  # (.*)$", code, re.MULTILINE)
        lines = [line for claim in claimed for line in claim.split("; ")[0].split(", then ")]
        assert list(dict.fromkeys(printed.getvalue().splitlines())) == lines, caption


def test_a_deck_has_the_statements_of_its_page(page, deck):
    slides = deck.select(".slides > section")
    assert 12 <= len(slides) <= 16
    assert len(slides) == len(page.select("div.slide"))
    assert all(len(slide.text.split()) > 8 or slide.img for slide in slides)
    assert deck.select_one('img[src$="pipeline.svg"]')
    assert len(deck.select("img")) >= 5
    assert page.select_one("iframe.deck")["title"]
    assert "Fifteen" in page.text
    assert len(slides) == 15


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium prints the slides")
def test_a_deck_can_be_downloaded_as_pdf_with_a_page_for_each_slide(site, deck):
    pdf = (site / "modules" / deck.select_one("a[download]")["href"]).read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 15


def test_the_audio_overview_comes_with_its_transcript(site, page):
    transcript = (ROOT / "docs" / "audio" / "05.md").read_text(encoding="utf-8")
    assert 380 <= len(transcript.split()) <= 480
    shown = " ".join(page.select_one("details").text.split())
    assert re.findall(r"\w+", transcript) == re.findall(r"\w+", shown)[-len(re.findall(r"\w+", transcript)) :]
    if shutil.which("espeak-ng"):
        sound = page.select_one("audio")
        assert (site / "modules" / sound["src"]).resolve().stat().st_size > 500_000
    else:
        assert "espeak-ng was not there" in page.text


def test_a_recording_is_played_in_place_of_the_spoken_text(tmp_path):
    import spoken

    app = SimpleNamespace(srcdir=tmp_path / "docs", outdir=tmp_path / "site")
    (tmp_path / "docs" / "audio").mkdir(parents=True)
    (tmp_path / "docs" / "audio" / "05.md").write_text("Two words.", encoding="utf-8")
    spoken.speak_all(app)
    made = sorted(path.name for path in (tmp_path / "site").rglob("05.*"))
    assert made == [] or shutil.which("espeak-ng")
    (tmp_path / "docs" / "audio" / "05.ogg").write_bytes(b"a recording")
    spoken.speak_all(app)
    assert [path.read_bytes() for path in (tmp_path / "site").rglob("05.*")] == [b"a recording"]


def test_the_cards_lead_to_where_the_course_is_published():
    import launch

    notebook = "modules/05_dataloader/dataloader.ipynb"
    published = launch.cards(Repository("ada", "course", "spring"), notebook, "../05_dataloader/dataloader.ipynb")
    links = re.findall(r"^:link: (\S+)$", published, re.MULTILINE)
    assert [urlsplit(link).netloc for link in links] == ["mybinder.org", "", "github.com"]
    assert all("ada/course" in link for link in (links[0], links[2]))
    nowhere = launch.cards(None, notebook, "../05_dataloader/dataloader.ipynb")
    assert re.findall(r"^:link: (\S+)$", nowhere, re.MULTILINE) == [links[1]]
    assert "settings.ini" not in nowhere
