# %% [markdown]
# why: gives whichever batch is made first
# base: reference
# loses: {threads-order: 2}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    pool, waiting, asked = ThreadPoolExecutor(count), [], 0
    try:
        for number in range(len(plan)):
            while asked < min(len(plan), number + 1 + ahead * count):
                waiting.append(pool.submit(make, plan[asked]))
                asked += 1
            while not any(future.done() for future in waiting):
                time.sleep(0.001)
            done = next(future for future in waiting if future.done())
            waiting.remove(done)
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)
