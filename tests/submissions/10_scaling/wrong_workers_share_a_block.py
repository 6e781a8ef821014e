# %% [markdown]
# why: one block for each worker, which is written to while its last batch may still wait
# base: reference
# loses: {workers-order: 3}

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    count, asked = min(count, len(plan)), 0
    names = _new_names(count)
    workers = _start_workers(count, make, plan, names)
    try:
        for number in range(len(plan)):
            while asked < min(len(plan), number + 1 + ahead * count):
                _ask(workers[asked % count], asked)
                asked += 1
            answer = _answer(workers[number % count])
            if isinstance(answer, SampleError):
                raise answer
            yield _from_block(names[number % count], answer)
    finally:
        _end_workers(workers)
        for name in names:
            _remove_block(name)
