"""The tests. A package, so that helpers and programs are imported by one name from everywhere below the root."""

from tinytorch.course.patches import skip_unused_formats

skip_unused_formats()  # here, because tests import nbformat, and so jsonschema, before anything of the course tools
