# %% [markdown]
# why: a batch that cannot be made is left out
# base: reference
# loses: {threads-errors: 2}
# says: the SampleError of batch 4 should come out of the loop | 2, 3, 5, 6 | `.result()`
# at: "line 11 of your cell `_in_threads`"

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    pool, waiting = ThreadPoolExecutor(count), deque()
    try:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead * count]:
                waiting.append(pool.submit(make, indices))
            future = waiting.popleft()
            if future.exception() is None:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
