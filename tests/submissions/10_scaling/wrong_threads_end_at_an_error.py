# %% [markdown]
# why: an error ends the loop as if all batches had come
# base: reference
# loses: {threads-errors: 2}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    pool, waiting = ThreadPoolExecutor(count), deque()
    try:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead * count]:
                waiting.append(pool.submit(make, indices))
            try:
                batch = waiting.popleft().result()
            except BaseException:
                return
            yield batch
    finally:
        pool.shutdown(cancel_futures=True)
