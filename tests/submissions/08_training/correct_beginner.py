# %% [markdown]
# why: correct, in small steps with many names
# base: reference

# %% solution="count-right"
#| export
def _count_right(scores, targets):
    labels = targets.data
    if labels.dtype.kind != "i" and labels.dtype.kind != "u":
        return float("nan")
    if len(scores.shape) != 2 or len(targets.shape) != 1:
        return float("nan")
    if scores.shape[0] != targets.shape[0]:
        return float("nan")
    right = 0
    for i in range(len(labels)):
        if np.argmax(scores.data[i]) == labels[i]:
            right = right + 1
    return right

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    output = self.model(inputs)
    loss = self.loss_fn(output, targets)
    right = _count_right(output, targets)
    self.optimizer.zero_grad()
    loss.backward()
    self.optimizer.step()
    value = float(loss.data)
    return (value, right)

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    total_loss = 0
    total_right = 0
    total = 0
    for batch in loader:
        inputs = batch[0]
        targets = batch[1]
        n = len(targets)
        loss, right = measure(inputs, targets)
        total_loss = total_loss + loss * n
        total_right = total_right + right
        total = total + n
    if total == 0:
        raise ValueError("there was no batch")
    mean_loss = total_loss / total
    accuracy = total_right / total
    return mean_loss, accuracy

# %% solution="evaluate"
#| export
@patch
def evaluate(self: Trainer, loader) -> tuple:
    with _evaluating(self.model):
        total_loss = 0
        total_right = 0
        total = 0
        for inputs, targets in loader:
            output = self.model(inputs)
            loss = self.loss_fn(output, targets).item()
            total_loss += loss * len(targets)
            total_right += _count_right(output, targets)
            total += len(targets)
        if total == 0:
            raise ValueError("there was no batch")
        return total_loss / total, total_right / total

# %% solution="progress-line"
#| export
def _progress_line(title, done=0, total=None, numbers=None) -> str:
    line = title
    if numbers is not None:
        for name in numbers:
            value = numbers[name]
            if np.isnan(value):
                continue
            line = line + " " + name + " " + "%.4f" % value
        return line
    if total is None:
        line = line + " batch " + str(done)
        return line
    bar = ""
    for i in range(1, 21):
        if i * total <= done * 20:
            bar = bar + "#"
        else:
            bar = bar + "-"
    percent = (100 * done) // total
    return line + " [" + bar + "] " + str(percent) + "%"

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
        if self.in_place == False:
            return
        new = _progress_line(self.title, done, self.total)
        if new == self.shown:
            return
        text = new
        while len(text) < len(self.shown):
            text = text + " "
        print("\r" + text, end="", file=self.stream, flush=True)
        self.shown = new

    def finish(self, numbers):
        text = _progress_line(self.title, numbers=numbers)
        if self.in_place:
            while len(text) < len(self.shown):
                text = text + " "
            print("\r" + text, file=self.stream, flush=True)
        else:
            print(text, file=self.stream)

# %% solution="fit"
#| export
@patch
def fit(self: Trainer, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
    if epochs < 0:
        raise ValueError("epochs < 0")
    self._find_generators(train_loader, val_loader)
    before = len(self.history["train_loss"])
    total = before + epochs
    epoch = before
    while epoch < total:
        epoch = epoch + 1
        if progress:
            line = _Progress("epoch " + str(epoch) + "/" + str(total), train_loader)
            train_loss, train_accuracy = self._train_epoch(line.watch())
        else:
            line = None
            train_loss, train_accuracy = self._train_epoch(train_loader)
        val_loss = np.nan
        val_accuracy = np.nan
        if val_loader is not None:
            val_loss, val_accuracy = self.evaluate(val_loader)
        self.history["train_loss"].append(train_loss)
        self.history["train_accuracy"].append(train_accuracy)
        self.history["val_loss"].append(val_loss)
        self.history["val_accuracy"].append(val_accuracy)
        if line is not None:
            line.finish({"train_loss": train_loss, "train_accuracy": train_accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy})
    return self.history

# %% solution="snapshot"
#| export
@patch
def _snapshot(self: Trainer) -> dict:
    parameters = []
    for p in self.model.parameters():
        parameters.append(np.array(p.data))
    history = {}
    for key in self.history:
        history[key] = self.history[key][:]
    snapshot = {}
    snapshot["parameters"] = parameters
    snapshot["optimizer"] = self.optimizer.state_dict()
    snapshot["history"] = history
    snapshot["random"] = self._random_state()
    return snapshot

# %% solution="load"
#| export
@patch
def load(self: Trainer, path):
    saved = _read_checkpoint(path)
    new = saved["parameters"]
    old = self.model.parameters()
    if len(new) != len(old):
        raise ValueError("expected %d parameters but found %d" % (len(old), len(new)))
    for i in range(len(old)):
        if new[i].shape != old[i].shape:
            raise ValueError("expected shape " + str(old[i].shape) + " but found " + str(new[i].shape))
        if new[i].dtype != old[i].dtype:
            raise ValueError("expected dtype " + str(old[i].dtype) + " but found " + str(new[i].dtype))
    self.optimizer.load_state_dict(saved["optimizer"])
    for i in range(len(old)):
        old[i].data = new[i]
    self.history = saved["history"]
    self._set_random_state(saved["random"])
