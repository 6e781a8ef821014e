# %% [markdown]
# why: correct, with a condition and a deque in place of queue and semaphore, and whole pickles in the blocks
# base: reference

# %% solution="prefetch"
#| export
def prefetch(batches, ahead=2):
    if ahead < 1:
        raise ValueError(f"ahead={ahead}")
    from collections import deque
    ready, changed, state = deque(), threading.Condition(), {"stop": False}

    def put(kind, value):
        with changed:
            ready.append((kind, value))
            changed.notify_all()

    def fill():
        try:
            stream = iter(batches)
            while True:
                with changed:
                    changed.wait_for(lambda: len(ready) < ahead or state["stop"])
                    if state["stop"]:
                        return
                try:
                    value = next(stream)
                except StopIteration:
                    return put("end", None)
                put("batch", value)
        except BaseException as error:
            put("error", error)

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        while True:
            with changed:
                changed.wait_for(lambda: ready)
                kind, value = ready.popleft()
                changed.notify_all()
            if kind == "end":
                return
            if kind == "error":
                raise value
            yield value
    finally:
        with changed:
            state["stop"] = True
            changed.notify_all()
        thread.join()

# %% solution="seed-chance"
#| export
def _seed_chance(seed, epoch, index):
    chance = np.random.default_rng((seed, epoch, index))
    random.seed(int(chance.integers(2**63)))
    np.random.seed(chance.integers(2**32, size=4))

# %% solution="to-block"
#| export
def _to_block(name, batch):
    whole = pickle.dumps(batch)
    _block(name, len(whole)).buf[:len(whole)] = whole
    return len(whole)

# %% solution="from-block"
#| export
def _from_block(name, told):
    return pickle.loads(bytes(_block(name, told).buf[:told]))

# %% solution="work"
#| export
def _work(line, make, plan, names):
    def answer(number):
        return _to_block(names[number % len(names)], make(plan[number]))

    for number in iter(line.recv, None):
        try:
            told = answer(number)
        except SampleError as error:
            told = error
        except Exception:
            told = SampleError(plan[number].tolist(), traceback.format_exc())
        line.send(told)

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    total = len(plan)
    names = _new_names(min(count, total) * (ahead + 1))
    workers = _start_workers(min(count, total), make, plan, names)
    to_ask = iter(range(total))

    def ask():
        for number in to_ask:
            return _ask(workers[number % len(workers)], number)

    try:
        for _ in range(ahead * len(workers)):
            ask()
        for number in range(total):
            ask()
            answer = _answer(workers[number % len(workers)])
            if type(answer) is SampleError:
                raise answer
            yield _from_block(names[number % len(names)], answer)
    finally:
        _end_workers(workers)
        for name in names:
            _remove_block(name)

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    change, made, begun, taken, stopped = threading.Condition(), {}, 0, 0, False

    def work():
        nonlocal begun
        while True:
            with change:
                change.wait_for(lambda: stopped or begun >= len(plan) or begun <= taken + ahead * count)
                if stopped or begun >= len(plan):
                    return
                number = begun
                begun += 1
            try:
                answer = make(plan[number]), None
            except BaseException as error:
                answer = None, error
            with change:
                made[number] = answer
                answer = None
                change.notify_all()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        for taken in range(len(plan)):
            with change:
                change.notify_all()
                change.wait_for(lambda: taken in made)
                batch, error = made.pop(taken)
            if error is not None:
                raise error
            yield batch
            batch = None
    finally:
        with change:
            stopped = True
            change.notify_all()
        for thread in threads:
            thread.join()
