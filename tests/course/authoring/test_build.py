"""Building: the same source gives the same bytes, and plain nbgrader and nbdev agree with tito."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tests.helpers.tiny_course import TinyCourse, cell_named, contents


def test_two_builds_are_identical_to_the_byte(course: TinyCourse) -> None:
    first = contents(course.root)
    course.tito("build", check=True)
    second = contents(course.root)
    del first["gradebook.db"], second["gradebook.db"]
    assert first == second


def test_build_says_what_it_wrote(course: TinyCourse) -> None:
    said = course.tito("build", "2", check=True).stdout
    assert said.splitlines() == [
        "wrote src/02_tiny/tiny.ipynb",
        "wrote modules/02_tiny/tiny.ipynb",
        "wrote tinytorch/core/tiny.py",
    ]


def test_modules_hold_the_notebook_and_nothing_else(built_course: TinyCourse) -> None:
    assert list(contents(built_course.root / "modules")) == ["01_tensor/tensor.ipynb", "02_tiny/tiny.ipynb"]


def test_no_solution_and_no_hidden_line_is_in_modules(built_course: TinyCourse) -> None:
    for name in ("01_tensor/tensor.ipynb", "02_tiny/tiny.ipynb"):
        solution = nbformat.read(built_course.root / "src" / name, as_version=4)
        released = (built_course.root / "modules" / name).read_text(encoding="utf-8")
        assert hidden_lines(solution)
        assert solution_lines(solution)
        assert find_leaks(hidden_lines(solution) | solution_lines(solution), released) == []


def test_plain_nbgrader_and_nbdev_commands_do_no_harm(course: TinyCourse, tmp_path: Path) -> None:
    notebook = course.filled()
    cell_named(notebook, "double").source = "#| export\nfrom tinytorch.core.tiny import double"
    submitted = course.root / "submitted" / "eve" / "02_tiny"
    evil = submitted / "tinytorch" / "core"
    evil.mkdir(parents=True)
    for file in (evil.parent / "__init__.py", evil / "__init__.py"):
        file.write_text("", encoding="utf-8")
    (evil / "tiny.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    nbformat.write(notebook, submitted / "tiny.ipynb")
    before = {part: contents(course.root / part) for part in ("src", "modules", "tinytorch")}

    course.run("nbgrader", "generate_assignment", "02_tiny", "--force", check=True)
    course.run("nbgrader", "autograde", "02_tiny", check=True)
    course.run("nbgrader", "generate_feedback", "02_tiny", check=True)
    course.run("nbdev-export", check=True)
    course.run("nbdev-clean", check=True)
    course.run("nbdev-clean", "--fname", "modules", check=True)

    assert {part: contents(course.root / part) for part in before} == before
    # The package that eve handed in beside the notebook changed nothing: the import failed.
    page = (course.root / "feedback" / "eve" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "No module named" in page
    assert list(contents(course.root / "autograded")) == ["eve/02_tiny/tiny.ipynb"]
    shutil.rmtree(submitted)


def test_a_module_without_source_is_refused_in_one_sentence(course: TinyCourse) -> None:
    shutil.rmtree(course.root / "src" / "02_tiny")
    result = course.tito("build", "02")
    assert result.returncode == 1
    assert result.stderr.startswith("tito: ")
    assert "02_tiny.py is missing" in result.stderr


ADDED = """\

# %% test="double-again" points=5
assert double(5) == 10, "Step 1: expected 10"
### BEGIN HIDDEN TESTS
assert double(7) == 14, "Step 1: expected 14"
### END HIDDEN TESTS
"""


def add_a_test(course: TinyCourse) -> None:
    source = course.root / "src" / "02_tiny" / "02_tiny.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace('\n# %% test="double-ready"', f'{ADDED}\n# %% test="double-ready"'), "utf-8")


class TestATestThatIsAddedAfterAClassWasGraded:
    """Said before anything is touched, and possible: what a person gave stays."""

    @pytest.fixture(scope="class")
    def changed(self, built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
        root = tmp_path_factory.mktemp("changed") / "course"
        shutil.copytree(built_course.root, root)
        course = TinyCourse(root)
        answers = course.filled()
        cell_named(answers, "why").source = "Because."
        (root / "handed_in").mkdir()
        nbformat.write(answers, root / "handed_in" / "amy.ipynb")
        nbformat.write(course.filled(double=None), root / "handed_in" / "bob.ipynb")
        course.tito("grade", "handed_in", "--module", "02", check=True)
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "tinytorch") as gradebook:
            key = ("why", "tiny", "02_tiny", "amy")
            grade, comment = gradebook.find_grade(*key), gradebook.find_comment(*key)
            grade.manual_score, grade.needs_manual_grade, comment.manual_comment = 8.5, False, "Say more."
            gradebook.find_grade("double-number", "tiny", "02_tiny", "bob").manual_score = 3
            gradebook.db.commit()
        add_a_test(course)
        return course

    def test_build_and_grade_say_what_can_be_done_and_change_nothing(self, changed: TinyCourse) -> None:
        before = contents(changed.root)
        build = changed.tito("build", "02")
        assert build.returncode == 1
        assert "has `double-again`, and" in build.stderr
        assert "2 submissions" in build.stderr
        assert "`tito build 02 --update-gradebook`" in build.stderr
        assert contents(changed.root) == before
        grade = changed.tito("grade", "handed_in", "--module", "02")
        assert grade.returncode == 1
        assert "run `tito build 02` first; nobody was graded" in grade.stderr
        after = contents(changed.root)
        assert {path for path in before if after.get(path) != before[path]} <= {"src/02_tiny/tiny.ipynb"}

    def test_the_update_keeps_what_a_person_gave_and_a_copy(self, changed: TinyCourse) -> None:
        before = (changed.root / "gradebook.db").read_bytes()
        said = changed.tito("build", "02", "--update-gradebook", check=True).stdout
        (copy,) = changed.root.glob("gradebook.db.before-*")
        assert f"as it was it is kept in {copy.name}" in said
        assert len(copy.read_bytes()) == len(before)
        assert cell_named(changed.notebook(), "double-again")
        changed.tito("build", "02", check=True)

    def test_then_grading_runs_the_new_test_for_everybody(self, changed: TinyCourse) -> None:
        changed.tito("grade", "handed_in", "--module", "02", check=True)
        with Gradebook(f"sqlite:///{changed.root / 'gradebook.db'}", "tinytorch") as gradebook:
            notebooks = {name: gradebook.find_submission_notebook("tiny", "02_tiny", name) for name in ("amy", "bob")}
            scores = {name: {each.name: each.score for each in notebook.grades} for name, notebook in notebooks.items()}
            waiting = gradebook.find_grade("why", "tiny", "02_tiny", "amy").needs_manual_grade
            comment = gradebook.find_comment("why", "tiny", "02_tiny", "amy").comment
        assert (scores["amy"]["double-again"], scores["bob"]["double-again"]) == (5, 0)
        assert (scores["amy"]["why"], scores["bob"]["double-number"], comment) == (8.5, 3, "Say more.")
        assert not waiting
        grades = (changed.root / "grades.csv").read_text(encoding="utf-8")
        assert "double-more,double-again,pair-total-right" in grades.splitlines()[0]

    def test_a_removed_cell_is_named_with_what_a_person_had_given_for_it(self, changed: TinyCourse) -> None:
        source = changed.root / "src" / "02_tiny" / "02_tiny.py"
        text = source.read_text(encoding="utf-8")
        source.write_text(text[: text.index('# %% [markdown] written="why"')], encoding="utf-8")
        refused = changed.tito("build", "02")
        assert "no longer has `why`" in refused.stderr
        said = changed.tito("build", "02", "--update-gradebook", check=True).stdout
        assert "given by hand for a cell that is gone: amy, why, 8.5 points" in said
        assert "given by hand for a cell that is gone: amy, why, 'Say more.'" in said


def test_a_build_that_fails_leaves_the_released_notebook(course: TinyCourse) -> None:
    before = contents(course.root / "modules")
    course.configure(("nbgrader.preprocessors.ClearMarkScheme", "nbgrader.preprocessors.NoSuchPreprocessor"))
    failed = course.tito("build", "02")
    assert failed.returncode == 1
    assert contents(course.root / "modules") == before
