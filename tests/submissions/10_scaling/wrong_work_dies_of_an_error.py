# %% [markdown]
# why: a SampleError ends the worker
# base: reference
# loses: {workers-errors: 3}

# %% solution="work"
#| export
def _work(line, make, plan, names):
    "In a worker: make the batch of each number that comes in; send what `_to_block` gave, or the SampleError."
    while True:
        number = line.recv()
        answer = _to_block(names[number % len(names)], make(plan[number]))
        line.send(answer)
