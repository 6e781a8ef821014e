"""What goes wrong with data on disk, beyond a file that is missing (FileNotFoundError)."""


class CorruptFileError(ValueError):
    """A file is there but does not hold what it should; the message names it, and the sample where there is one."""
