"""Grading a class: workers run submissions, one process records them."""
