"""nbgrader's gradebook: reading it, recording scores, due dates."""
