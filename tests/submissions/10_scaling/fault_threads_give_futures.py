# %% [markdown]
# why: gives futures in place of batches
# base: reference
# loses: {threads-order: 2, threads-errors: 2, threads-loader: 1}
# says: a Future came
# at: "your cell `_in_threads`"

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    pool, waiting = ThreadPoolExecutor(count), deque()
    try:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead * count]:
                waiting.append(pool.submit(make, indices))
            yield waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)
