"""`nbgrader autograde` and `tito grade` give a class the same scores. `make bench-grading` is the long form."""

import re
import shutil

import pytest

from tests.helpers import performance_page
from tests.programs import bench_grading


def test_both_ways_to_grade_give_the_same_scores_and_the_numbers_are_printed(capsys):
    assert bench_grading.main(["--count", "2", "--rounds", "1"]) == 0
    said = capsys.readouterr().out
    for name in ("`nbgrader autograde`", "`tito grade`", "`tito grade`, no pages and reports"):
        row = next(line for line in said.splitlines() if line.startswith(f"| {name} |"))
        assert len(re.findall(r"\d+(?:\.\d+)?(?: MiB)? \|", row)) == 4, row
    assert re.search(r"^The scores of all \d\d+ tests are the same in every run\.$", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("form", "said_last"),
    [
        (["--scale", "2"], r"^\| 2 \| [\d.]+ \| [\d.]+ \| \d+ MiB \| [\d.]+ \|$"),
        (
            ["--cluster", "2", "--rounds", "1"],
            r"^The cluster reaches [\d.]+ of the rate without one\.$",
        ),
    ],
)
def test_a_class_of_any_size_and_one_on_a_cluster_get_the_scores_that_the_corpus_says(capsys, form, said_last):
    assert bench_grading.main(form) == 0
    said = capsys.readouterr().out
    assert re.search(said_last, said, re.MULTILINE), said
    assert "All scores are as the corpus says." in said


def test_numbers_are_written_into_the_page_in_the_place_of_older_ones(tmp_path):
    page = tmp_path / "performance.md"
    shutil.copyfile(performance_page.PAGE, page)
    for name in ("grading: rate", "grading: scale", "grading: cluster"):
        performance_page.write_section(page, name, "numbers from before")
        older = page.read_text(encoding="utf-8")
        performance_page.write_section(page, name, "the numbers")
        once = page.read_text(encoding="utf-8")
        performance_page.write_section(page, name, "the numbers")
        assert page.read_text(encoding="utf-8") == once == older.replace("numbers from before", "the numbers")
