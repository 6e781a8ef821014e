"""Links come from settings.ini alone, and there are none before it names an owner."""

from __future__ import annotations

import csv

import nbformat

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.authoring.links import (
    Repository,
    binder_url,
    codespaces_url,
    colab_url,
    package_url,
    published_repository,
    source_url,
)
from tinytorch.course.layout import Course

NOTEBOOK = "modules/05_dataloader/dataloader.ipynb"


def publish(course: TinyCourse, owner: str) -> None:
    path = course.root / "settings.ini"
    lines = path.read_text(encoding="utf-8").splitlines()
    mine = [f"user = {owner}" if line.startswith("user =") else line for line in lines]
    path.write_text("\n".join(mine) + "\n", encoding="utf-8")


def test_while_no_owner_is_named_there_is_no_repository_and_the_build_says_so(course: TinyCourse) -> None:
    publish(course, "")
    assert published_repository(Course(course.root)) is None
    assert "settings.ini names no owner" in course.tito("build", "02", check=True).stderr


def test_owner_repository_and_branch_are_those_of_settings_ini(course: TinyCourse) -> None:
    publish(course, "ada")
    assert published_repository(Course(course.root)) == Repository("ada", "tinytorch", "main")
    assert "settings.ini" not in course.tito("build", "02", check=True).stderr


def test_each_link_names_owner_repository_and_branch() -> None:
    repository = Repository("ada", "loader", "week 5/main")
    assert binder_url(repository, NOTEBOOK) == (
        "https://mybinder.org/v2/gh/ada/loader/week%205%2Fmain"
        "?urlpath=lab%2Ftree%2Fmodules%2F05_dataloader%2Fdataloader.ipynb"
    )
    assert colab_url(repository, NOTEBOOK) == (
        f"https://colab.research.google.com/github/ada/loader/blob/week%205/main/{NOTEBOOK}"
    )
    assert codespaces_url(repository) == "https://codespaces.new/ada/loader/tree/week%205/main?quickstart=1"
    assert source_url(repository, "README.md") == "https://github.com/ada/loader/blob/week%205/main/README.md"
    assert package_url(repository) == "git+https://github.com/ada/loader@week%205/main"


def test_the_repository_s_own_settings_name_a_branch_and_a_repository() -> None:
    text = (ROOT / "settings.ini").read_text(encoding="utf-8")
    assert "\nrepo = tinytorch\n" in text
    assert "\nbranch = main\n" in text


def test_a_published_notebook_fetches_its_package_where_it_was_opened_alone(course: TinyCourse) -> None:
    before = {cell.id for cell in course.notebook().cells}
    publish(course, "ada")
    course.tito("build", check=True)
    (added,) = [cell for cell in course.notebook().cells if cell.id not in before]
    assert "%pip install --quiet git+https://github.com/ada/tinytorch@main" in added.source
    code = [cell for cell in course.notebook().cells if cell.cell_type == "code"]
    assert code[0] == added
    assert code[1].source.startswith("#| default_exp")
    # It is passed over when grading, and is in nobody's way.
    handed_in = course.root / "handed_in" / "ada.ipynb"
    handed_in.parent.mkdir()
    nbformat.write(course.filled(), handed_in)
    assert "fail" not in course.tito("check", handed_in, check=True).stdout
    course.tito("export", handed_in, check=True)
    course.tito("grade", handed_in.parent, check=True)
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["student_id"], row["points"], row["notes"]) == ("ada", "20", "")


def test_the_readme_of_a_bundle_has_links_once_it_is_published(course: TinyCourse) -> None:
    publish(course, "")
    course.tito("bundle", "02", "--output", "out", check=True)
    readme = course.root / "out" / "README.md"
    assert "https:" not in readme.read_text(encoding="utf-8")
    publish(course, "ada")
    course.tito("bundle", "02", "--output", "out", "--replace", check=True)
    repository, notebook = Repository("ada", "tinytorch", "main"), "modules/02_tiny/tiny.ipynb"
    for link in (binder_url(repository, notebook), colab_url(repository, notebook), codespaces_url(repository)):
        assert f"]({link})" in readme.read_text(encoding="utf-8")
