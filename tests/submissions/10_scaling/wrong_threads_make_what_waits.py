# %% [markdown]
# why: a loop that is left makes all that it has asked for
# base: reference
# loses: {threads-leave: 2}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    waiting = deque()
    with ThreadPoolExecutor(count) as pool:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead * count]:
                waiting.append(pool.submit(make, indices))
            yield waiting.popleft().result()
