# %% [markdown]
# why: gives make a list where it expects an array
# base: reference
# loses: {threads-loader: 1}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    pool, waiting = ThreadPoolExecutor(count), deque()
    try:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead * count]:
                waiting.append(pool.submit(make, indices.tolist()))
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
