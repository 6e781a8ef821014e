"""nbgrader's configuration, and the only place for what it says.

It holds for `nbgrader autograde`, for Formgrader's button and for `tito grade` alike.
"""

import os
import sys
from pathlib import Path

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
# modules/ is committed: releasing again replaces it instead of skipping it.
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("Write this step here, then delete this line.")'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# A submission's tags count for nothing: which cells are passed over is read from the released notebook.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "tinytorch.course.sanitize.TrustReleasedTags",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.TrustReleasedTags.course_root = str(root)
c.Execute.skip_cells_with_tag = "explore"

# Its code runs with the package as it was before this module, and each cell has its time.
c.Autograde.autograde_preprocessors = [
    "tinytorch.course.execute.ExecuteStaged",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ExecuteStaged.course_root = str(root)
c.Execute.timeout = 10
timeout_message = f"this cell ran longer than {c.Execute.timeout} s and was stopped"
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": timeout_message,
    "traceback": [f"CellTimeoutError: {timeout_message}"],
}

# A feedback page shows the scores and the tests' messages, and no line of a hidden test.
c.GenerateFeedback.exporter_class = "tinytorch.course.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "tinytorch.course.hide.ClearHiddenRegions",
    "tinytorch.course.hide.HideTestsInOutputs",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
