# %% [markdown]
# why: after a failure the new file stays, half written
# base: reference
# loses: {replace-whole: 4}

# %% solution="replace-file"
#| export
def _replace_file(path, write):
    beside = str(path) + ".part"
    with open(beside, "wb") as file:
        write(file)
    os.replace(beside, path)
