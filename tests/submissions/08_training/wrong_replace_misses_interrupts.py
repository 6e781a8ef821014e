# %% [markdown]
# why: cleans up after errors, not after an interrupt
# base: reference
# loses: {replace-whole: 4}

# %% solution="replace-file"
#| export
def _replace_file(path, write):
    "Have `write(file)` fill a new file, then put it in the place of `path`: there is always the old one or the new one, whole."
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # on the disk, not just on its way: the power may fail right after the move
        os.replace(beside, path)
    except Exception:
        beside.unlink(missing_ok=True)
        raise
