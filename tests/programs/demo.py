"""Grade the corpus as a class and compare with what its files say: `make demo`.

Arguments name the submissions that are graded instead.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.helpers.corpus import Submission, write_class
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.sandbox.isolation import check_isolation

# A class of a size that one waits for; tests/test_corpus.py grades the whole corpus
CLASS = """
    correct_array_indices correct_beginner correct_dataclasses correct_islice correct_iterator_class correct_match
    correct_reference correct_typed correct_with_warnings textbook untouched imports_the_reference skips_the_tests
    syntax_error_in_step_3 wrong_copies_the_dataset wrong_counts_from_the_end wrong_crops_the_middle
    wrong_drops_the_last_batch wrong_is_its_own_iterator wrong_makes_all_batches_first wrong_one_order_for_all_epochs
    wrong_rounds_len_down wrong_shuffles_the_data wrong_tears_labels_from_images wrong_turns_all_to_float
"""


def main() -> int:
    course = Course.find(Path(__file__).parent)
    module = course.module("05_dataloader")
    output = course.root / "build" / "demo"
    shutil.rmtree(output, ignore_errors=True)
    submissions = write_class(module, output / "class", sys.argv[1:] or CLASS.split())
    tito = [sys.executable, "-m", "tinytorch.course.cli"]
    grade = ["grade", str(output / "class"), "--module", module.number, "--output", str(output)]
    try:
        check_isolation("bubblewrap")
    except CourseError as error:  # these submissions are our own
        print(f"The demo runs without its sandbox: {error}", flush=True)
        grade += ["--isolation", "limits"]
    for command in (["build"], grade):
        if subprocess.run([*tito, *command], cwd=course.root, check=False).returncode:
            return 1
    with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    console = Console() if sys.stdout.isatty() else Console(width=160)  # a pipe has no width to fit into
    console.print(score_table(submissions, rows))
    wrong = [submission.name for submission in submissions if differences(submission, rows)]
    console.print(f"feedback for each student: {(output / 'feedback').relative_to(course.root)}")
    console.print(
        f"{len(submissions) - len(wrong)} of {len(submissions)} submissions scored exactly what their files say"
    )
    return 1 if wrong else 0


def differences(submission: Submission, rows: dict[str, dict[str, str]]) -> list[str]:
    """Name the tests whose points are not the expected ones."""
    row = rows.get(submission.name, {})
    return [test for test, points in submission.expected_points.items() if float(row.get(test) or -1) != points]


def score_table(submissions: list[Submission], rows: dict[str, dict[str, str]]) -> Table:
    table = Table(title="Module 05, a class of real submissions", title_justify="left", title_style="bold")
    table.add_column("submission", no_wrap=True)
    for name in ("points", "expected"):
        table.add_column(name, justify="right")
    table.add_column("every test as expected")
    table.add_column("what it is", ratio=1)
    for submission in submissions:
        got = float(rows[submission.name]["points"])
        verdict = ", ".join(differences(submission, rows)) or "yes"
        table.add_row(submission.name, f"{got:g}", f"{submission.expected_total:g}", verdict, submission.why)
    return table


if __name__ == "__main__":
    sys.exit(main())
