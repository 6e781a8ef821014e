# %% [markdown]
# why: batches are pickled, as for a process
# base: reference
# loses: {threads-order: 2, threads-profile: 1}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    pool, waiting = ThreadPoolExecutor(count), deque()
    try:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead * count]:
                waiting.append(pool.submit(make, indices))
            yield pickle.loads(pickle.dumps(waiting.popleft().result()))
    finally:
        pool.shutdown(cancel_futures=True)
