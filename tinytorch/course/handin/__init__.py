"""From a file as it was handed in to a notebook with the released tests and the student's answers."""
