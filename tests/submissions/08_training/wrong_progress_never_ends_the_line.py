# %% [markdown]
# why: the last line has no newline
# base: reference
# loses: {progress-in-place: 3, progress-pipe: 2}
# says: the end should write
# at: "line 25 of your cell `class _Progress`"

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
        "After `done` batches: redraw the line where that can be done, if it has changed."
        line = _progress_line(self.title, done, self.total)
        if self.in_place and line != self.shown:
            self.stream.write("\r" + line.ljust(len(self.shown)))
            self.stream.flush()
            self.shown = line

    def finish(self, numbers):
        "At the end: the line with these numbers, and a newline."
        line = _progress_line(self.title, numbers=numbers)
        if self.in_place:
            line = "\r" + line.ljust(len(self.shown))
        self.stream.write(line)
        self.stream.flush()
