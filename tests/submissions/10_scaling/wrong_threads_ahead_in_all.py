# %% [markdown]
# why: ahead counts for all threads together
# base: reference
# loses: {threads-ahead: 2}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    pool, waiting = ThreadPoolExecutor(count), deque()
    try:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead]:
                waiting.append(pool.submit(make, indices))
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
