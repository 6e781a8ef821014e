# %% [markdown]
# why: asks a bare array for a length that it does not have
# base: reference
# loses: {pad-values: 2, pad-lengths: 2, pad-shapes: 2, pad-dtype: 2, pad-profile: 2}
# says: "'Tensor' object has no attribute 'length'"
# at: "line 4 of your cell `pad_collate`"

# %% solution="pad-collate"
#| export
def pad_collate(samples, value=0):
    sequences = [sample[0] for sample in samples]
    longest = max(sequence.length for sequence in sequences)
    padded = np.full((len(samples), longest), value)
    for row, sequence in zip(padded, sequences):
        row[:sequence.length] = sequence.data
    return Tensor(padded), Tensor(np.array([sequence.length for sequence in sequences]))
