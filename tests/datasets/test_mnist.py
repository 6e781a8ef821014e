import gzip
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch.datasets import MNIST, CorruptFileError
from tinytorch.datasets.mnist import read_idx

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
LABELS = bytes([5, 0, 4, 1, 9])


def idx(shape, content, code=8):
    """A file in the IDX format, byte by byte."""
    return bytes([0, 0, code, len(shape)]) + b"".join(struct.pack(">I", length) for length in shape) + content


@pytest.fixture
def root(tmp_path):
    """Five images to train, one to test."""
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx((5, 28, 28), IMAGES.tobytes()))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx((5,), LABELS))
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx((1, 28, 28), bytes(784)))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx((1,), bytes([7])))
    return tmp_path


def test_a_sample_is_an_image_and_its_digit(root):
    train, test = MNIST(root), MNIST(str(root), train=False)
    assert (len(train), len(test)) == (5, 1)
    for index, digit in enumerate(LABELS):
        image, label = train[index]
        assert (image.shape, image.dtype) == ((28, 28), np.uint8)
        assert np.array_equal(image, IMAGES[index])
        assert (label, type(label)) == (digit, int)
    assert test[0][1] == 7


def test_packed_files_give_the_same(root):
    for path in list(root.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    packed = MNIST(root)
    assert np.array_equal(packed.get_batch(slice(None))[0], IMAGES)
    assert packed.get_batch(slice(None))[1].tolist() == list(LABELS)


@settings(deadline=None)
@given(places=st.lists(st.integers(0, 4), min_size=1), window=st.slices(5))
def test_a_batch_equals_its_stacked_samples_to_the_bit(tmp_path_factory, places, window):
    root = tmp_path_factory.getbasetemp() / "mnist"
    if not root.exists():
        root.mkdir()
        (root / "train-images-idx3-ubyte").write_bytes(idx((5, 28, 28), IMAGES.tobytes()))
        (root / "train-labels-idx1-ubyte").write_bytes(idx((5,), LABELS))
    dataset = MNIST(root)
    for indices, order in [(np.array(places), places), (window, range(5)[window])]:
        images, labels = dataset.get_batch(indices)
        samples = [dataset[place] for place in order]
        assert np.array_equal(images, np.array([image for image, _ in samples], np.uint8).reshape(-1, 28, 28))
        assert np.array_equal(labels, [label for _, label in samples])
        assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
        assert images.flags.owndata
        assert labels.flags.owndata


def test_an_index_outside_is_refused_as_by_tensor_dataset(root):
    for index in [-1, 5]:
        with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 5$"):
            MNIST(root)[index]


def test_nothing_is_opened_before_it_is_asked_for_and_a_pickle_holds_no_data(root):
    dataset = MNIST(root)
    (root / "train-labels-idx1-ubyte").write_bytes(idx((5,), bytes(5)))
    assert dataset[0][1] == 0
    pickled = pickle.dumps(dataset)
    assert len(pickled) < 1000
    assert pickle.loads(pickled)[4][1] == 0


def test_samples_cannot_change_the_data(root):
    image, _ = MNIST(root)[0]
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 1


def test_a_missing_file_is_named_at_once(root):
    (root / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match="train-labels-idx1-ubyte is missing"):
        MNIST(root)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "begins with nothing"),
        (idx((5, 28, 28), IMAGES.tobytes())[:9], "begins with"),
        (idx((5, 28, 28), IMAGES.tobytes(), code=13), "begins with 00 00 0d 03, not with 00 00 08 03"),
        (idx((5,), LABELS), "begins with 00 00 08 01, not with 00 00 08 03"),
        (idx((5, 28, 28), IMAGES.tobytes()[:-1]), r"has 3,935 bytes where its header, \(5, 28, 28\), asks for 3,936"),
        (idx((5, 28, 28), IMAGES.tobytes() + b"\0"), "has 3,937 bytes"),
        (idx((2**32 - 1, 2**32 - 1, 2**32 - 1), b""), "has 16 bytes"),
        # little-endian lengths
        (bytes([0, 0, 8, 3]) + struct.pack("<III", 5, 28, 28) + IMAGES.tobytes(), "has 3,936 bytes"),
    ],
)
def test_another_header_or_length_is_refused_with_the_file(root, content, said):
    (root / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(CorruptFileError, match=rf"train-images-idx3-ubyte {said}"):
        len(MNIST(root))


def test_fewer_labels_than_images_are_refused(root):
    (root / "train-labels-idx1-ubyte").write_bytes(idx((4,), LABELS[:4]))
    with pytest.raises(CorruptFileError, match=r"has 5 images and .*train-labels-idx1-ubyte 4 labels"):
        MNIST(root)[0]


@pytest.mark.parametrize("damage", [lambda packed: packed[:-20], lambda packed: b"no gzip", lambda packed: b""])
def test_a_damaged_archive_is_refused_with_the_file(tmp_path, damage):
    path = tmp_path / "images.gz"
    path.write_bytes(damage(gzip.compress(idx((5, 28, 28), IMAGES.tobytes()))))
    with pytest.raises(CorruptFileError, match=r"images\.gz"):
        read_idx(path, axes=3)


@settings(deadline=None)
@given(content=st.binary(max_size=40), axes=st.integers(1, 4), packed=st.booleans())
def test_any_bytes_are_an_array_or_refused(tmp_path_factory, content, axes, packed):
    path = tmp_path_factory.mktemp("any") / ("any.gz" if packed else "any")
    path.write_bytes(content)
    try:
        array = read_idx(path, axes)
    except CorruptFileError:
        return
    assert (array.ndim, array.dtype) == (axes, np.uint8)


def test_a_file_without_images_is_an_empty_dataset(root):
    (root / "train-images-idx3-ubyte").write_bytes(idx((0, 28, 28), b""))
    (root / "train-labels-idx1-ubyte").write_bytes(idx((0,), b""))
    assert len(MNIST(root)) == 0
