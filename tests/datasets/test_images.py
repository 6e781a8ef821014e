import os
import pickle
import re
import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from tinytorch.datasets import CorruptFileError, ImageFolder, images


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


def png(depth, colour, rows, transparent, palette=b""):
    """A PNG byte by byte, with a tRNS chunk: one line of pixels of `depth` bits a channel."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    width = len(rows) * 8 // depth // (3 if colour == 2 else 1)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, 1, depth, colour, 0, 0, 0)),
            chunk(b"PLTE", palette) if palette else b"",
            chunk(b"tRNS", transparent),
            chunk(b"IDAT", zlib.compress(b"\0" + rows)),
            chunk(b"IEND", b""),
        ]
    )


TRANSPARENT = {  # by kind of PNG: the file, its pixels as RGB (or the grey ones), and their alpha
    "1 bit of grey": (png(1, 0, bytes([0b10100000]), b"\0\1"), [255, 0, 255, 0, 0, 0, 0, 0], [0, 255, 0] + 5 * [255]),
    "2 bits of grey": (png(2, 0, bytes([0b00011011]), b"\0\2"), [0, 85, 170, 255], [255, 255, 0, 255]),
    "4 bits of grey": (png(4, 0, bytes([0x3A]), b"\0\x0a"), [51, 170], [255, 0]),
    "8 bits of grey": (png(8, 0, bytes([3, 200]), b"\0\xc8"), [3, 200], [255, 0]),
    "16 bits of grey": (png(16, 0, struct.pack(">2H", 40000, 40001), struct.pack(">H", 40001)), [156, 156], [255, 0]),
    "8 bits of colour": (png(8, 2, bytes(range(1, 7)), bytes([0, 4, 0, 5, 0, 6])), [[1, 2, 3], [4, 5, 6]], [255, 0]),
    "16 bits of colour": (
        png(16, 2, struct.pack(">6H", 40000, 1, 2, 3, 4, 50000), struct.pack(">3H", 3, 4, 50000)),
        [[156, 0, 0], [0, 0, 195]],
        [255, 0],
    ),
    "palette": (png(8, 3, bytes([1, 0]), bytes([10, 200]), bytes(range(1, 7))), [[4, 5, 6], [1, 2, 3]], [200, 10]),
}


@pytest.mark.parametrize("kind", TRANSPARENT)
def test_what_is_transparent_in_a_png_is_so_in_rgba_and_warns_nobody(tmp_path, kind):
    content, pixels, alpha = TRANSPARENT[kind]
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "1.png").write_bytes(content)
    colours = np.array([np.broadcast_to(pixel, 3) for pixel in pixels], np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rgba, rgb, grey = (ImageFolder(tmp_path, mode=mode)[0][0][0] for mode in ("RGBA", "RGB", "L"))
    assert np.array_equal(rgba, np.column_stack([colours, alpha]))
    assert np.array_equal(rgb, colours)
    assert np.array_equal(grey[:, 0], np.asarray(Image.fromarray(colours[None]).convert("L"))[0])


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    """One photograph as a camera held in each of the eight ways stores it, as JPEG and as PNG."""
    root = tmp_path_factory.mktemp("turned")
    (root / "all").mkdir()
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        for suffix in ("jpg", "png"):
            Image.fromarray(picture(6, 8)).save(root / "all" / f"{orientation}.{suffix}", exif=exif)
    return root


def test_photographs_are_turned_upright_unless_asked_for_as_stored(turned):
    upright, stored = ImageFolder(turned), ImageFolder(turned, upright=False)
    shapes = set()
    for index, (path, _) in enumerate(upright.samples):
        with Image.open(path) as opened:
            assert np.array_equal(stored[index][0], np.asarray(opened))
            assert np.array_equal(upright[index][0], np.asarray(ImageOps.exif_transpose(opened)))
        shapes.add(upright[index][0].shape)
    assert shapes == {(6, 8, 3), (8, 6, 3)}
    assert {image.shape for image, _ in ImageFolder(turned, size=(3, 5), mode="L")} == {(3, 5, 1)}


def test_a_photograph_whose_exif_data_are_damaged_comes_as_stored(turned, tmp_path):
    content = (turned / "all" / "6.jpg").read_bytes()
    begin = content.index(b"Exif\0\0") + 6
    (tmp_path / "all").mkdir()
    for place in range(begin, begin + 26):
        (tmp_path / "all" / f"{place:03}.jpg").write_bytes(content[:place] + b"\xff" + content[place + 1 :])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, that the data are corrupt
        shapes = {image.shape for image, _ in ImageFolder(tmp_path)}
    assert shapes == {(6, 8, 3), (8, 6, 3)}


def test_linked_folders_are_searched_and_one_that_leads_back_is_refused(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    Image.new("RGB", (1, 1)).save(elsewhere / "z.png")
    for link in ["cat/linked", "dog/linked", "dog/.hidden", "emu"]:
        (root / link).symlink_to(elsewhere)
    assert [os.path.relpath(path, root) for path, _ in ImageFolder(root).samples if path.endswith("z.png")] == [
        "cat/linked/z.png",
        "dog/linked/z.png",
        "emu/z.png",
    ]
    for link, target in [("cat/all", root), ("cat/more/up", root / "cat"), ("emu/self", elsewhere), ("dog/disk", "/")]:
        (root / link).symlink_to(target)
        with pytest.raises(ValueError, match=rf"{Path(link).name} leads back to .*, which it is in: remove the link$"):
            ImageFolder(root)
        (root / link).unlink()
    (root / "cat" / "nowhere").symlink_to("nowhere")  # leads to itself
    assert len(ImageFolder(root)) == 8


def test_a_size_makes_all_images_equally_large(root):
    assert ImageFolder(root, size=np.array([3, 5])).size == (3, 5)
    for image, _ in ImageFolder(root, size=(12, 10)):
        assert (image.shape, image.dtype) == ((12, 10, 3), np.uint8)
    Image.new("RGB", (7, 5), (10, 20, 30)).save(root / "dog" / "3.png")
    assert (ImageFolder(root, size=(2, 3))[5][0] == [10, 20, 30]).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_resized_pixels_are_those_of_pillows_full_decoding_unless_less_is_enough(root, mode):
    for index, (path, _) in enumerate(ImageFolder(root).samples):
        with Image.open(path) as opened:
            pixels = np.asarray(opened.convert(mode).resize((5, 4), Image.Resampling.BILINEAR))
        assert np.array_equal(ImageFolder(root, mode=mode, size=(4, 5))[index][0].squeeze(), pixels)
        if path.endswith("png"):
            assert np.array_equal(ImageFolder(root, mode=mode, size=(4, 5), exact=False)[index][0].squeeze(), pixels)


@pytest.fixture(scope="module")
def photograph(tmp_path_factory):
    """One JPEG of 192 x 256 with shapes and some grain, as a photograph has, held in each of the eight ways."""
    root = tmp_path_factory.mktemp("photograph")
    (root / "all").mkdir()
    shapes = np.asarray(Image.fromarray(picture(6, 8)).resize((256, 192), Image.Resampling.BICUBIC), np.float32)
    pixels = (shapes + np.random.default_rng(0).normal(0, 4, shapes.shape)).clip(0, 255).astype(np.uint8)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        Image.fromarray(pixels).save(root / "all" / f"{orientation}.jpg", exif=exif, quality=90)
    return root


@pytest.fixture
def without_simplejpeg(monkeypatch):
    """As where it is not installed."""
    monkeypatch.setattr(images, "_simplejpeg", lambda: None)


SCALED = [(96, 128), (48, 64), (24, 32), (72, 96), (36, 48)]
DIFFERENCE = 3  # of 255, on average, as the documentation says


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", SCALED)
def test_less_than_exact_is_decoded_smaller_and_differs_by_little(photograph, without_simplejpeg, size, mode):
    exact, scaled = (ImageFolder(photograph, mode=mode, size=size, exact=exact)[0][0] for exact in (True, False))
    with Image.open(photograph / "all" / "1.jpg") as opened:
        opened.draft(mode, size[::-1])
        assert opened.width in (32, 64, 128)
        smaller = opened.convert(mode).resize(size[::-1], Image.Resampling.BILINEAR)
    assert np.array_equal(scaled.squeeze(), np.asarray(smaller))
    assert 0 < abs(scaled.astype(int) - exact).mean() < DIFFERENCE


@pytest.mark.parametrize("upright", [True, False])
def test_a_photograph_on_its_side_is_decoded_as_large_as_it_is_needed(photograph, without_simplejpeg, upright):
    height, width = 20, 64
    folder = ImageFolder(photograph, size=(height, width), upright=upright, exact=False)
    for index, (path, _) in enumerate(folder.samples):
        with Image.open(path) as opened:
            on_its_side = upright and index + 1 >= 5
            opened.draft(None, (height, width) if on_its_side else (width, height))
            assert opened.width == (128 if on_its_side else 64)
            image = ImageOps.exif_transpose(opened) if upright else opened
            smaller = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
        assert np.array_equal(folder[index][0], smaller)


def test_an_image_in_the_mode_asked_for_is_not_copied(photograph, monkeypatch):
    copied, copy = [], Image.Image.copy
    monkeypatch.setattr(Image.Image, "copy", lambda image: copied.append(image) or copy(image))
    assert ImageFolder(photograph, size=(48, 64))[0][0].any()
    assert copied == []


def test_a_jpeg_that_is_not_twice_as_large_is_decoded_in_full(photograph, without_simplejpeg):
    for size in [None, (97, 128), (96, 129), (192, 256), (400, 400)]:
        exact, scaled = (ImageFolder(photograph, size=size, exact=exact)[0][0] for exact in (True, False))
        assert np.array_equal(scaled, exact)


@pytest.mark.parametrize("size", [*SCALED, (120, 160), (144, 192)])
def test_simplejpeg_decodes_what_need_not_be_exact(photograph, size):
    simplejpeg = pytest.importorskip("simplejpeg")
    for upright in (True, False):
        exact, scaled = (ImageFolder(photograph, size=size, upright=upright, exact=exact) for exact in (True, False))
        for (pixels, _), (smaller, _) in zip(exact, scaled, strict=True):
            assert abs(smaller.astype(int) - pixels).mean() < DIFFERENCE
    content = (photograph / "all" / "1.jpg").read_bytes()
    smaller = Image.fromarray(simplejpeg.decode_jpeg(content, min_height=size[0], min_width=size[1]))
    assert np.array_equal(scaled[0][0], np.asarray(smaller.resize(size[::-1], Image.Resampling.BILINEAR)))


def test_a_jpeg_that_only_simplejpeg_refuses_is_decoded(photograph, tmp_path):
    simplejpeg = pytest.importorskip("simplejpeg")
    content = (photograph / "all" / "1.jpg").read_bytes().removesuffix(b"\xff\xd9") + b"\0\0\xff\xd9"
    with pytest.raises(ValueError, match="extraneous bytes"):
        simplejpeg.decode_jpeg(content)
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "1.jpg").write_bytes(content)
    exact, scaled = (ImageFolder(tmp_path, size=(48, 64), exact=exact)[0][0] for exact in (True, False))
    assert abs(scaled.astype(int) - exact).mean() < DIFFERENCE


@pytest.mark.parametrize("stored", ["L", "CMYK"])
def test_a_jpeg_in_any_mode_need_not_be_exact(tmp_path, stored):
    (tmp_path / "all").mkdir()
    Image.new("RGB", (64, 48), (90, 90, 90)).convert(stored).save(tmp_path / "all" / "1.jpg")
    assert (ImageFolder(tmp_path, size=(8, 10), exact=False)[0][0] == 90).all()


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


@pytest.mark.parametrize("damage", [cut_off, overwrite, empty])
@pytest.mark.parametrize(("index", "name"), [(3, "dog/1.png"), (4, "dog/2.jpeg")])
@pytest.mark.parametrize("exact", [True, False])
def test_a_damaged_image_is_refused_with_its_index_and_file(root, damage, index, name, exact):
    folder = ImageFolder(root, size=(8, 8), exact=exact)
    damage(root / name)
    with pytest.raises(
        CorruptFileError, match=rf"^sample {index}, {re.escape(str(root / name))}, cannot be decoded \(.+\)"
    ):
        folder[index]


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIC"])
def test_an_image_of_another_format_is_named_as_what_it_is(root, kind):
    folder = ImageFolder(root)
    if kind == "HEIC":
        (root / "dog/2.jpeg").write_bytes(HEIC)
    else:
        Image.new("RGB", (3, 3)).save(root / "dog/2.jpeg", format=kind)
    with pytest.raises(CorruptFileError, match=rf"2\.jpeg, .* \(its format is {kind}, not JPEG or PNG\)"):
        folder[4]


def test_a_page_that_was_saved_as_an_image_shows_how_it_begins(root):
    (root / "dog/2.jpeg").write_bytes(b"<!DOCTYPE html><html>")
    with pytest.raises(CorruptFileError, match=r"\(it is no image that Pillow knows; it begins with b'<!DOCTYPE ht'\)"):
        ImageFolder(root)[4]


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
    for size in [(0, 3), (3,), 5, (3.5, 5), (3, 5, 3), "35", np.array([3.0, 5.0])]:
        with pytest.raises(ValueError, match="height, width"):
            ImageFolder(root, size=size)


def test_a_transform_that_gives_a_masked_array_is_refused(root):
    masked = ImageFolder(root, transform=lambda image: np.ma.masked_equal(image, 0))
    with pytest.raises(
        TypeError, match=r"^sample 1 has a masked array: fill its gaps first, with array\.filled\(value\)$"
    ):
        masked[1]


def test_a_transform_that_cannot_be_called_is_refused_at_once(root):
    with pytest.raises(TypeError, match="transform must be a function"):
        ImageFolder(root, transform=3)


def test_a_link_to_no_file_is_named_as_one(root):
    (root / "cat" / "zz.png").symlink_to(root / "nowhere.png")
    dataset = ImageFolder(root)
    place = next(place for place, (path, _) in enumerate(dataset.samples) if path.endswith("zz.png"))
    with pytest.raises(FileNotFoundError, match="is a link to"):
        dataset[place]
