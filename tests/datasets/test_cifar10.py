import os
import pickle
import shutil
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch.datasets import CIFAR10, CorruptFileError

PER_FILE = 10_000


def python_version(values, labels, array_class=b"numpy.core.multiarray\n_reconstruct"):
    """A batch as Python 2's cPickle wrote it with protocol 2, opcode by opcode."""
    return b"".join(
        [
            b"\x80\x02}q\x01(",
            b"U\x0bbatch_labelq\x02U\x14testing batch 1 of 1q\x03",
            b"U\x06labelsq\x04]q\x05(" + b"".join(b"K" + bytes([label]) for label in labels) + b"e",
            b"U\x04dataq\x06c" + array_class + b"\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\t",
            b"(K\x01M\x10'M\x00\x0c\x86cnumpy\ndtype\nq\nU\x02u1K\x00K\x01\x87Rq\x0b",
            b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89",
            b"T" + struct.pack("<I", len(values)) + values + b"tb",
            b"U\tfilenamesq\x0c]q\r(U\x0fbird_s_0001.pngq\x0eeu.",
        ]
    )


def batch_of(number):
    """Values and labels of one file: random pixels, and labels that tell the files apart."""
    generator = np.random.default_rng(number)
    return generator.bytes(PER_FILE * 3072), ((np.arange(PER_FILE) + number) % 10).astype(np.uint8)


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    """The test batch in both versions, and the train batches in the binary one, with 10,000 images a file."""
    python = tmp_path_factory.mktemp("python") / "cifar-10-batches-py"
    binary = tmp_path_factory.mktemp("binary")
    python.mkdir()
    values, labels = batch_of(0)
    (python / "test_batch").write_bytes(python_version(values, labels.tobytes()))
    for number, name in enumerate(["test_batch", *(f"data_batch_{number}" for number in range(1, 6))]):
        values, labels = batch_of(number)
        records = np.column_stack([labels, np.frombuffer(values, np.uint8).reshape(PER_FILE, 3072)])
        (binary / f"{name}.bin").write_bytes(records.tobytes())
    yield {"python": python.parent, "binary": binary}
    shutil.rmtree(python.parent)
    shutil.rmtree(binary)


@pytest.fixture(scope="module", params=["python", "binary"])
def test_part(request, roots):
    return CIFAR10(roots[request.param], train=False)


def test_a_sample_is_a_colour_image_and_its_class(test_part):
    values, labels = batch_of(0)
    planes = np.frombuffer(values, np.uint8).reshape(PER_FILE, 3, 32, 32)
    assert len(test_part) == PER_FILE
    for index in [0, 1, 9_999]:
        image, label = test_part[index]
        assert (image.shape, image.dtype) == ((32, 32, 3), np.uint8)
        for channel in range(3):
            assert np.array_equal(image[:, :, channel], planes[index, channel])
        assert (label, type(label)) == (labels[index], int)
    assert test_part.classes[test_part[3][1]] == "cat"


@settings(max_examples=30, deadline=None)
@given(places=st.lists(st.integers(0, PER_FILE - 1), min_size=1, max_size=20), window=st.slices(30))
def test_a_batch_equals_its_stacked_samples_to_the_bit(test_part, places, window):
    for indices, order in [(np.array(places), places), (window, range(PER_FILE)[window][:100])]:
        images, labels = (array[:100] for array in test_part.get_batch(indices))
        samples = [test_part[place] for place in order]
        assert np.array_equal(images, np.array([image for image, _ in samples], np.uint8).reshape(-1, 32, 32, 3))
        assert np.array_equal(labels, [label for _, label in samples])
    images, labels = test_part.get_batch(np.array(places))
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    assert images.flags.owndata
    assert images.flags.c_contiguous
    assert images.flags.writeable


def test_the_five_train_files_follow_one_another(roots):
    dataset = CIFAR10(roots["binary"])
    assert len(dataset) == 50_000
    for number in range(1, 6):
        values, labels = batch_of(number)
        image, label = dataset[(number - 1) * PER_FILE]
        assert image[0, 0, 0] == values[0]
        assert label == labels[0]
    for index in [-1, 50_000]:
        with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 50000$"):
            dataset[index]


def test_nothing_is_read_before_it_is_asked_for_and_a_pickle_holds_no_data(roots, test_part):
    assert "arrays" not in vars(CIFAR10(roots["binary"]))
    image, label = test_part[5]
    pickled = pickle.dumps(test_part)
    assert len(pickled) < 1000
    again_image, again_label = pickle.loads(pickled)[5]
    assert np.array_equal(again_image, image)
    assert again_label == label
    with pytest.raises(ValueError, match="read-only"):
        image[:] = 0


def test_the_pickle_that_these_tests_write_is_one_that_numpy_reads():
    values, labels = batch_of(0)
    content = pickle.loads(python_version(values, labels.tobytes()), encoding="bytes")
    assert content[b"data"].tobytes() == values
    assert content[b"labels"] == labels.tolist()


class RunsACommand:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def whole_batch_that_runs(command):
    """A whole batch in which the function that makes its array is another one."""
    argument = b"U" + bytes([len(command)]) + command.encode()
    return python_version(bytes(PER_FILE * 3072), bytes(PER_FILE), b"posix\nsystem").replace(
        b"\nq\x08K\x00\x85U\x01b\x87R", b"\nq\x080" + argument + b"\x85R"
    )


EVIL_PICKLES = {
    "alone": lambda command: pickle.dumps(RunsACommand(command)),
    "in an old protocol": lambda command: f"cos\nsystem\n(S'{command}'\ntR.".encode(),
    "as the labels": lambda command: pickle.dumps({b"data": b"", b"labels": RunsACommand(command)}, protocol=2),
    "by eval": lambda command: f"cbuiltins\neval\n(V__import__('os').system('{command}')\ntR.".encode(),
    "by a function of NumPy": lambda command: f"cnumpy.f2py.diagnose\nos.system\n(V{command}\ntR.".encode(),
    "in a whole batch": whole_batch_that_runs,
}


@pytest.mark.parametrize("where", EVIL_PICKLES)
def test_a_pickle_that_would_run_a_command_is_refused_and_runs_nothing(tmp_path, where):
    proof = tmp_path / "proof"
    content = EVIL_PICKLES[where](f"touch {proof}")
    (tmp_path / "test_batch").write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"test_batch .*it asks for \S+, which those files never do"):
        CIFAR10(tmp_path, train=False)[0]
    assert not proof.exists()
    if where != "by a function of NumPy":  # that `pickle` itself would have run it
        with suppress(pickle.UnpicklingError):  # the whole batch fails afterwards
            pickle.loads(content, encoding="bytes")
        assert proof.exists()


def with_first_label(label):
    """A whole batch in which the first label is another number."""
    whole = python_version(bytes(PER_FILE * 3072), bytes(PER_FILE))
    place = whole.index(b"K\0", whole.index(b"U\x06labels"))
    return whole[:place] + pickle.dumps(label, protocol=2)[2:-1] + whole[place + 2 :]


@pytest.mark.parametrize(
    "content",
    [
        lambda: b"",
        lambda: b"no pickle",
        lambda: pickle.dumps([1, 2]),
        lambda: pickle.dumps({b"data": b"x", b"labels": [1]}),
        lambda: pickle.dumps({b"labels": [1]}),
        lambda: python_version(bytes(10), bytes(PER_FILE)),
        lambda: python_version(bytes(PER_FILE * 3072), bytes(PER_FILE - 1)),
        lambda: python_version(bytes(PER_FILE * 3072), bytes(PER_FILE))[:-100_000],
        lambda: python_version(bytes(PER_FILE * 3072), bytes(PER_FILE)).replace(b"U\x02u1", b"U\x02f4"),
        lambda: python_version(bytes(PER_FILE * 3072), bytes(PER_FILE)).replace(b"U\x06labels", b"U\x06babels"),
        lambda: with_first_label(0.5),
        lambda: with_first_label(2**63),
        lambda: with_first_label(-1),
    ],
)
def test_a_pickle_of_anything_else_is_refused_with_the_file(tmp_path, content):
    (tmp_path / "test_batch").write_bytes(content())
    with pytest.raises(CorruptFileError, match=r"test_batch .*copy the original file again"):
        CIFAR10(tmp_path, train=False)[0]


def test_a_pickle_of_a_few_bytes_that_would_take_much_memory_is_refused(tmp_path):
    (tmp_path / "test_batch").write_bytes(b"\x80\x02}r" + struct.pack("<I", 10_000_000) + b".")
    with pytest.raises(CorruptFileError, match=r"test_batch .*an object the number 10,000,000, and has 9 bytes"):
        CIFAR10(tmp_path, train=False)[0]


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 300), value=st.binary(min_size=1, max_size=3))
def test_a_damaged_pickle_is_read_or_refused(tmp_path_factory, place, value):
    small = python_version(bytes(30), bytes(20))
    path = tmp_path_factory.mktemp("damaged") / "test_batch"
    path.write_bytes(small[:place] + value + small[place + len(value) :])
    with pytest.raises(CorruptFileError, match="test_batch"):  # whatever it is, it is too small
        CIFAR10(path.parent, train=False)[0]


@pytest.mark.parametrize("change_bytes", [-1, 1, -3073])
def test_a_binary_file_of_another_length_is_refused_with_both_lengths(tmp_path, change_bytes):
    (tmp_path / "test_batch.bin").write_bytes(bytes(30_730_000 + change_bytes))
    with pytest.raises(
        CorruptFileError, match=rf"test_batch\.bin has {30_730_000 + change_bytes:,} bytes .* 30,730,000"
    ):
        CIFAR10(tmp_path, train=False)[0]


def test_a_label_above_nine_is_refused(tmp_path):
    (tmp_path / "test_batch.bin").write_bytes(bytes([10]) + bytes(30_730_000 - 1))
    with pytest.raises(CorruptFileError, match=r"test_batch\.bin has label 10"):
        CIFAR10(tmp_path, train=False)[0]


def test_the_missing_file_is_named_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match="data_batch_1 is missing"):
        CIFAR10(tmp_path)
    for number in [1, 2, 4, 5]:
        (tmp_path / f"data_batch_{number}.bin").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=r"data_batch_3\.bin is missing"):
        CIFAR10(tmp_path)
