# %% [markdown]
# why: gives whichever batch is done first
# base: reference
# loses: {workers-order: 4, workers-errors: 3, workers-leave: 4}

# %% solution="work"
#| export
def _work(line, make, plan, tag):
    "In a worker: make the batch of each number that comes in; send what `_to_block` gave, or the SampleError."
    while True:
        number = line.recv()
        try:
            answer = _tried(plan[number].tolist(), lambda: _to_block(f"{tag}_{number}", make(plan[number])))
        except SampleError as error:
            answer = error
        line.send((number, answer))

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in worker processes; leave none of them behind."
    tag, asked, number = _new_tag(), 0, 0
    workers = _start_workers(min(count, len(plan)), make, plan, tag)
    try:
        for number in range(len(plan)):
            while asked < min(len(plan), number + 1 + ahead * len(workers)):
                _ask(workers[asked % len(workers)], asked)
                asked += 1
            waiting = [worker for worker in workers if worker[1].poll()]
            while not waiting:
                threading.Event().wait(0.001)
                waiting = [worker for worker in workers if worker[1].poll()]
            done, answer = _answer(waiting[0])
            if isinstance(answer, SampleError):
                raise answer
            yield _from_block(f"{tag}_{done}", answer)
    finally:
        _end_workers(workers)
        for left in range(number, asked):
            _remove_block(f"{tag}_{left}")
