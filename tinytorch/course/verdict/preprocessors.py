"""Running and deciding a submission as nbgrader's preprocessor, with its settings in nbgrader_config.py."""

from __future__ import annotations

from nbgrader.preprocessors import Execute
from traitlets import Enum, Float, Integer, List, Unicode, default

from tinytorch.course.layout import CourseError
from tinytorch.course.sandbox.isolation import ISOLATIONS
from tinytorch.course.verdict.run_cells import NOT_CONFIGURED, CellRunner
from tinytorch.course.verdict.run_tests import SubmissionRunner


class ExecuteStaged(CellRunner, Execute):  # type: ignore[misc]
    """nbgrader's Execute with the staged package, in a sandbox, within limits."""

    course_root = Unicode(help="The course folder, whose tinytorch is staged for the kernel.").tag(config=True)
    isolation = Enum(
        ISOLATIONS,
        default_value="bubblewrap",
        help="What student code runs in: 'bubblewrap', a sandbox; 'limits', the grader's own rights with limits on "
        "memory, time and files, which warns; 'none', for a student's own check.",
    ).tag(config=True)
    submission_timeout = Float(help="The seconds that all cells of a submission have together.").tag(config=True)
    memory_gigabytes = Float(help="The memory that a submission may use.").tag(config=True)
    max_output_bytes = Integer(CellRunner.max_output_bytes, help="How much one cell may print.").tag(config=True)
    # A folder `tinytorch/` that was handed in beside the notebook must not be imported instead of the staged one.
    extra_arguments = List(["--InteractiveShellApp.ignore_cwd=True"]).tag(config=True)

    @default("submission_timeout")  # type: ignore[untyped-decorator]
    def _require_submission_timeout(self) -> float:
        raise CourseError(NOT_CONFIGURED.format("submission_timeout"))

    @default("memory_gigabytes")  # type: ignore[untyped-decorator]
    def _require_memory_gigabytes(self) -> float:
        raise CourseError(NOT_CONFIGURED.format("memory_gigabytes"))


class ExamineSubmission(SubmissionRunner, ExecuteStaged):
    """Run the cells of a submission; a test cell ends in an error unless the grader's own process passes it."""
