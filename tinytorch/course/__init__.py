"""The tools of the course: build, export, check, grade and reset, from Python and from `tito`."""
