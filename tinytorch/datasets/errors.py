"""What can go wrong with files on disk, besides a missing one (FileNotFoundError)."""


class CorruptFileError(ValueError):
    """A file exists but does not hold what it should; the message names the file, and the sample if there is one."""
