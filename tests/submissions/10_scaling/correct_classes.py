# %% [markdown]
# why: correct, with classes, np.pad and itertools
# base: reference

# %% solution="pad-collate"
#| export
def pad_collate(samples, value=0):
    rows = [tuple(sample) if isinstance(sample, (tuple, list)) else (sample,) for sample in samples]
    first, *rest = [list(map(np.asarray, column)) for column in zip(*rows)]
    if len({each.shape[1:] for each in first}) > 1:
        raise ValueError(f"these shapes differ in more than their length: {sorted({each.shape for each in first})}")
    longest = max(map(len, first))
    wide = [np.pad(each, [(0, longest - len(each))] + [(0, 0)] * (each.ndim - 1), constant_values=value) for each in first]
    return Tensor(np.stack(wide).astype(first[0].dtype, copy=False)), *[Tensor(np.stack(each)) for each in rest], Tensor(np.array([*map(len, first)]))

# %% solution="prefetch"
#| export
class _Filler(threading.Thread):
    def __init__(self, batches, ahead):
        super().__init__(daemon=True)
        self.batches, self.out, self.wanted = batches, queue.Queue(), queue.Queue()
        for _ in range(ahead):
            self.wanted.put(True)

    def run(self):
        try:
            stream = iter(self.batches)
            while self.wanted.get():
                try:
                    self.out.put(("batch", next(stream)))
                except StopIteration:
                    self.out.put(("end", None))
                    return
        except BaseException as error:
            self.out.put(("error", error))


def prefetch(batches, ahead=2):
    if ahead < 1:
        raise ValueError(ahead)
    filler = _Filler(batches, ahead)
    filler.start()
    try:
        while True:
            kind, value = filler.out.get()
            if kind == "end":
                break
            if kind == "error":
                raise value
            filler.wanted.put(True)
            yield value
    finally:
        with filler.wanted.mutex:
            filler.wanted.queue.clear()
        filler.wanted.put(False)
        filler.join()

# %% solution="sharded-sampler"
#| export
class ShardedSampler:
    def __init__(self, samples, rank, world_size, shuffle=True, seed=0):
        if rank not in range(world_size) or samples < 0:
            raise ValueError((samples, rank, world_size))
        self.key, self.shuffle, self.share = (seed, 0), shuffle, range(samples)[rank::world_size]
        self.samples = samples

    def set_epoch(self, epoch):
        self.key = (self.key[0], epoch)

    def __len__(self):
        return len(self.share)

    def __iter__(self):
        if not self.shuffle:
            return iter(self.share)
        order = np.arange(self.samples)
        np.random.Generator(np.random.Philox(np.random.SeedSequence(self.key))).shuffle(order)
        return map(int, order[list(self.share)])

# %% solution="sample-error"
#| export
class SampleError(RuntimeError):
    def __init__(self, index, text):
        super().__init__(f"at index {index}:\n{text}")
        self.index = index
        self.original = text

    def __str__(self):
        return self.args[0]

    def __reduce__(self):
        return SampleError, (self.index, self.original)

# %% solution="scaling-loader"
#| export
class ScalingLoader(DataLoader):
    def __init__(self, dataset, batch_size, shuffle=False, *, num_workers=0, workers="processes",
                 collate_fn=None, sampler=None, seed=0, ahead=2):
        super().__init__(dataset, batch_size, shuffle)
        self._next = self._at = 0, 0
        self._runs = weakref.WeakSet()
        if workers not in ("processes", "threads"):
            raise ValueError(f"workers must be 'processes' or 'threads'; it was {workers!r}")
        self.workers = workers
        try:
            operator.index(num_workers), operator.index(ahead)
        except TypeError:
            raise ValueError("num_workers and ahead are integers") from None
        if num_workers < 0 or ahead < 1 or (shuffle and sampler is not None):
            raise ValueError((num_workers, ahead, sampler))
        self.num_workers, self.collate_fn, self.seed, self.ahead = num_workers, collate_fn, seed, ahead
        self.sampler = sampler
        if sampler is None:
            self.sampler = ShardedSampler(len(dataset), rank=0, world_size=1, shuffle=shuffle, seed=seed)

    def __len__(self):
        return len(range(0, len(self.sampler), self.batch_size))

    def _plan(self, epoch):
        getattr(self.sampler, "set_epoch", lambda epoch: None)(epoch)
        order = np.array(list(self.sampler), dtype=np.int64)
        return [order[place * self.batch_size:][:self.batch_size] for place in range(len(self))]

# %% solution="run"
#| export
@patch
def _run(self: ScalingLoader):
    self._at = self._next
    self._next = self._at[0] + 1, 0
    epoch, handed = self._at
    with closing(self._batches(epoch, handed)) as stream:
        while (batch := next(stream, self)) is not self:
            handed += 1
            self._at = epoch, handed
            yield batch
    self._at = epoch + 1, 0

# %% solution="in-threads"
#| export
class _Maker:
    def __init__(self, make, indices):
        self.make, self.indices, self.made, self.error = make, indices, threading.Event(), None

    def run(self):
        try:
            self.batch = self.make(self.indices)
        except BaseException as error:
            self.error = error
        self.made.set()

    def take(self):
        self.made.wait()
        if self.error is not None:
            raise self.error
        return self.batch

def _in_threads(make, plan, count, ahead):
    jobs, makers, threads = queue.Queue(), deque(), []

    def work():
        for maker in iter(jobs.get, None):
            maker.run()
            del maker

    try:
        for number in range(len(plan)):
            while number + len(makers) < min(len(plan), number + 1 + ahead * count):
                makers.append(_Maker(make, plan[number + len(makers)]))
                jobs.put(makers[-1])
                if len(threads) < count:
                    threads.append(threading.Thread(target=work, daemon=True))
                    threads[-1].start()
            yield makers.popleft().take()
    finally:
        with suppress(queue.Empty):
            while True:
                jobs.get_nowait()
        for _ in threads:
            jobs.put(None)
        for thread in threads:
            thread.join()
