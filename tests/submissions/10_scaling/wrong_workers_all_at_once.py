# %% [markdown]
# why: asks for the whole epoch
# base: reference
# loses: {workers-ahead: 2}

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in worker processes; leave none of them behind."
    count, asked = min(count, len(plan)), 0
    names = _new_names(len(plan))
    workers = _start_workers(count, make, plan, names)
    try:
        for number in range(len(plan)):
            while asked < len(plan):
                _ask(workers[asked % count], asked)
                asked += 1
            answer = _answer(workers[number % count])
            if isinstance(answer, SampleError):
                raise answer
            yield _from_block(names[number % len(names)], answer)
    finally:
        _end_workers(workers)
        for name in names:
            _remove_block(name)
