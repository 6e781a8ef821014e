"""The tools of the course: build, export, check, grade and reset, from Python and from `tito`."""

from tinytorch.course.patches import skip_web_address_grammar

skip_web_address_grammar()  # before any room reads a notebook, and with that imports jsonschema
