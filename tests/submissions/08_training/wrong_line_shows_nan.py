# %% [markdown]
# why: nan is shown
# base: reference
# loses: {line-numbers: 3}

# %% solution="progress-line"
#| export
def _progress_line(title, done=0, total=None, numbers=None) -> str:
    "A line about progress: the numbers if there are any, else a bar for `done` of `total` batches, else the count."
    if numbers:
        return " ".join([title, *(f"{name} {value:.4f}" for name, value in numbers.items())])
    if total is None:
        return f"{title} batch {done}"
    filled = done * 20 // total
    return f"{title} [{'#' * filled}{'-' * (20 - filled)}] {done * 100 // total}%"
