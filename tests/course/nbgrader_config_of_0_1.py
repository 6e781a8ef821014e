"""nbgrader's configuration, and the only place for what it says.

It holds for `nbgrader autograde`, for Formgrader's button and for `tito grade` alike.
"""

import functools
import os
import sys
from pathlib import Path

from tinytorch.course.sandbox import stop_without_isolation

# nbgrader starts `alembic` by its bare name, which is not on PATH when the environment was not activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

c = get_config()  # noqa: F821

root = Path(__file__).parent
c.CourseDirectory.course_id = "tinytorch"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "src"
c.CourseDirectory.release_directory = "modules"
c.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"

# A release holds the notebook and nothing else: the literate source beside it is the solution.
c.CourseDirectory.ignore = ["*.py", "*.pyc", "__pycache__", ".ipynb_checkpoints", "feedback", "*.md", "*.backup-*"]
c.CourseDirectory.ignore += ["received.txt"]  # what collecting notes of how a notebook came
c.CourseDirectory.ignore += [".*.tinytorch-part"]  # what was being written when its writer was killed
# modules/ is committed: releasing again replaces it instead of skipping it.
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("Write this step here, then delete this line.")'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
c.ClearSteps.optional_stub = {"python": "pass  # OPTIONAL: YOUR CODE HERE"}
# nbgrader's own list, with ClearSteps where ClearSolutions stands in it
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "tinytorch.course.clear.ClearSteps",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# What was handed in is read in whatever shape it came; its answers are graded in the notebook as it was released.
c.Autograde.exporter_class = "tinytorch.course.received.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "tinytorch.course.sanitize.GradeAsReleased",
    "tinytorch.course.gradebook.OverwriteCellsAtOnce",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GradeAsReleased.course_root = str(root)
c.Execute.skip_cells_with_tag = "explore"

# Its code runs in a sandbox, with the package as it was before this module, and each cell has its time. ExecuteStaged
# starts each kernel through a provisioner of its own choice (tinytorch.course.sandbox), so `nbgrader autograde`,
# `tito grade` and Formgrader's button all do, and kernels that the instructor opens in JupyterLab don't. Validate runs
# a student's notebook for that student, with nbgrader's own Execute, which can't be configured to be another.
# "bubblewrap" is the sandbox; "limits" sets limits on memory, time and output only, and warns on every run. Where the
# chosen one does not work, grading stops before it has begun. The environment variable chooses for one run.
c.ExecuteStaged.isolation = os.environ.get("TINYTORCH_ISOLATION", "bubblewrap")
c.Autograde.pre_convert_hook = functools.partial(stop_without_isolation, c.ExecuteStaged.isolation)
# Before it runs, it is read for lines that work on the verdict; each test is decided in the grader's own process; the
# scores of a submission with such a line are held back until a person has looked.
c.Autograde.autograde_preprocessors = [
    "tinytorch.course.watch.WatchForTampering",
    "tinytorch.course.examine.ExamineSubmission",
    "nbgrader.preprocessors.LimitOutput",
    "tinytorch.course.record.RecordGrades",
    "tinytorch.course.late.AssignAndTellLatePenalties",
]
c.ExecuteStaged.course_root = str(root)
c.WatchForTampering.course_root = str(root)
c.Execute.timeout = 10
c.ExecuteStaged.submission_timeout = 120
c.ExecuteStaged.memory_gigabytes = 4

# Late is what comes after the assignment's due date in the gradebook, and after the student's extension there. It is
# shown to the instructor and the student; how many percents of the points it costs for each day begun is said here.
c.AssignLatePenalties.plugin_class = "tinytorch.course.late.LatePolicy"
c.LatePolicy.percent_per_day = 0
c.LatePolicy.most_percent = 100

# A feedback page shows the scores and the tests' messages, and no line of a hidden test.
c.GenerateFeedback.exporter_class = "tinytorch.course.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "tinytorch.course.gradebook.GetGradesAtOnce",
    "tinytorch.course.hide.ClearHiddenRegions",
    "tinytorch.course.hide.HideTestsInOutputs",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
