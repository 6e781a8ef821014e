# %% [markdown]
# why: correct, in small steps with many names
# base: reference

# %% solution="pad-collate"
#| export
def pad_collate(samples, value=0):
    sequences = []
    others = []
    for sample in samples:
        if not isinstance(sample, tuple) and not isinstance(sample, list):
            sample = (sample,)
        sequences.append(Tensor(sample[0]).data)
        others.append(sample[1:])
    longest = 0
    lengths = []
    for sequence in sequences:
        if sequence.shape[1:] != sequences[0].shape[1:]:
            raise ValueError("shapes " + str(sequences[0].shape) + " and " + str(sequence.shape))
        lengths.append(sequence.shape[0])
        if sequence.shape[0] > longest:
            longest = sequence.shape[0]
    shape = (len(sequences), longest) + sequences[0].shape[1:]
    block = np.empty(shape, sequences[0].dtype)
    for i in range(len(sequences)):
        block[i, :lengths[i]] = sequences[i]
        block[i, lengths[i]:] = value
    result = [Tensor(block)]
    for position in range(len(others[0])):
        column = []
        for other in others:
            entry = other[position]
            if isinstance(entry, Tensor):
                entry = entry.data
            column.append(entry)
        result.append(Tensor(np.array(column)))
    result.append(Tensor(np.array(lengths, dtype=np.int64)))
    return tuple(result)

# %% solution="sharded-sampler"
#| export
class ShardedSampler:
    def __init__(self, samples, rank, world_size, shuffle=True, seed=0):
        if samples < 0:
            raise ValueError("samples < 0")
        if world_size < 1:
            raise ValueError("world_size < 1")
        if rank < 0 or rank >= world_size:
            raise ValueError("rank")
        self.samples = samples
        self.rank = rank
        self.world_size = world_size
        self.shuffle = shuffle
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        count = self.samples // self.world_size
        if self.rank < self.samples % self.world_size:
            count = count + 1
        return count

    def __iter__(self):
        order = list(range(self.samples))
        if self.shuffle:
            chance = random.Random(str(self.seed) + " " + str(self.epoch))
            chance.shuffle(order)
        for place in range(self.rank, self.samples, self.world_size):
            yield order[place]

# %% solution="tried"
#| export
def _tried(index, call, *arguments):
    try:
        value = call(*arguments)
    except Exception as error:
        if isinstance(error, SampleError):
            raise error
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        raise SampleError(index, text) from error
    return value

# %% solution="make-batch"
#| export
def _make_batch(dataset, collate, seed, epoch, indices):
    def fetch(index):
        return dataset[index]

    numbers = []
    for index in indices:
        numbers.append(int(index))
    samples = []
    with _chance_kept():
        for index in numbers:
            _seed_chance(seed, epoch, index)
            sample = _tried(index, fetch, index)
            samples.append(sample)
        batch = _tried(numbers, collate, samples)
    return batch

# %% solution="batches"
#| export
@patch
def _batches(self: ScalingLoader, epoch, first=0):
    collate = self.collate_fn
    if collate is None:
        collate = self._collate_batch
    def make(indices):
        return _make_batch(self.dataset, collate, self.seed, epoch, indices)
    plan = self._plan(epoch)
    plan = plan[first:]
    if self.num_workers > 0:
        for batch in _beside(self, make, plan):
            yield batch
    else:
        for indices in plan:
            yield make(indices)

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    if len(plan) == 0:
        return
    if count > len(plan):
        count = len(plan)
    names = _new_names(count * (ahead + 1))
    workers = _start_workers(count, make, plan, names)
    waiting = []
    next_number = 0
    try:
        while next_number < len(plan) or len(waiting) > 0:
            while next_number < len(plan) and len(waiting) <= ahead * count:
                _ask(workers[next_number % count], next_number)
                waiting.append(next_number)
                next_number = next_number + 1
            number = waiting[0]
            answer = _answer(workers[number % count])
            if isinstance(answer, SampleError):
                raise answer
            batch = _from_block(names[number % len(names)], answer)
            waiting.pop(0)
            yield batch
    finally:
        _end_workers(workers)
        for name in names:
            _remove_block(name)

# %% solution="run"
#| export
@patch
def _run(self: ScalingLoader):
    epoch = self._next[0]
    handed = self._next[1]
    self._at = (epoch, handed)
    self._next = (epoch + 1, 0)
    batches = self._batches(epoch, handed)
    try:
        for batch in batches:
            handed = handed + 1
            self._at = (epoch, handed)
            yield batch
        self._at = (epoch + 1, 0)
    finally:
        batches.close()

# %% solution="load-state-dict"
#| export
@patch
def load_state_dict(self: ScalingLoader, state):
    for name in ["seed", "batch_size", "shuffle", "samples", "epoch", "batch"]:
        if name not in state:
            raise ValueError(name + " is missing")
    mine = self.state_dict()
    for name in ["seed", "batch_size", "shuffle", "samples"]:
        if mine[name] != state[name]:
            raise ValueError(name + " should be " + str(mine[name]) + ", is " + str(state[name]))
    if state["epoch"] < 0:
        raise ValueError("epoch is " + str(state["epoch"]))
    if state["batch"] < 0 or state["batch"] > len(self):
        raise ValueError("batch is " + str(state["batch"]) + ", there are " + str(len(self)))
    self._at = (state["epoch"], state["batch"])
    self._next = (state["epoch"], state["batch"])

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    pool = ThreadPoolExecutor(max_workers=count)
    futures = []
    asked = 0
    try:
        for number in range(len(plan)):
            last = number + ahead * count
            while asked <= last and asked < len(plan):
                future = pool.submit(make, plan[asked])
                futures.append(future)
                asked = asked + 1
            future = futures.pop(0)
            batch = future.result()
            future = None
            yield batch
            batch = None
    finally:
        for future in futures:
            future.cancel()
        pool.shutdown()
