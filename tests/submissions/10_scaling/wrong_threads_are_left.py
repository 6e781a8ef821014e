# %% [markdown]
# why: does not wait for its threads
# base: reference
# loses: {threads-leave: 2}
# says: "no thread should be left | still running | wait=True"
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
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False)
