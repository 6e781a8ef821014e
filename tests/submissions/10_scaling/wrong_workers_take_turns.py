# %% [markdown]
# why: asks for a batch when it is wanted, no two workers at once
# base: reference
# loses: {workers-ahead: 2}

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in worker processes; leave none of them behind."
    tag, asked, number = _new_tag(), 0, 0
    workers = _start_workers(min(count, len(plan)), make, plan, tag)
    try:
        for number in range(len(plan)):
            while asked < min(len(plan), number + 1):
                _ask(workers[asked % len(workers)], asked)
                asked += 1
            answer = _answer(workers[number % len(workers)])
            if isinstance(answer, SampleError):
                raise answer
            yield _from_block(f"{tag}_{number}", answer)
    finally:
        _end_workers(workers)
        for left in range(number, asked):
            _remove_block(f"{tag}_{left}")
