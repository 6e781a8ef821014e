import numpy as np
import pytest

from tinytorch.datasets import load_digits, split_digits
from tinytorch.datasets.make_digits import make_digits


def test_there_are_1797_digits_with_labels():
    images, labels = load_digits()
    assert (images.shape, images.dtype) == ((1797, 8, 8), np.float32)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    assert (images.min(), images.max()) == (0, 1)
    # the class counts that the original's documentation gives for the test set
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_split_is_fixed_and_loses_nothing():
    first, again = split_digits(), split_digits()
    assert [len(part) for part in first] == [1438, 1438, 359, 359]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    train_images, _, test_images, _ = first
    together = np.sort(np.concatenate([train_images, test_images]).reshape(1797, 64), axis=0)
    assert np.array_equal(together, np.sort(load_digits()[0].reshape(1797, 64), axis=0))
    assert not np.array_equal(split_digits(seed=1)[2], test_images)


def test_a_share_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_digits(test_share=1.5)


def test_the_file_can_be_made_again_from_text(tmp_path):
    images, labels = load_digits()
    table = np.column_stack([(images * 16).reshape(1797, 64), labels]).astype(int)
    original = tmp_path / "optdigits.tes"
    np.savetxt(original, table, fmt="%d", delimiter=",")
    make_digits(original, tmp_path / "digits.npz")
    with np.load(tmp_path / "digits.npz") as made:
        assert np.array_equal(made["images"] / 16, images)
        assert np.array_equal(made["labels"], labels)


def test_another_file_is_no_digits(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("1,2,3\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not the digits"):
        make_digits(other, tmp_path / "digits.npz")
    assert not (tmp_path / "digits.npz").exists()
