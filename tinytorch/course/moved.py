"""What a course's nbgrader_config.py may name by a path from before the tools were sorted into rooms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from tinytorch.course.layout import CourseError

# Each old path, and where that is now. docs/instructors.md lists them too.
MOVED = {
    f"tinytorch.course.{old}": f"tinytorch.course.{new}"
    for old, new in {
        "clear.ClearSteps": "authoring.clear_solutions.ClearSteps",
        "received.SubmissionExporter": "handin.exporter.SubmissionExporter",
        "sanitize.GradeAsReleased": "handin.as_released.GradeAsReleased",
        "gradebook.OverwriteCellsAtOnce": "gradebook.fast_rows.OverwriteCellsAtOnce",
        "gradebook.GetGradesAtOnce": "gradebook.fast_rows.GetGradesAtOnce",
        "record.RecordGrades": "gradebook.record.RecordGrades",
        "late.AssignAndTellLatePenalties": "gradebook.due_dates.AssignAndTellLatePenalties",
        "late.LatePolicy": "gradebook.due_dates.LatePolicy",
        "watch.WatchForTampering": "verdict.tampering.WatchForTampering",
        "examine.ExamineSubmission": "verdict.preprocessors.ExamineSubmission",
        "execute.ExecuteStaged": "verdict.preprocessors.ExecuteStaged",
        "feedback.FeedbackExporter": "reports.student_page.FeedbackExporter",
        "hide.ClearHiddenRegions": "reports.redact.ClearHiddenRegions",
        "hide.HideTestsInOutputs": "reports.redact.HideTestsInOutputs",
        "sandbox.stop_without_isolation": "sandbox.isolation.stop_without_isolation",
    }.items()
}


def refuse_old_paths(config: Config, path: Path) -> None:
    """Raise `CourseError` if a configuration, read from the file `path`, names something by its old path."""
    old = list(dict.fromkeys(text for text in _texts(config) if text in MOVED))
    if old:
        raise CourseError(where_it_is_now(str(path), old[0], len(old) - 1))


def where_it_is_now(file: str, old: str, others: int = 0) -> str:
    """Return the sentence about a file that names `old`, and as many others, by an old path."""
    also = f", and {others} more old path{'s' if others > 1 else ''}" if others else ""
    return (
        f"{file} names {old}, which is {MOVED[old]} now{also}: replace the old paths, which docs/instructors.md "
        "lists, or take nbgrader_config.py from the current course and put your own settings into it."
    )


def _texts(value: Any) -> Iterator[str]:
    """Return all texts in a configuration's values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, LazyConfigValue):  # what `c.Class.trait.append(...)` leaves
        yield from _texts(value.to_dict())
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in _texts(each))
    elif isinstance(value, (list, tuple, set)):
        yield from (text for each in value for text in _texts(each))
