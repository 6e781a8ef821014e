# %% [markdown]
# why: the usual first version, bounded queue, None at the end, nothing about errors and early ends
# base: reference
# loses: {prefetch-order: 2, prefetch-ahead: 3, prefetch-error: 3, prefetch-leaves: 3, prefetch-refuses: 2}

# %% solution="prefetch"
#| export
def prefetch(batches, ahead=2):
    ready = queue.Queue(ahead)

    def fill():
        for batch in batches:
            ready.put(batch)
        ready.put(None)

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    while True:
        batch = ready.get()
        if batch is None:
            break
        yield batch
    thread.join()
