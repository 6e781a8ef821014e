# %% [markdown]
# why: a list of all batches, made before the first is asked for
# base: reference
# loses: {prefetch-ahead: 3, prefetch-error: 3, prefetch-leaves: 3, prefetch-profile: 2}
# says: before the first batch is asked for, none should be made
# at: "your cell `prefetch`"

# %% solution="prefetch"
#| export
def prefetch(batches, ahead=2):
    if ahead < 1:
        raise ValueError(ahead)
    made = []
    thread = threading.Thread(target=lambda: made.extend(batches), daemon=True)
    thread.start()
    thread.join()
    return made
