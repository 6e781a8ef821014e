"""nbgrader's configuration: what is set here is set nowhere else.

`nbgrader autograde`, Formgrader's button and `tito grade` all read it.
"""

import functools
import os
import sys
from pathlib import Path

from tinytorch.course.patches import read_times_with_their_zones
from tinytorch.course.sandbox.isolation import stop_without_isolation

# nbgrader starts `alembic` by its bare name, which is on PATH only when the environment is activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

read_times_with_their_zones()  # nbgrader would take a due date's +0200 for 200 seconds, and CEST for UTC

c = get_config()  # noqa: F821

root = Path(__file__).parent
c.CourseDirectory.course_id = "tinytorch"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "src"
c.CourseDirectory.release_directory = "modules"
c.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"

# A release is the notebook and nothing else: the source file beside it has the solutions.
c.CourseDirectory.ignore = ["*.py", "*.pyc", "__pycache__", ".ipynb_checkpoints", "feedback", "*.md", "*.backup-*"]
c.CourseDirectory.ignore += ["received.txt", "handed_in.json"]  # what `tito collect` writes about how a notebook came
c.CourseDirectory.ignore += [".*.tinytorch-part"]  # a file that was half written when its writer was killed
# modules/ is committed, so a release is always there already: replace it instead of skipping it.
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("Write this step here, then delete this line.")'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
c.ClearSteps.optional_stub = {"python": "pass  # OPTIONAL: YOUR CODE HERE"}
# nbgrader's own list, with ClearSteps instead of ClearSolutions and SaveCellsAtOnce instead of SaveCells
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "tinytorch.course.authoring.clear_solutions.ClearSteps",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "tinytorch.course.gradebook.register.SaveCellsAtOnce",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A submission is read in whatever shape it comes, and its answers are graded in the notebook as it was released.
c.Autograde.exporter_class = "tinytorch.course.handin.exporter.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "tinytorch.course.handin.as_released.GradeAsReleased",
    "tinytorch.course.gradebook.fast_rows.OverwriteCellsAtOnce",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GradeAsReleased.course_root = str(root)
c.Execute.skip_cells_with_tag = "explore"

# Its code runs in a sandbox, with the package as it was before this module, and within limits. ExecuteStaged chooses
# how each kernel is started (tinytorch.course.sandbox.provisioners), so this holds for `nbgrader autograde`,
# `tito grade` and Formgrader's button, and not for the kernels that an instructor opens in JupyterLab. Validate runs a
# student's notebook for that student, with nbgrader's own Execute, which cannot be replaced by configuration.
# "bubblewrap" is the sandbox; "limits" only limits memory, time and output, and warns on every run. If the chosen one
# does not work on this machine, grading stops before it begins. The environment variable chooses for one run.
c.ExecuteStaged.isolation = os.environ.get("TINYTORCH_ISOLATION", "bubblewrap")
c.Autograde.pre_convert_hook = functools.partial(stop_without_isolation, c.ExecuteStaged.isolation)
# Before the code runs, it is searched for lines that tamper with the verdict; each test is decided in the grader's own
# process; the points of a submission with such a line are held back until a person has looked at it.
c.Autograde.autograde_preprocessors = [
    "tinytorch.course.verdict.tampering.WatchForTampering",
    "tinytorch.course.verdict.preprocessors.ExamineSubmission",
    "nbgrader.preprocessors.LimitOutput",
    "tinytorch.course.gradebook.record.RecordGrades",
    "tinytorch.course.gradebook.due_dates.AssignAndTellLatePenalties",
]
c.ExecuteStaged.course_root = str(root)
c.WatchForTampering.course_root = str(root)
# Limits, in seconds for a cell and for all cells together, and in gigabytes. docs/instructors.md lists all limits.
c.Execute.timeout = 10
c.ExecuteStaged.submission_timeout = 120
c.ExecuteStaged.memory_gigabytes = 4

# A submission is late after the assignment's due date in the gradebook, or after the student's extension there. The
# instructor and the student are told how late; here is how many percent of the points each day, once begun, costs.
c.AssignLatePenalties.plugin_class = "tinytorch.course.gradebook.due_dates.LatePolicy"
c.LatePolicy.percent_per_day = 0
c.LatePolicy.most_percent = 100
c.ExportApp.plugin_class = "tinytorch.course.gradebook.due_dates.ExportWithPenalties"

# A feedback page is made again each time: points and comments that were given by hand since have to be on it.
c.GenerateFeedback.force = True
# A feedback page shows the scores and the tests' messages, but no line of a hidden test.
# `nbgrader export` writes to this file: its own default, grades.csv, is what `tito grade` writes.
c.ExportPlugin.to = "nbgrader_export.csv"
c.GenerateFeedback.exporter_class = "tinytorch.course.reports.student_page.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "tinytorch.course.gradebook.fast_rows.GetGradesAtOnce",
    "tinytorch.course.reports.redact.ClearHiddenRegions",
    "tinytorch.course.reports.redact.HideTestsInOutputs",
    "tinytorch.course.reports.leave_out.LeaveOutReleased",
]
c.LeaveOutReleased.course_root = str(root)
