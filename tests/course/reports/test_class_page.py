"""The report of a grading run: it says what an instructor asks for, and shows what students wrote as mere text."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tests.helpers.repository import ROOT
from tests.helpers.results import result_of
from tests.helpers.tiny_course import GradedClass, TinyCourse
from tinytorch.course.layout import Module
from tinytorch.course.notes import Note
from tinytorch.course.reports import class_page
from tinytorch.course.reports.class_page import write_report
from tinytorch.course.reports.results import ClassResults, StudentResult

MODULE = Module("05_dataloader", Path())
VOID = {"meta", "br", "path", "use"}
HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>'\"&"


class Elements(HTMLParser):
    """Every element of a page with its attributes, and whether all that open also close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def page_of(tmp_path: Path, *students: StudentResult) -> str:
    write_report(ClassResults(MODULE, list(students)), tmp_path / "report.html")
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def section(page: str, name: str) -> str:
    """The words of one section of the page."""
    found = re.search(rf'<(section|details) id="{name}">(.*?)</\1>', page, re.DOTALL)
    assert found, name
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found[2])).split())


def tiles(page: str) -> dict[str, str]:
    """The counts of the page's head, by what they count."""
    found = re.findall(r'<a href="#\w+"><strong>(.*?)</strong> (.*?)</a>', page)
    return {what: count for count, what in found}


def big_class() -> list[StudentResult]:
    """A thousand students, of whom a tenth are flagged, a tenth broken and a tenth late."""
    kinds = {
        0: Note("flag", "dataset", "`import answers` imports an answer"),
        1: Note("fault", "loader-iter", "this cell ran longer than 10 s and was stopped"),
    }
    return [
        result_of(
            f"student{number:04}",
            *range(1, 1 + number % 7),
            message=f"AssertionError: expected 4, got {number % 40}",
            notes=[kinds[number % 10]] if number % 10 in kinds else [],
            held_back=number % 10 == 0,
            seconds_late=100.0 if number % 10 == 2 else 0.0,
        )
        for number in range(1000)
    ]


def test_the_head_counts_what_there_is(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        result_of("ann", written=1, written_waiting=1),
        result_of("bob", 5),
        result_of("cyd", 4, 5, notes=[Note("fault", "dataset", "it was stopped")]),
        result_of("dee", 1, 2, 3, 4, 5, notes=[Note("flag", "dataset", "it reads tests")], held_back=True),
        StudentResult("eve", failure="nbgrader could not grade eve"),
    )
    assert tiles(page) == {
        "submissions": "5",
        "median of 15": "10",
        "mean of 15": "10.3",
        "flagged": "1",
        "broken": "2",
        "late": "0",
        "written answer waits": "1",
    }
    assert "Not counted: 1 held back, 1 not graded." in section(page, "distribution")


def test_the_hardest_tests_are_drawn_worst_first_with_their_points(tmp_path: Path) -> None:
    page = page_of(tmp_path, result_of("ann", 2, 5), result_of("bob", 5), result_of("cyd"))
    shown = section(page, "hardest")
    assert re.search(r"67 % \(2 of 3\).*33 % \(1 of 3\)", shown)
    assert "test-5 (5 points)" in shown
    assert "worst first. test-5: 67 percent, test-2: 33 percent." in page
    assert "3 of 5 were passed by all." in shown


def test_a_message_is_told_once_with_its_tests_and_the_students_who_met_it(tmp_path: Path) -> None:
    page = page_of(tmp_path, result_of("ann", 1, 2, 3, 4, 5), *[result_of(f"s{number}", 2) for number in range(6)])
    assert section(page, "messages").endswith("expected 4 test-1, test-2, test-3 and 2 more 7 ann, s0, s1 and 4 more")


def test_flagged_submissions_come_with_their_line_and_what_to_do(tmp_path: Path) -> None:
    flag = Note("flag", "dataset", "`open('/grades')` reaches for files")
    page = page_of(
        tmp_path, result_of("looked-at", notes=[flag]), result_of("-new one", 1, notes=[flag], held_back=True)
    )
    first, second = section(page, "flagged").split("-new one", 1)[1].split("looked-at")
    assert "open('/grades') reaches for files, in dataset" in first
    assert "tito grade FOLDER --trust='-new one'" in first
    assert "Nothing: its points count." in second
    assert "<code>open(&#39;/grades&#39;)</code>" in page


def test_broken_submissions_are_told_with_their_reason(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        StudentResult("a+b", failure="'a+b' cannot be a student's id"),
        result_of("bob", 1, 2, 3, 4, 5, unreadable="it is no JSON", notes=[Note("fault", "", "it is no JSON")]),
        result_of("cyd", notes=[Note("fault", "loader-iter", "this cell ran longer than 10 s")]),
    )
    assert section(page, "broken").endswith(
        "a+b the submission 'a+b' cannot be a student's id bob the file it is no JSON "
        "cyd loader-iter this cell ran longer than 10 s"
    )


def test_late_submissions_are_told_with_what_it_cost(tmp_path: Path) -> None:
    late = result_of("ann", seconds_late=2 * 24 * 60 * 60.0, late_penalty=3.0)
    page = page_of(tmp_path, late, result_of("bob", late_penalty=1.5), result_of("cyd"))
    assert section(page, "late").endswith("ann handed in 2 days after the due date: 3 points less bob 1.5 points less")


@pytest.mark.parametrize(
    "students",
    [
        [],
        [result_of("only")],
        [result_of("only", 1, 2, 3, 4, 5)],
        [StudentResult("only", failure="it failed")],
        [StudentResult("only")],
        [result_of(f"s{number}", number % 6) for number in range(25)],
        big_class(),
    ],
    ids=["nobody", "one", "one who failed all", "one not graded", "one without tests", "25", "1000"],
)
def test_a_class_of_any_size_gives_a_whole_page(tmp_path: Path, students: list[StudentResult]) -> None:
    page = page_of(tmp_path, *students)
    assert Elements(page).open == []
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]*)', page)) <= set(ids)
    assert page.count('<td class="who">') >= len(students)


def test_tables_of_a_thousand_are_cut_and_the_last_one_is_whole(tmp_path: Path) -> None:
    page = page_of(tmp_path, *big_class())
    for name in ("flagged", "broken", "late"):
        assert "… and 80 more" in section(page, name)
        assert section(page, name).count("student0") <= 2 * 20
    assert "… and 26 more messages" in section(page, "messages")
    assert len(re.findall(r"student\d{4}", section(page, "students"))) == 1000
    assert len(page) < 1_000_000


def test_what_students_wrote_is_text_and_nothing_else(tmp_path: Path) -> None:
    notes = [Note("flag", HOSTILE, f"`{HOSTILE}` {HOSTILE}"), Note("fault", HOSTILE, HOSTILE)]
    page = page_of(
        tmp_path,
        result_of(HOSTILE, 1, message=HOSTILE, notes=notes, late_penalty=1.0),
        result_of(f"b{HOSTILE}", 1, message=HOSTILE, notes=notes, held_back=True),
        StudentResult("javascript:alert(3)", failure=HOSTILE),
        result_of("cyd", 1, unreadable=HOSTILE),
    )
    elements = Elements(page)
    assert elements.open == []
    assert not {"script", "img", "iframe", "object", "link", "base", "form"} & {tag for tag, _ in elements.found}
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
    assert HOSTILE in html.unescape(page)


def test_colours_and_control_characters_are_taken_out(tmp_path: Path) -> None:
    page = page_of(tmp_path, result_of("ann", 1, message="\x1b[31mValueError\x1b[0m: a\x00b\u202ec\ud800d"))
    assert "ValueError: a b c d" in section(page, "messages")


def test_the_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    page = page_of(tmp_path, *big_class())
    elements = Elements(page).found
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in elements}
    for _, attributes in elements:
        for name in ("src", "href", "xlink:href", "action", "data", "srcset"):
            assert re.match(r"#|\./", attributes.get(name) or "#"), attributes
    assert not re.search(r"url\((?!#)|@import", page)
    assert "default-src 'none'" in page


def test_each_figure_says_in_words_what_it_shows(tmp_path: Path) -> None:
    page = page_of(tmp_path, result_of("ann", 5), result_of("bob"))
    figures = [attributes for tag, attributes in Elements(page).found if tag == "svg"]
    assert [figure["role"] for figure in figures] == ["img", "img", "img"]
    assert [figure["aria-label"] for figure in figures] == re.findall(r"<title>(How.*?|The share.*?)</title>", page)
    assert "60+ percent: 1, 100 percent: 1." in (figures[1]["aria-label"] or "")
    assert "test-5: 50 percent" in (figures[2]["aria-label"] or "")


def test_the_same_results_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = []
    for cache in ("one", "other"):  # so that the figures are drawn both times
        monkeypatch.setenv("TINYTORCH_CACHE", str(tmp_path / cache))
        pages.append(page_of(tmp_path, *big_class()))
    assert pages[0] == pages[1]
    assert not re.search(r"\d\d:\d\d:\d\d", page_of(tmp_path, result_of("ann", 1)))


def test_figures_are_drawn_once_for_the_same_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYTORCH_CACHE", str(tmp_path / "cache"))
    drawn: list[str] = []
    svg = class_page._svg

    def draw(figure: Any, name: str, alt: str) -> Any:
        drawn.append(name)
        return svg(figure, name, alt)

    monkeypatch.setattr(class_page, "_svg", draw)
    page = page_of(tmp_path, *big_class())
    once = list(drawn)
    assert {"distribution", "hardest"} <= set(once)
    assert page_of(tmp_path, *big_class()) == page
    assert drawn == once
    page_of(tmp_path, *big_class()[1:])
    assert len(drawn) > len(once)


# What a real class's report says


@pytest.fixture(scope="module")
def report(graded: GradedClass) -> str:
    return (graded.output / "report.html").read_text(encoding="utf-8")


def test_tito_grade_writes_the_page_and_names_it(graded: GradedClass, report: str) -> None:
    assert f"report:   {graded.output / 'report.html'}" in graded.run.stdout
    assert tiles(report)["submissions"] == "14"
    assert Elements(report).open == []


def test_the_page_tells_why_tests_failed_and_whom_to_look_at(report: str) -> None:
    assert "Step 1: expected 2469134, got 8641969" in section(report, "messages")
    assert "IndexError: list index out of range" in section(report, "messages")
    assert "tito grade FOLDER --trust prints" in section(report, "flagged")
    assert "this cell ran longer than" in section(report, "broken")


def test_the_page_links_each_student_s_feedback(graded: GradedClass, report: str) -> None:
    links = set(re.findall(r'href="(\./[^"]*)"', report))
    assert len(links) == 14
    assert all((graded.output / link).is_file() for link in links)


def test_the_page_shows_no_line_of_a_hidden_test_or_of_a_solution(graded: GradedClass, report: str) -> None:
    solution = nbformat.read(graded.course.root / "src" / "02_tiny" / "tiny.ipynb", as_version=4)
    own = "".join(path.read_text(encoding="utf-8") for path in graded.folder.rglob("*.ipynb"))
    assert find_leaks(hidden_lines(solution), report) == []
    assert find_leaks(solution_lines(solution), report, own) == []


def test_the_template_is_shipped_with_the_package(built_course: TinyCourse) -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"course/reports/templates/*/*"' in pyproject
    assert (
        built_course.root / "tinytorch" / "course" / "reports" / "templates" / "report" / "report.html.j2"
    ).is_file()


def test_what_to_teach_again_comes_first_with_each_step_and_test(tmp_path: Path) -> None:
    students = [result_of("ann"), result_of("bob", 1), result_of("cid", 1, message="NotImplementedError: Write this")]
    results = ClassResults(MODULE, students)
    steps = {"test-1": "Step 1", "test-2": "Step 2"}
    ideas = {"Step 1": "one interface", "test-1": "no samples"}
    sections = {"ann": "A", "bob": "B", "cid": "B"}
    write_report(results, tmp_path / "report.html", steps=steps, sections=sections, ideas=ideas)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.index('id="steps"') < page.index('id="distribution"') < page.index('id="tests"')
    shown = section(page, "steps")
    assert "Step 1: 67 percent lost, 33 of them not written" in html.unescape(page)
    assert "Step 1 one interface 2 of 3 2 of 3, 67 % 1" in shown
    assert "A 1 15 B 2 14" in shown
    assert "test-1 no samples Step 1 33 % 1 2 none" in section(page, "tests")
    assert "It is computed from 10 students on." in section(page, "tests")


@pytest.mark.parametrize("students", [300, 1_000])
def test_a_student_costs_few_bytes_of_the_page(tmp_path: Path, students: int) -> None:
    def size(count: int) -> int:
        names = [f"student-{number:04}" for number in range(count)]
        return len(page_of(tmp_path, *[result_of(name, number % 5) for number, name in enumerate(names)]))

    assert (size(students) - size(100)) / (students - 100) < 300
    assert size(students) < 40_000 + 300 * students


def test_hand_ins_over_time_and_written_points_are_drawn_where_there_are_some(tmp_path: Path) -> None:
    assert 'id="over-time"' not in page_of(tmp_path, result_of("ann"))
    first = datetime(2026, 11, 28, 12)
    students = [
        result_of("ann", handed_in=first, written=1, written_points=7.0),
        result_of("bob", handed_in=first + timedelta(hours=30), seconds_late=3600.0, written=1, written_waiting=1),
    ]
    page = html.unescape(page_of(tmp_path, *students))
    assert "2 hand-ins, from 2026-11-28 12:00 to 2026-11-29 18:00 UTC; 1 after the due date, 2026-11-29 17:00" in page
    assert "How many students have how many points for written answers. 7 points: 1." in page
