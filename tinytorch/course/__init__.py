"""The tools of the course: build, export, check, grade and reset, from Python and from `tito`."""

import sys

# Where this is installed, reading notebooks begins with making a grammar of web addresses, in two seconds. Notebooks'
# schemas have no use for it, and jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
