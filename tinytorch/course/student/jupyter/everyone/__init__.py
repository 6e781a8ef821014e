"""Settings for everybody, students and instructors."""
