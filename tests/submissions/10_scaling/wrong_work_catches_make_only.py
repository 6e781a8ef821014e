# %% [markdown]
# why: what fails on the way to the block ends the worker
# base: reference
# loses: {workers-errors: 3}

# %% solution="work"
#| export
def _work(line, make, plan, names):
    "In a worker: make the batch of each number that comes in; send what `_to_block` gave, or the SampleError."
    while True:
        number = line.recv()
        try:
            batch = make(plan[number])
        except SampleError as error:
            line.send(error)
            continue
        line.send(_to_block(names[number % len(names)], batch))
