# %% [markdown]
# why: correct, a beginner's way - while loops, variables that nobody uses, prints, comments on every line
# base: reference

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        # first check that there is something
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if len(tensors) == 0:
            raise ValueError("You have to give at least one tensor!!")
        first_size = tensors[0].shape[0]
        i = 1
        while i < len(tensors):
            this_size = tensors[i].shape[0]
            if this_size != first_size:
                message = "All tensors must have same size in first dimension"
                message = message + " but tensor 0 has " + str(first_size)
                message = message + " and tensor " + str(i) + " has " + str(this_size)
                raise ValueError(message)
            i = i + 1
        self.tensors = tensors
        self.debug = False  # not used any more

    def __len__(self):
        # the length is the number of rows
        shape = self.tensors[0].shape
        number_of_rows = shape[0]
        return number_of_rows

    def __getitem__(self, index):
        length = self.__len__()
        if index < -length:
            raise IndexError("Index " + str(index) + " out of range for dataset of size " + str(length))
        if index >= length:
            raise IndexError("Index " + str(index) + " out of range for dataset of size " + str(length))
        result = []
        for t in self.tensors:
            row = t[index]
            result.append(row)
        return tuple(result)

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        # check the dataset
        if hasattr(dataset, "__len__") == False:
            raise TypeError("the dataset has no __len__ method")
        if hasattr(dataset, "__getitem__") == False:
            raise TypeError("the dataset has no __getitem__ method")
        # check the batch size
        ok = True
        if type(batch_size) == bool:
            ok = False
        elif isinstance(batch_size, int) == False and isinstance(batch_size, np.integer) == False:
            ok = False
        elif batch_size <= 0:
            ok = False
        if ok == False:
            raise ValueError("batch_size is not a positive integer, please give a positive integer")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        n = len(self.dataset)
        number = n // self.batch_size
        rest = n % self.batch_size
        if rest > 0:
            number = number + 1
        return number

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    # make the order
    if self.shuffle == True:
        if self.generator is not None:
            order = self.generator.permutation(n)
        else:
            order = list(range(n))
            random.shuffle(order)
    position = 0
    batch_number = 0
    while position < n:
        batch = []
        while len(batch) < self.batch_size and position < n:
            if self.shuffle == True:
                index = order[position]
            else:
                index = position
            sample = self.dataset[index]
            batch.append(sample)
            position = position + 1
        batch_number = batch_number + 1
        # print("batch", batch_number)
        result = self._collate_batch(batch)
        sample = None
        yield result

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    if len(batch) == 0:
        return ()
    # make every sample a tuple
    samples = []
    for s in batch:
        if type(s) == tuple or type(s) == list:
            samples.append(s)
        else:
            samples.append((s,))
    # all must be equally long
    for s in samples:
        if len(s) != len(samples[0]):
            raise ValueError("one sample has length " + str(len(samples[0])) + " and another " + str(len(s)))
    result = []
    k = 0
    while k < len(samples[0]):
        arrays = []
        for s in samples:
            value = s[k]
            if isinstance(value, Tensor):
                a = value.data
            elif isinstance(value, np.ndarray):
                a = value
            elif isinstance(value, (int, float, np.number, np.bool_)):
                a = np.array(value)
            else:
                raise TypeError("position " + str(k) + " is a " + type(value).__name__ + ", that is not a number")
            arrays.append(a)
        for a in arrays:
            if a.shape != arrays[0].shape:
                raise ValueError("position " + str(k) + ": " + str(arrays[0].shape) + " is not " + str(a.shape))
        result.append(Tensor(np.stack(arrays, axis=0)))
        k = k + 1
    return tuple(result)

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms):
        self.transforms = transforms
        print("made a Compose of", len(transforms))

    def __call__(self, image):
        i = 0
        while i < len(self.transforms):
            t = self.transforms[i]
            image = t(image)
            i += 1
        return image
