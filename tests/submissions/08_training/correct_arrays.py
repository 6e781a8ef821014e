# %% [markdown]
# why: correct, with arrays and NumPy's own means, and a file with a name by chance
# base: reference

# %% solution="count-right"
#| export
def _count_right(scores, targets):
    fits = scores.ndim == 2 and targets.ndim == 1 and len(scores) == len(targets)
    if not fits or not np.issubdtype(targets.dtype, np.integer):
        return np.nan
    return int(np.count_nonzero(np.argmax(scores.data, axis=-1) == targets.data))

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    rows = np.array([(*measure(inputs, targets), len(targets)) for inputs, targets in loader])
    if rows.size == 0:
        raise ValueError("an empty loader has no means")
    loss, right, sizes = rows.T
    return float(loss @ sizes / sizes.sum()), float(right.sum() / sizes.sum())

# %% solution="train-epoch"
#| export
@patch
def _train_epoch(self: Trainer, loader) -> tuple:
    return _means(self.model.train() and self._train_step, loader)

# %% solution="progress-line"
#| export
def _progress_line(title, done=0, total=None, numbers=None) -> str:
    shown = {name: f"{value:.4f}" for name, value in (numbers or {}).items()}
    if shown:
        return title + "".join(f" {name} {text}" for name, text in shown.items() if text != "nan")
    return f"{title} batch {done}" if total is None else f"{title} [{'#' * (done * 20 // total):-<20}] {done * 100 // total:d}%"

# %% solution="progress"
#| export
class _Progress:
    "One line about an epoch: redrawn in place on a terminal and in a notebook, else printed once, at its end."

    def __init__(self, title, batches, stream=None):
        self.title, self.batches = title, batches
        self.total = len(batches) if hasattr(batches, "__len__") else None
        self.stream = sys.stdout if stream is None else stream
        self.in_place = self.stream.isatty() or type(self.stream).__module__.startswith("ipykernel")
        self.shown = ""  # what stands on the line now

    def watch(self):
        for done, batch in enumerate(self.batches, 1):
            yield batch
            self.update(done)

    def update(self, done):
        self._put(_progress_line(self.title, done, self.total), "")

    def finish(self, numbers):
        self._put(_progress_line(self.title, numbers=numbers), "\n")

    def _put(self, line, end):
        before, self.shown = self.shown, line
        if self.in_place and (end or line != before):
            self.stream.write(f"\r{line:{len(before) or 1}}{end}")
        elif end:
            self.stream.write(line + end)
        self.stream.flush()

# %% solution="replace-file"
#| export
def _replace_file(path, write):
    import tempfile
    handle, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
    moved = False
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.replace(name, path)
        moved = True
    finally:
        if not moved:
            os.remove(name)

# %% solution="save"
#| export
@patch
def save(self: Trainer, path):
    buffer, arrays = io.BytesIO(), []
    plain = _without_arrays(self._snapshot(), arrays)
    named = {f"arr_{number}": array for number, array in enumerate(arrays)}
    np.savez_compressed(buffer, checkpoint=json.dumps(plain), **named)
    _replace_file(path, lambda file: file.write(buffer.getvalue()))
