# %% [markdown]
# why: does not wait for a slow batch, and gives the one that is made next
# base: reference
# loses: {threads-order: 2}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    from concurrent.futures import wait

    pool, waiting, asked = ThreadPoolExecutor(count), [], 0
    try:
        for number in range(len(plan)):
            while asked < min(len(plan), number + 1 + ahead * count):
                waiting.append(pool.submit(make, plan[asked]))
                asked += 1
            ready = wait(waiting[:1], timeout=0.15).done or wait(waiting, return_when="FIRST_COMPLETED").done
            done = min(ready, key=waiting.index)
            waiting.remove(done)
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)
