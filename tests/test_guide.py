"""docs/instructors.md, done: its commands exist, and its term runs in the small course as it is written there."""

from __future__ import annotations

import csv
import json
import re
import shlex
import zipfile
from pathlib import Path

import pytest
import typer

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.cli import app

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands
GUIDE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
TERM = GUIDE[GUIDE.index("\n## 1. ") : GUIDE.index("\n## What a student sees\n")]
STEPS = re.split(r"\n## (?=\d\. )", TERM)[1:]

# A class as Canvas exports it and gives its hand-ins out
CLASS = """\
Student,ID,SIS User ID,SIS Login ID,Section,tiny (77)
    Points Possible,,,,,30
"Byron, Ada",12345,s1,ada,Monday,
"O'Neil, Bob",12346,s2,bob,Monday,
"Köhler, Cem",12347,s3,cem,Monday,
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_of_a_page_exists_with_its_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.findall(r"(?:^|[`/ ])tito ([a-z]+)((?: +(?![#|&])[^`#|&\n]+)?)", text, re.MULTILINE)
    for name, rest in found:
        if name not in COMMANDS:
            assert f"`tito {name}" not in text, name  # in a sentence, `tito` may come before any word
            continue
        options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        used = {part.partition("=")[0] for part in rest.split() if part.startswith("--")}
        assert used <= options | {"--help"} or name == "lab", f"tito {name}{rest}"


def commands(step: str) -> list[list[str]]:
    """Return the commands of `tito` in a step's blocks, for the small course."""
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```$", step, re.MULTILINE | re.DOTALL))
    lines = [line for line in blocks.splitlines() if line.startswith("tito ")]
    return [["02" if part == "05" else part for part in shlex.split(line, comments=True)[1:]] for line in lines]


def test_the_term_of_the_guide_runs_from_the_class_list_to_the_corrected_test(course: TinyCourse) -> None:
    root = course.root
    downloads = root / "downloads"
    downloads.mkdir()
    flagged = course.filled()
    cell_named(flagged, "double").source = "#| export\nfrom tinytorch.core.tiny import *"
    for name, notebook in {"byronada_12345_1": flagged, "oneilbob_LATE_12346_2": course.filled()}.items():
        (downloads / f"{name}_tiny.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    said: dict[str, str] = {}
    titles = [step.partition("\n")[0] for step in STEPS]
    assert titles == [f"{n}. {t}" for n, t in enumerate(TITLES, 1)]
    for title, step in zip(titles, STEPS, strict=True):
        if "Again" in title:
            correct_the_test(root / "src" / "02_tiny" / "02_tiny.py")
        for command in commands(step):
            counted = CLASS.replace(",30\n", ",100\n") if "--scale" in command else CLASS
            (root / "export.csv").write_text(counted, encoding="utf-8")
            ran = course.tito(*command, check=True)
            said[f"{title[0]} {' '.join(command)}"] = ran.stdout + ran.stderr
    assert "3 new" in said["1 roster export.csv"]
    scores = (root / "grades.csv").read_bytes()
    course.run("nbgrader", "export", check=True)
    assert (root / "grades.csv").read_bytes() == scores  # `tito grade` wrote that file
    assert "ada" in said["4 status 02"]
    assert re.search(r"graded again for \d students", said["7 regrade 02"])
    # ada's points count, because she is trusted; nobody wrote what is graded by hand; cem handed in nothing
    column = [row[-1] for row in csv.reader((root / "export-02_tiny.csv").read_text(encoding="utf-8").splitlines())]
    assert column == ["tiny (77)", "30", "10", "20", "0"]
    with zipfile.ZipFile(root / "feedback.zip") as pages:
        assert len(pages.namelist()) == 2


TITLES = ("The class list", "Hand out", "Collect", "Grade", "Look", "Return", "Again")


def correct_the_test(source: Path) -> None:
    """Change a hidden test of the small course."""
    text = source.read_text(encoding="utf-8")
    assert text.count("assert answer_of_student == 2469134") == 1
    text = text.replace("assert answer_of_student == 2469134", "assert int(answer_of_student) == 2469134")
    source.write_text(text, encoding="utf-8")
