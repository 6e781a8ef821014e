# %% [markdown]
# why: fills up with zeros, whatever value says
# base: reference
# loses: {pad-values: 2}

# %% solution="pad-collate"
#| export
def pad_collate(samples, value=0):
    """Collate samples whose first position is a sequence, filled up with `value` to the longest one of the batch.

    Args:
        samples: tuples (sequence, ...) or bare sequences; a sequence is a Tensor or an array of shape (length, ...).
        value: what the short ones are filled up with.

    Returns:
        Tensors: the sequences (samples, longest, ...), each other position stacked, and the lengths (int64).

    Raises:
        ValueError: sequences differ in more than their length.
    """
    rows = [sample if isinstance(sample, (tuple, list)) else (sample,) for sample in samples]
    columns = [[np.asarray(entry.data if isinstance(entry, Tensor) else entry) for entry in column] for column in zip(*rows)]
    sequences, others = columns[0], columns[1:]
    first = sequences[0]
    lengths = np.array([len(sequence) for sequence in sequences], np.int64)
    padded = np.zeros((len(rows), lengths.max(), *first.shape[1:]), np.result_type(*sequences))
    for row, sequence in zip(padded, sequences):
        if sequence.shape[1:] != first.shape[1:]:
            raise ValueError(f"sequences of shapes {first.shape} and {sequence.shape} differ in more than their length")
        row[:len(sequence)] = sequence
    return tuple(Tensor(array) for array in (padded, *map(np.stack, others), lengths))
