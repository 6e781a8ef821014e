# %% [markdown]
# why: SystemExit ends a thread in silence, and the loop waits
# base: reference
# loses: {threads-errors: 2}

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    places, stopped = threading.Semaphore(ahead * count + 1), threading.Event()
    lines = [queue.SimpleQueue() for _ in plan]
    rest = iter(range(len(plan)))

    def fill():
        while places.acquire() and not stopped.is_set():
            number = next(rest, None)
            if number is None:
                return
            try:
                lines[number].put((make(plan[number]), None))
            except Exception as error:
                lines[number].put((None, error))

    threads = [threading.Thread(target=fill, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        for number, line in enumerate(lines):
            batch, error = line.get()
            lines[number] = None
            if error is not None:
                raise error
            yield batch
            places.release()
    finally:
        stopped.set()
        for thread in threads:
            places.release()
        for thread in threads:
            thread.join()
