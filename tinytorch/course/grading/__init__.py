"""Grading a class: workers run the submissions, and one process records the results."""
