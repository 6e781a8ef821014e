import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tinytorch.datasets import CorruptFileError, ImageFolder


def picture(height, width, seed=0, channels=3):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


@pytest.fixture
def root(tmp_path):
    """Three cats and two dogs: PNG and JPEG, of different sizes, one deeper, between files that are no images."""
    for name in ["dog", "cat/more", ".ipynb_checkpoints", "cat/.ipynb_checkpoints"]:
        (tmp_path / name).mkdir(parents=True)
    Image.fromarray(picture(6, 8, 1)).save(tmp_path / "cat" / "b.png")
    Image.fromarray(picture(5, 4, 2)).save(tmp_path / "cat" / "a.JPG", quality=95)
    Image.fromarray(picture(2, 3, 3)).save(tmp_path / "cat" / "more" / "c.png")
    Image.fromarray(picture(40, 30, 4)).save(tmp_path / "dog" / "1.png")
    Image.fromarray(picture(40, 30, 5)).save(tmp_path / "dog" / "2.jpeg")
    for name in [
        "notes.txt",
        "cat/._b.png",
        "cat/.ipynb_checkpoints/b.png",
        "dog/notes.txt",
        ".ipynb_checkpoints/a.png",
    ]:
        (tmp_path / name).write_bytes(b"no image")
    return tmp_path


def test_classes_are_folders_and_samples_are_their_images_in_order(root):
    folder = ImageFolder(root)
    assert folder.classes == ["cat", "dog"]
    assert folder.class_to_idx == {"cat": 0, "dog": 1}
    names = ["cat/a.JPG", "cat/b.png", "cat/more/c.png", "dog/1.png", "dog/2.jpeg"]
    assert folder.samples == [(str(root / name), int(name.startswith("dog"))) for name in names]
    assert len(folder) == 5


def test_a_png_gives_the_pixels_that_were_stored(root):
    image, label = ImageFolder(str(root))[1]
    assert np.array_equal(image, picture(6, 8, 1))
    assert (image.shape, image.dtype, label) == ((6, 8, 3), np.uint8, 0)
    image[:] = 0  # a sample is the caller's own
    assert ImageFolder(root)[1][0].any()


def test_a_jpeg_gives_what_pillow_decodes(root):
    image, label = ImageFolder(root)[4]
    with Image.open(root / "dog" / "2.jpeg") as decoded:
        assert np.array_equal(image, np.asarray(decoded))
    assert (image.shape, label, type(label)) == ((40, 30, 3), 1, int)


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3), ("RGBA", 4)])
def test_any_image_comes_in_the_mode_that_was_asked_for(tmp_path, mode, channels):
    (tmp_path / "all").mkdir()
    colours = Image.fromarray(picture(6, 8))
    for stored in ["1", "L", "LA", "P", "RGB", "RGBA"]:
        colours.convert(stored).save(tmp_path / "all" / f"{stored}.png")
    colours.convert("CMYK").save(tmp_path / "all" / "CMYK.jpg")
    for image, _ in ImageFolder(tmp_path, mode=mode):
        assert (image.shape, image.dtype) == ((6, 8, channels), np.uint8)
        assert image.flags.c_contiguous


def test_sixteen_bits_of_grey_become_eight(tmp_path):
    (tmp_path / "grey").mkdir()
    levels = np.array([[0, 255, 256], [1000, 40000, 65535]], np.uint16)
    Image.fromarray(levels).save(tmp_path / "grey" / "levels.png")
    image, _ = ImageFolder(tmp_path, mode="L")[0]
    assert np.array_equal(image[:, :, 0], levels // 256)


def test_a_size_makes_all_images_equally_large(root):
    for image, _ in ImageFolder(root, size=(12, 10)):
        assert (image.shape, image.dtype) == ((12, 10, 3), np.uint8)
    Image.new("RGB", (7, 5), (10, 20, 30)).save(root / "dog" / "3.png")
    assert (ImageFolder(root, size=(2, 3))[5][0] == [10, 20, 30]).all()


def test_a_transform_makes_the_first_element_of_a_sample(root):
    mean, label = ImageFolder(root, transform=lambda image: float(image.mean()))[1]
    assert mean == picture(6, 8, 1).mean()
    assert label == 0


def test_no_image_is_opened_before_it_is_asked_for(root):
    (root / "cat" / "b.png").write_bytes(b"no image")
    folder = ImageFolder(root)
    assert folder[2][0].shape == (2, 3, 3)
    again = pickle.loads(pickle.dumps(folder))
    assert np.array_equal(again[3][0], folder[3][0])


def test_importing_the_datasets_imports_neither_pillow_nor_core():
    code = "import sys, tinytorch.datasets; assert not {'PIL', 'tinytorch.core'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_pillow_the_error_says_what_to_install(root):
    code = (
        "import sys; sys.modules['PIL'] = None\n"
        "from tinytorch.datasets import ImageFolder\n"
        f"folder = ImageFolder({str(root)!r})\nprint(len(folder))\nfolder[0]"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stdout == "5\n"
    assert "ImportError: Pillow decodes the images, and it is missing: run `pip install pillow`" in result.stderr


@pytest.mark.parametrize("index", [-1, 5])
def test_an_index_outside_is_refused_as_by_tensor_dataset(root, index):
    with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 5$"):
        ImageFolder(root)[index]
    with pytest.raises(TypeError, match="one integer"):
        ImageFolder(root)[:2]


def cut_off(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def overwrite(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no image")


def empty(path):
    path.write_bytes(b"")


def save_as_gif(path):
    Image.new("L", (3, 3)).save(path, format="GIF")


@pytest.mark.parametrize("damage", [cut_off, overwrite, empty, save_as_gif])
@pytest.mark.parametrize(("index", "name"), [(3, "dog/1.png"), (4, "dog/2.jpeg")])
def test_a_damaged_image_is_refused_with_its_index_and_file(root, damage, index, name):
    folder = ImageFolder(root)
    damage(root / name)
    with pytest.raises(
        CorruptFileError, match=rf"^sample {index}, {re.escape(str(root / name))}, cannot be decoded \(.+\)"
    ):
        folder[index]


def test_a_file_that_went_away_is_named_with_its_index(root):
    folder = ImageFolder(root)
    (root / "cat" / "b.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"sample 1, .*b\.png, is no longer there"):
        folder[1]


def test_without_corrupt_leaves_out_what_cannot_be_decoded_and_says_so(root):
    folder = ImageFolder(root)
    cut_off(root / "dog" / "1.png")
    (root / "cat" / "b.png").unlink()
    sound = folder.without_corrupt()
    assert [path for path, _ in sound.left_out] == [str(root / "cat" / "b.png"), str(root / "dog" / "1.png")]
    assert "truncated" in sound.left_out[1][1]
    assert [label for _, label in sound] == [0, 0, 1]
    assert (len(folder), folder.left_out) == (5, [])
    assert sound.without_corrupt().left_out == sound.left_out


def test_a_transform_that_fails_is_not_blamed_on_the_image(root):
    def fails(image):
        raise RuntimeError("in the transform")

    with pytest.raises(RuntimeError, match=r"^in the transform$"):
        ImageFolder(root, transform=fails)[0]


def test_what_is_no_folder_of_classes_is_refused(root, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder"):
        ImageFolder(root / "nowhere")
    with pytest.raises(ValueError, match="more has no folder in it"):
        ImageFolder(root / "cat" / "more")
    (root / "empty").mkdir()
    with pytest.raises(ValueError, match=r"empty has no \.jpg, \.jpeg or \.png"):
        ImageFolder(root)
    with pytest.raises(ValueError, match="'BGR'"):
        ImageFolder(root, mode="BGR")
    for size in [(0, 3), (3,)]:
        with pytest.raises(ValueError, match="height, width"):
            ImageFolder(root, size=size)
