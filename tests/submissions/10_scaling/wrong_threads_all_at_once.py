# %% [markdown]
# why: asks for the whole plan, without bound
# base: reference
# loses: {threads-ahead: 2, threads-profile: 1}
# says: no more than five should be made
# at: "your cell `_in_threads`"

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    with ThreadPoolExecutor(count) as pool:
        yield from pool.map(make, plan)
