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
c.ClearSolutions.code_stub = {"python": '# YOUR CODE HERE\nraise NotImplementedError("Write this step here, then delete this line.")'}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
