# %% [markdown]
# why: asks the source first and then for a place, one batch more than ahead
# base: reference
# loses: {prefetch-ahead: 3}

# %% solution="prefetch"
#| export
def prefetch(batches, ahead=2):
    """Give the batches of an iterable, taken by a thread in the background while the loop computes.

    Args:
        batches: any iterable.
        ahead: how many batches may wait, at least 1.

    What the iterable raises is raised where its batch would have come. However the loop ends, so does the thread.
    Chance that the iterable draws from `random` or `np.random` mixes with the loop's own: see step 5.
    """
    if ahead < 1:
        raise ValueError(f"ahead must be at least 1; it was {ahead!r}")
    ready, places, stopped = queue.SimpleQueue(), threading.Semaphore(ahead), threading.Event()

    def fill():
        try:
            source = iter(batches)
            while not stopped.is_set():
                batch = next(source)
                places.acquire()
                ready.put((batch, None))
        except BaseException as error:
            ready.put((None, error))

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        while True:
            batch, error = ready.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            places.release()
            yield batch
    finally:
        stopped.set()
        places.release()
        thread.join()
