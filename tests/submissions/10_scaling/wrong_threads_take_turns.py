# %% [markdown]
# why: asks for a batch when it is wanted, and waits for it
# base: reference
# loses: {threads-order: 2, threads-ahead: 2}
# says: two threads should make batches at the same time | submit the second batch
# at: "line 6 of your cell `_in_threads`"

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    with ThreadPoolExecutor(count) as pool:
        for indices in plan:
            yield pool.submit(make, indices).result()
