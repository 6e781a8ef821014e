# %% [markdown]
# why: the old file is opened and overwritten
# base: reference
# loses: {replace-whole: 4}

# %% solution="replace-file"
#| export
def _replace_file(path, write):
    with open(path, "wb") as file:
        write(file)
