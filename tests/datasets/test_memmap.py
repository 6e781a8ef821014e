import mmap
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch.datasets import CorruptFileError, MemmapDataset, RawArray, memmap
from tinytorch.profiling import resident_bytes

MEGABYTE = 1_000_000


@pytest.fixture
def images_and_labels(tmp_path):
    """Six images and labels in two files."""
    images = np.random.default_rng(0).integers(0, 256, (6, 4, 5), np.uint8)
    labels = np.arange(6) * 10
    np.save(tmp_path / "images.npy", images)
    np.save(tmp_path / "labels.npy", labels)
    return tmp_path / "images.npy", tmp_path / "labels.npy", images, labels


def test_sample_i_is_the_ith_entry_of_each_file(images_and_labels):
    images_path, labels_path, images, labels = images_and_labels
    dataset = MemmapDataset(images_path, str(labels_path))
    assert len(dataset) == 6
    for index in range(6):
        image, label = dataset[np.int64(index)]
        assert np.array_equal(image, images[index])
        assert (label, label.dtype) == (labels[index], np.int64)


@pytest.mark.parametrize("index", [-1, 6, np.int64(-6)])
def test_an_index_outside_the_dataset_is_refused_as_by_tensor_dataset(images_and_labels, index):
    dataset = MemmapDataset(images_and_labels[0])
    with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 6$"):
        dataset[index]
    with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 6$"):
        dataset.get_batch(np.array([0, index]))


@pytest.mark.parametrize("index", [slice(2), 1.0, np.array([1, 2]), None])
def test_a_sample_has_one_integer_for_an_index(images_and_labels, index):
    with pytest.raises(TypeError, match="one integer"):
        MemmapDataset(images_and_labels[0])[index]


@pytest.mark.parametrize("indices", [np.array([0.0]), np.array([True]), np.array(1), np.array([[1]])])
def test_a_batch_has_a_row_of_integers_for_indices(images_and_labels, indices):
    with pytest.raises(TypeError, match="1-d array of integers"):
        MemmapDataset(images_and_labels[0]).get_batch(indices)


def test_files_are_opened_at_the_first_use_and_read_only(images_and_labels):
    images_path, labels_path, images, _ = images_and_labels
    dataset = MemmapDataset(images_path, labels_path)
    np.save(images_path, images + 1)
    assert np.array_equal(dataset[0][0], images[0] + 1)
    with pytest.raises(ValueError, match="read-only"):
        dataset[0][0][:] = 0


def test_maps_are_indexed_as_plain_arrays(images_and_labels):
    assert [type(array) for array in MemmapDataset(*images_and_labels[:2]).arrays] == [np.ndarray, np.ndarray]


def test_a_pickle_holds_no_data_and_opens_the_files_again(tmp_path):
    np.save(tmp_path / "large.npy", np.arange(MEGABYTE))
    dataset = MemmapDataset(tmp_path / "large.npy", access="random")
    assert dataset[5] == (5,)
    pickled = pickle.dumps(dataset)
    assert len(pickled) < 1000
    again = pickle.loads(pickled)
    assert (again[7], again.access, dataset[5]) == ((7,), "random", (5,))


ARRAYS = st.tuples(
    st.integers(0, 7),
    st.lists(st.integers(0, 3), max_size=2),
    st.sampled_from(["u1", "<i8", ">f4", "<f8", ">u2", "?", "<c8"]),
    st.sampled_from("CF"),
)


@settings(max_examples=60, deadline=None)
@given(specification=ARRAYS, data=st.data())
def test_a_batch_equals_its_stacked_samples_to_the_bit(tmp_path_factory, specification, data):
    length, shape, dtype, order = specification
    content = data.draw(st.binary(min_size=16, max_size=16))
    array = np.resize(np.frombuffer(content, np.uint8), (length, *shape)).astype(dtype, order=order)
    path = tmp_path_factory.mktemp("maps") / "array.npy"
    np.save(path, array)
    dataset = MemmapDataset(path, access=data.draw(st.sampled_from(["normal", "random", "sequential"])))
    if length:
        indices = np.array(data.draw(st.lists(st.integers(0, length - 1))), data.draw(st.sampled_from(["i8", "u1"])))
    else:
        indices = np.array([], np.int64)
    window = data.draw(st.slices(length))
    for batch, places in [(dataset.get_batch(indices), indices), (dataset.get_batch(window), range(length)[window])]:
        (got,) = batch
        expected = array[list(places)].astype(np.dtype(dtype).newbyteorder("="))
        samples = [dataset[place][0] for place in places]
        assert np.array(samples, expected.dtype).tobytes() == expected.tobytes()
        assert not any(sample.flags.writeable for sample in samples)
        assert got.tobytes() == expected.tobytes()
        assert (got.shape, got.dtype) == ((len(places), *shape), np.dtype(dtype).newbyteorder("="))
        assert got.flags.owndata
        assert got.flags.c_contiguous
        assert got.flags.writeable


def test_a_raw_file_is_read_as_its_shape_and_dtype_say(tmp_path):
    numbers = np.arange(12, dtype=">i2").reshape(4, 3)
    (tmp_path / "numbers.raw").write_bytes(b"header" + numbers.tobytes())
    dataset = MemmapDataset(RawArray(tmp_path / "numbers.raw", ">i2", (4, 3), offset_bytes=6))
    assert np.array_equal(dataset[3][0], [9, 10, 11])
    assert np.array_equal(dataset.get_batch(slice(1, 3))[0], numbers[1:3])


def test_a_raw_file_of_another_size_is_refused_with_both_sizes(tmp_path):
    (tmp_path / "numbers.raw").write_bytes(bytes(23))
    dataset = MemmapDataset(RawArray(tmp_path / "numbers.raw", np.float32, (3, 2)))
    with pytest.raises(CorruptFileError, match=r"numbers\.raw.*24 bytes, and the file has 23"):
        len(dataset)


def test_python_objects_are_never_read_from_a_file(tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(CorruptFileError, match="objects"):
        MemmapDataset(tmp_path / "objects.npy")[0]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"dtype": "floats"}, "dtype"),
        ({"dtype": object}, "dtype .* holds Python objects"),
        ({"dtype": [("a", "f4"), ("b", "O")]}, "dtype .* holds Python objects"),
        ({"dtype": "U"}, "dtype 'U' does not say its size"),
        ({"shape": 3}, "shape"),
        ({"shape": ()}, "shape"),
        ({"shape": (3, -1)}, "shape"),
        ({"shape": (1.5, 2)}, "shape"),
        ({"shape": "32"}, "shape"),
        ({"offset_bytes": -1}, "offset_bytes"),
        ({"offset_bytes": 2.0}, "offset_bytes"),
        ({"offset_bytes": None}, "offset_bytes"),
    ],
)
def test_a_raw_array_that_nothing_can_be_is_refused_at_once_by_the_argument(given, named):
    with pytest.raises((TypeError, ValueError), match=named) as caught:
        RawArray("numbers.raw", **{"dtype": "<f4", "shape": (3, 2), **given})
    assert not isinstance(caught.value, CorruptFileError)
    assert "numbers.raw" not in str(caught.value)


def test_a_header_longer_than_numpy_reads_is_told_to_use_a_raw_array(tmp_path):
    table = np.zeros(3, [(f"a column with a long name, number {number}", "<f4") for number in range(300)])
    table[table.dtype.names[7]] = [1, 2, 3]
    np.save(tmp_path / "table.npy", table)
    with pytest.raises(CorruptFileError, match=r"table\.npy has a header of .* bytes, .* give RawArray") as caught:
        MemmapDataset(tmp_path / "table.npy")[0]
    offset_bytes = int(re.search(r"offset_bytes=(\d+)", str(caught.value))[1])
    for access in ["normal", "random"]:
        dataset = MemmapDataset(RawArray(tmp_path / "table.npy", table.dtype, [3], offset_bytes), access=access)
        assert dataset[1][0][table.dtype.names[7]] == 2
        assert np.array_equal(dataset.get_batch(slice(None))[0], table)


@pytest.mark.parametrize("kept_bytes", [0, 7, 100, 128, 247])
def test_a_file_that_was_cut_off_is_named(images_and_labels, kept_bytes):
    path = images_and_labels[0]
    path.write_bytes(path.read_bytes()[:kept_bytes])
    with pytest.raises(CorruptFileError, match=r"images\.npy cannot be mapped"):
        MemmapDataset(path)[0]


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 127), value=st.integers(0, 255))
def test_a_damaged_header_is_refused_or_describes_an_array(tmp_path_factory, place, value):
    path = tmp_path_factory.mktemp("damaged") / "array.npy"
    np.save(path, np.arange(6.0).reshape(3, 2))
    content = bytearray(path.read_bytes())
    content[place] = value
    path.write_bytes(content)
    try:
        arrays = MemmapDataset(path).arrays
    except CorruptFileError as error:
        refusal = str(error)
        arrays = ()
    assert "array.npy" in refusal if not arrays else arrays[0].nbytes <= len(content)


def test_arrays_of_different_lengths_and_single_numbers_are_refused(tmp_path):
    for name, array in [("three", np.zeros(3)), ("two", np.zeros(2)), ("one", np.array(1.0))]:
        np.save(tmp_path / f"{name}.npy", array)
    with pytest.raises(CorruptFileError, match=r"three\.npy has 3, .*two\.npy has 2"):
        MemmapDataset(tmp_path / "three.npy", tmp_path / "two.npy")[0]
    with pytest.raises(CorruptFileError, match=r"one\.npy holds a single number"):
        len(MemmapDataset(tmp_path / "one.npy"))


def test_what_cannot_be_opened_is_refused_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.npy is missing"):
        MemmapDataset(tmp_path / "nothing.npy")
    with pytest.raises(FileNotFoundError, match=r"nothing\.raw is missing"):
        MemmapDataset(RawArray(tmp_path / "nothing.raw", "u1", (3,)))
    with pytest.raises(ValueError, match="at least one file"):
        MemmapDataset()
    with pytest.raises(ValueError, match="'backwards'"):
        MemmapDataset(tmp_path / "nothing.npy", access="backwards")


@pytest.fixture
def sparse_path(tmp_path):
    """A .npy file of 8 GB that takes no room on disk: 2,000,000 samples of 4,000 bytes, all zero."""
    path = tmp_path / "sparse.npy"
    np.lib.format.open_memmap(path, "w+", np.float32, (2_000_000, 1000))
    assert path.stat().st_size > 8000 * MEGABYTE
    return path


@pytest.mark.skipif(not hasattr(mmap, "MADV_RANDOM"), reason="this system takes no advice about maps")
def test_shuffled_reads_of_8_gigabytes_hold_little_more_than_what_was_read(sparse_path):
    dataset = MemmapDataset(sparse_path, access="random")
    order = np.random.default_rng(0).permutation(len(dataset))[:1024]
    before_bytes = resident_bytes()
    for start in range(0, len(order), 32):
        (batch,) = dataset.get_batch(order[start : start + 32])
        assert batch.shape == (32, 1000)
    # 4,000 bytes lie on one page or two, of 4,096 bytes each (other systems have larger ones)
    assert resident_bytes() - before_bytes < 1024 * 2 * mmap.PAGESIZE + 16 * MEGABYTE


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="this system reads no rows at a place of a file")
@pytest.mark.parametrize("access", ["random", "sequential"])
def test_batches_are_read_from_the_file_and_leave_nothing_of_the_map_resident(sparse_path, access):
    dataset = MemmapDataset(sparse_path, access=access)
    assert len(dataset) == 2_000_000
    before_bytes = resident_bytes()
    for start in range(100):
        dataset.get_batch(np.arange(start, 2_000_000, 5000))
        dataset.get_batch(slice(start * 400, start * 400 + 400))
    assert resident_bytes() - before_bytes < 8 * MEGABYTE  # 80,000 rows of 4,000 bytes were read
    open_files = len(os.listdir("/dev/fd"))
    del dataset
    assert len(os.listdir("/dev/fd")) == open_files - 1


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system takes no advice about files")
def test_what_is_read_in_order_is_dropped_behind_only_where_it_could_not_stay_in_memory(sparse_path, monkeypatch):
    dropped = []
    advise = os.posix_fadvise
    monkeypatch.setattr(os, "posix_fadvise", lambda *given: (dropped.append(given[1:3]), advise(*given)))
    for physical_bytes in (10**10, 10**9):
        monkeypatch.setattr(memmap, "_physical_bytes", lambda memory_bytes=physical_bytes: memory_bytes)
        dataset = MemmapDataset(sparse_path, access="sequential")
        for start in range(0, 17_600, 400):
            dataset.get_batch(slice(start, start + 400))
        asked = [each for each in dropped if each != (0, 0)]
        dropped.clear()
        if physical_bytes == 10**10:
            assert asked == []
    assert asked == [(128, 33_600_000), (128 + 33_600_000, 33_600_000)]


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="this system reads no rows at a place of a file")
def test_a_file_that_is_cut_off_while_it_is_read_is_an_error_and_no_crash(tmp_path):
    np.save(tmp_path / "rows.npy", np.arange(40.0).reshape(10, 4))
    dataset = MemmapDataset(tmp_path / "rows.npy", access="random")
    assert dataset.get_batch(np.array([9, 1]))[0].tolist() == [[36, 37, 38, 39], [4, 5, 6, 7]]
    os.truncate(tmp_path / "rows.npy", 128 + 5 * 32)
    for ask in [
        lambda: dataset[5],
        lambda: dataset.get_batch(np.array([4, 5])),
        lambda: dataset.get_batch(slice(4, 9)),
    ]:
        with pytest.raises(CorruptFileError, match=r"rows\.npy ends in row 5: it was cut off"):
            ask()
    assert dataset[4][0].tolist() == [16, 17, 18, 19]


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="this system does not list what a process has open")
@pytest.mark.parametrize("access", ["normal", "random", "sequential"])
def test_each_file_takes_one_descriptor_so_that_hundreds_can_be_open(tmp_path, access):
    files = [tmp_path / f"{number}.npy" for number in range(12)]
    for file in files:
        np.save(file, np.arange(60.0).reshape(10, 6))
    np.save(files[0], np.asfortranarray(np.arange(60.0).reshape(10, 6)))  # whose rows are only in the map
    (tmp_path / "raw").write_bytes(bytes(480))
    before = len(os.listdir("/dev/fd"))
    shards = [MemmapDataset(*files, RawArray(tmp_path / "raw", float, (10, 6)), access=access)]
    shards += [MemmapDataset(file, access=access) for file in files]
    for shard in shards:
        assert shard[9][0].tolist() == [54, 55, 56, 57, 58, 59]
        for indices in [np.array([1, 9]), slice(1, 10, 8), slice(9, None, -8)]:
            assert sorted(shard.get_batch(indices)[0][:, 0]) == [6, 54]
    assert len(os.listdir("/dev/fd")) == before + 25


def test_where_no_descriptor_is_left_the_file_is_named_with_what_to_do(tmp_path):
    np.save(tmp_path / "rows.npy", np.zeros(2))
    code = (
        "import os, resource, sys\nfrom tinytorch.datasets import MemmapDataset\n"
        f"dataset = MemmapDataset({str(tmp_path / 'rows.npy')!r}, access='random')\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (os.dup(0),) * 2)\ndataset[0]"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "too many files are open: put several arrays into one file" in result.stderr
    assert "rows.npy" in result.stderr


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what it was advised")
@pytest.mark.parametrize(("access", "flag"), [("random", "rr"), ("sequential", "sr"), ("normal", None)])
def test_the_system_is_told_how_a_map_will_be_read(sparse_path, access, flag):
    dataset = MemmapDataset(sparse_path, access=access)
    assert dataset.arrays[0][0].sum() == 0
    _, _, after = Path("/proc/self/smaps").read_text(encoding="utf-8").partition(str(sparse_path))
    flags = re.search(r"^VmFlags: (.*)$", after, re.MULTILINE)[1].split()
    assert {"rr", "sr"} & set(flags) == ({flag} if flag else set())
    assert "wr" not in flags


@pytest.mark.parametrize("access", ["normal", "sequential"])
def test_a_map_of_8_gigabytes_is_not_read_to_open_it(sparse_path, access):
    dataset = MemmapDataset(sparse_path, access=access)
    before_bytes = resident_bytes()
    assert len(dataset) == 2_000_000
    assert dataset[1_999_999][0].sum() == 0
    assert dataset.get_batch(slice(1_000_000, 1_000_032))[0].shape == (32, 1000)
    assert resident_bytes() - before_bytes < 16 * MEGABYTE


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="this system takes no advice about maps")
@pytest.mark.parametrize("order", ["in order", "scattered"])
def test_what_whole_batches_leave_resident_is_bounded(sparse_path, order):
    grown_bytes = []
    for limit_bytes in (16 * MEGABYTE, 10**12):
        dataset = MemmapDataset(sparse_path, max_resident_bytes=limit_bytes)
        before_bytes = resident_bytes()
        for start in range(0, 40_000 if order == "in order" else 12_000, 400):
            places = slice(start, start + 400) if order == "in order" else np.arange(start, start + 400) * 10
            dataset.get_batch(places)
        grown_bytes.append(resident_bytes() - before_bytes)
        del dataset
    assert grown_bytes[0] < 48 * MEGABYTE
    assert grown_bytes[1] > 2 * grown_bytes[0] + 64 * MEGABYTE


@pytest.mark.parametrize("other", [3, None, ["a.npy"]])
def test_what_is_no_path_is_refused_at_once(other):
    with pytest.raises(TypeError, match=f"one by one, not a {type(other).__name__}"):
        MemmapDataset(other)
    with pytest.raises(TypeError, match="path must be that of a file"):
        RawArray(other, "<f4", (3,))


def test_no_dtype_is_none_and_not_float64(tmp_path):
    with pytest.raises(TypeError, match="dtype"):
        RawArray(tmp_path / "numbers.raw", None, (3,))


def test_resident_bytes_are_a_number(tmp_path):
    np.save(tmp_path / "numbers.npy", np.ones(3))
    with pytest.raises(ValueError, match="max_resident_bytes must be a number"):
        MemmapDataset(tmp_path / "numbers.npy", max_resident_bytes=float("nan"))
