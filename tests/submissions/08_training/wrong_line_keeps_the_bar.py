# %% [markdown]
# why: the numbers stand behind the bar
# base: reference
# loses: {line-numbers: 3, progress-in-place: 3, progress-pipe: 2}

# %% solution="progress-line"
#| export
def _progress_line(title, done=0, total=None, numbers=None) -> str:
    line = f"{title} batch {done}"
    if total:
        filled = done * 20 // total
        line = f"{title} [{'#' * filled}{'-' * (20 - filled)}] {done * 100 // total}%"
    return " ".join([line, *(f"{name} {value:.4f}" for name, value in (numbers or {}).items() if value == value)])
