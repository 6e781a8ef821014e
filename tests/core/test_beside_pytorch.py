"""What module 05's table says stays different from PyTorch: each row, run with both."""

import re
from pathlib import Path

import numpy as np
import pytest

from tinytorch.core.dataloader import DataLoader, TensorDataset
from tinytorch.core.tensor import Tensor

torch = pytest.importorskip("torch", reason="PyTorch is not installed: `make torch`")
theirs = pytest.importorskip("torch.utils.data")

SOURCE = Path(__file__).parents[2] / "src" / "05_dataloader" / "05_dataloader.py"
NUMBERS = np.arange(5)


def ours_of(*samples):
    return next(iter(DataLoader(list(samples), len(samples))))


def theirs_of(*samples):
    return next(iter(theirs.DataLoader(list(samples), len(samples))))


def a_batch_is():
    assert type(ours_of((1, 5), (2, 6))) is tuple
    assert type(theirs_of((1, 5), (2, 6))) is list


def a_batch_of_bare_samples_1_and_2():
    assert [part.data.tolist() for part in ours_of(1, 2)] == [[1, 2]]
    assert torch.equal(theirs_of(1, 2), torch.tensor([1, 2]))


def a_batch_of_float64():
    assert ours_of((Tensor(np.zeros(2), dtype=np.float64),))[0].data.dtype == np.float32
    assert theirs_of((torch.zeros(2, dtype=torch.float64),))[0].dtype == torch.float64


def a_list_or_tuple_inside_a_sample():
    for inside in ([2, 3], (2, 3)):
        with pytest.raises(TypeError, match="position 1"):
            ours_of((1, inside))
        assert [part.tolist() for part in theirs_of((1, inside))[1]] == [[2], [3]]


def a_dict_or_a_string_in_a_sample():
    for value in ("cat", {"a": 1}):
        with pytest.raises(TypeError, match="position 1"):
            ours_of((1, value))
    assert list(theirs_of((1, "cat"))[1]) == ["cat"]
    assert theirs_of((1, {"a": 1}))[1]["a"].tolist() == [1]


def dataloader_of_a_dataset():
    with pytest.raises(TypeError, match="batch_size"):
        DataLoader(NUMBERS)
    assert theirs.DataLoader(NUMBERS).batch_size == 1


def dataset_0_2():
    with pytest.raises(TypeError):
        TensorDataset(Tensor(NUMBERS))[0:2]
    assert theirs.TensorDataset(torch.arange(5))[0:2][0].tolist() == [0, 1]


def order_of_an_epoch():
    loader = DataLoader(TensorDataset(Tensor(NUMBERS)), 5, shuffle=True, generator=np.random.default_rng(0))
    assert sorted(next(iter(loader))[0].data.tolist()) == [0, 1, 2, 3, 4]
    generator = torch.Generator().manual_seed(0)
    loader = theirs.DataLoader(theirs.TensorDataset(torch.arange(5)), 5, shuffle=True, generator=generator)
    assert sorted(next(iter(loader))[0].tolist()) == [0, 1, 2, 3, 4]
    with pytest.raises(AttributeError):
        next(iter(DataLoader(NUMBERS, 2, shuffle=True, generator=generator)))
    with pytest.raises(TypeError):
        next(iter(theirs.DataLoader(NUMBERS, 2, shuffle=True, generator=np.random.default_rng(0))))


def last_short_batch():
    assert len(DataLoader(NUMBERS, 2)) == len(theirs.DataLoader(NUMBERS, 2)) == 3
    assert len(theirs.DataLoader(NUMBERS, 2, drop_last=True)) == 2
    with pytest.raises(TypeError, match="drop_last"):
        DataLoader(NUMBERS, 2, drop_last=True)


def whole_batch_in_one_call():
    class Rows(theirs.Dataset):
        def __len__(self):
            return 4

        def __getitems__(self, indices):
            return [(index, 10 * index) for index in indices]

    assert [part.tolist() for part in next(iter(theirs.DataLoader(Rows(), 2)))] == [[0, 1], [0, 10]]
    assert TensorDataset(Tensor(NUMBERS)).get_batch(np.array([3, 1]))[0].data.tolist() == [3, 1]


ROWS = [
    a_batch_is,
    a_batch_of_bare_samples_1_and_2,
    a_batch_of_float64,
    a_list_or_tuple_inside_a_sample,
    a_dict_or_a_string_in_a_sample,
    dataloader_of_a_dataset,
    dataset_0_2,
    order_of_an_epoch,
    last_short_batch,
    whole_batch_in_one_call,
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_what_the_table_says_of_both_is_so(row):
    row()


def test_the_table_has_these_rows_and_no_others():
    text = SOURCE.read_text(encoding="utf-8").split("## Side by side with PyTorch")[1].split("## Step 7")[0]
    heads = re.findall(r"^# \| ([^|]*[^|\s-][^|]*) \|", text, re.MULTILINE)
    names = [
        re.sub(r"\W+", "_", head.replace("DataLoader(dataset)", "dataloader_of_a_dataset").lower()) for head in heads
    ]
    assert [name.strip("_") for name in names] == [row.__name__ for row in ROWS]
