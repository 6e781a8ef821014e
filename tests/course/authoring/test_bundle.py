"""The folder that students get: it holds no solution, and all that it takes to finish the module, in a fresh place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

import tinytorch
from tests.helpers.binder_image import BinderImage, commit_all
from tests.helpers.corpus import read_corpus
from tests.helpers.leaks import bundle_secrets, leaks_below
from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import TinyCourse, cell_named, contents
from tinytorch.course.authoring.build import add_colab_cell
from tinytorch.course.authoring.bundle import make_bundle
from tinytorch.course.authoring.links import Repository
from tinytorch.course.handin.read_zip import unpack
from tinytorch.course.layout import Course
from tinytorch.course.stand_ins import stand_ins

COURSE = Course(ROOT)
MODULE = COURSE.module("05")
NOTEBOOK = MODULE.released_path.relative_to(ROOT)

TRAIN = """
import numpy as np
from tinytorch import DataLoader, Linear, Tensor, TensorDataset
from tinytorch.core import dataloader
from tinytorch.datasets import split_digits

assert DataLoader is dataloader.DataLoader
images, labels, test_images, test_labels = split_digits()
np.random.seed(0)
layer = Linear(64, 10)
rows = TensorDataset(Tensor(images.reshape(-1, 64)), Tensor(labels))
for epoch in range(20):
    for batch, targets in DataLoader(rows, 32, shuffle=True):
        scores = layer(batch).data
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = shares / shares.sum(axis=1, keepdims=True) - np.eye(10)[targets.data]
        layer.weight.data -= 0.1 * error.T @ batch.data / len(error)
print((layer(Tensor(test_images.reshape(-1, 64))).data.argmax(axis=1) == test_labels).mean())
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of module 05, as `tito bundle 05` makes it."""
    folder = tmp_path_factory.mktemp("handed out") / "tinytorch-05_dataloader"
    command = [sys.executable, "-m", "tinytorch.course.cli", "bundle", "05", "--output", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return folder


def test_no_line_of_a_solution_or_a_hidden_test_is_in_it(bundle: Path) -> None:
    secrets = bundle_secrets(COURSE, MODULE)
    assert len(secrets) > 1500
    assert leaks_below(bundle, secrets) == {}


def test_nor_is_any_in_the_bundle_of_all_modules(tmp_path: Path) -> None:
    make_bundle(COURSE, COURSE.modules, tmp_path / "all")
    assert [path.name for path in (tmp_path / "all" / "tinytorch" / "core").iterdir()] == ["__init__.py"]
    assert leaks_below(tmp_path / "all", bundle_secrets(COURSE, COURSE.modules[0])) == {}


def test_a_solution_that_were_in_it_would_be_found(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "core.py").write_bytes(MODULE.core_path.read_bytes())
    (tmp_path / "source.py").write_bytes(MODULE.source_path.read_bytes())
    found = leaks_below(tmp_path, bundle_secrets(COURSE, MODULE))
    assert len(found["core.py"]) > 30
    assert len(found["source.py"]) > 300


def test_the_stand_ins_of_its_steps_are_in_it(bundle: Path) -> None:
    there = Course(bundle)
    assert there.is_bundle
    assert stand_ins(there, there.module("05")) == stand_ins(COURSE, MODULE)


def test_the_package_in_it_ends_before_the_module(bundle: Path) -> None:
    core = sorted(path.stem for path in (bundle / "tinytorch" / "core").glob("[!_]*.py"))
    assert core == ["activations", "layers", "losses", "tensor"]
    index = (bundle / "tinytorch" / "_modidx.py").read_text(encoding="utf-8")
    assert "'lib_path': 'tinytorch'" in index
    assert "dataloader" not in index
    for path in [*bundle.rglob("*.ipynb"), *(bundle / "tinytorch" / "core").iterdir()]:
        assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN TESTS)", path.read_text(encoding="utf-8")), path


def test_the_zip_holds_the_folder_and_its_bytes_are_always_the_same(bundle: Path, tmp_path: Path) -> None:
    archive = bundle.with_name(f"{bundle.name}.zip")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    assert contents(tmp_path / bundle.name) == contents(bundle)
    again = make_bundle(COURSE, [MODULE], tmp_path / "again" / bundle.name)
    assert again.read_bytes() == archive.read_bytes()


def test_from_unpacking_to_handing_in_with_nothing_else_installed(
    bundle: Path, image: BinderImage, tmp_path: Path
) -> None:
    venv = image.venv
    with zipfile.ZipFile(bundle.with_name(f"{bundle.name}.zip")) as archive:
        archive.extractall(tmp_path / "Übung 5")
    folder = tmp_path / "Übung 5" / bundle.name
    before = venv.frozen()
    venv.install("-r", "requirements.txt", cwd=folder)
    # So Binder's requirements and the bundle's are the same, and each is all that is needed.
    assert venv.frozen() == before
    pinned = [line for line in (folder / "requirements.txt").read_text(encoding="utf-8").splitlines() if "==" in line]
    assert sorted(map(canonical, before)) == sorted(map(canonical, pinned))

    own = read_corpus(MODULE, ["correct_argsort"])[0]
    untouched = (folder / NOTEBOOK).read_bytes()
    assert "not written yet" in venv.try_run("tito", "check", "05", cwd=folder).stdout
    nbformat.write(own.notebook, folder / NOTEBOOK)
    assert "fail" not in venv.run("tito", "check", "05", cwd=folder)
    assert not (folder / "tinytorch" / "core" / "dataloader.py").exists()
    venv.run("tito", "export", "05", cwd=folder)
    assert float(venv.run("python", "-c", TRAIN, cwd=folder.parent)) > 0.9
    venv.run("tito", "submit", "05", "--student", "ada", cwd=folder)
    (handed_in,) = folder.glob("05_dataloader-ada-*.zip")
    unpacked = unpack(COURSE, handed_in, datetime.now(UTC))
    assert unpacked.parts["dataloader.ipynb"] == (folder / NOTEBOOK).read_bytes()
    # Without git, what was released is kept beside.
    venv.run("tito", "reset", "05", "--step", "4", cwd=folder / "modules")
    released = {cell.id: cell.source for cell in nbformat.reads(untouched.decode(), as_version=4).cells}
    assert cell_named(nbformat.read(folder / NOTEBOOK, as_version=4), "loader-iter").source == released["loader-iter"]


SOMEBODY_ELSES = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "tinytorch"
version = "{version}"
"""


@pytest.mark.parametrize("installed", ["nothing", "somebody else's"])
def test_where_the_notebook_was_opened_alone_its_first_cell_fetches_the_package(
    bundle: Path, image: BinderImage, tmp_path: Path, installed: str
) -> None:
    published = tmp_path / "published"
    shutil.copytree(bundle, published)
    commit_all(published)
    (tmp_path / "alone").mkdir()
    notebook = nbformat.read(bundle / NOTEBOOK, as_version=4)
    add_colab_cell(notebook, Repository("ada", "loader", "main"))
    names = [cell.id for cell in notebook.cells]
    notebook.cells = [cell for cell in notebook.cells[: names.index("imports") + 1] if cell.cell_type == "code"]
    fetches = cell_by_id(notebook, "colab")
    assert "git+https://github.com/ada/loader@main" in fetches.source
    fetches.source = fetches.source.replace("https://github.com/ada/loader", published.as_uri())
    notebook.cells.append(nbformat.v4.new_code_cell("from tinytorch.core.losses import MSELoss"))
    nbformat.write(notebook, tmp_path / "alone" / "dataloader.ipynb")
    run_alone = "import nbformat, nbclient; nbclient.execute(nbformat.read('dataloader.ipynb', as_version=4))"
    image.venv.run("python", "-m", "pip", "uninstall", "--yes", "--quiet", "tinytorch", cwd=tmp_path)
    if installed == "somebody else's":  # of the version that ours has, too: pip would take it for ours
        other = tmp_path / "other"
        (other / "tinytorch").mkdir(parents=True)
        (other / "tinytorch" / "__init__.py").touch()
        (other / "pyproject.toml").write_text(SOMEBODY_ELSES.format(version=tinytorch.__version__), encoding="utf-8")
        image.venv.install("--no-deps", "--no-build-isolation", ".", cwd=other)
    image.venv.run("python", "-c", run_alone, cwd=tmp_path / "alone")
    found = image.venv.run("python", "-c", "import tinytorch; print(tinytorch.__file__)", cwd=tmp_path)
    assert Path(found.strip()).is_relative_to(image.venv.packages)
    assert not (image.venv.packages / "tinytorch" / "core" / "dataloader.py").exists()


def test_it_says_which_python_grades(bundle: Path) -> None:
    said = f"graded with Python 3.{sys.version_info.minor}:"
    assert said in (bundle / "README.md").read_text(encoding="utf-8")


def test_it_installs_beside_any_version_of_what_it_needs_and_says_whose_package_is_on_pypi(bundle: Path) -> None:
    project = tomllib.loads((bundle / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = [bound for each in project["dependencies"] for bound in Requirement(each).specifier]
    assert {bound.operator for bound in bounds} == {">="}
    readme = (bundle / "README.md").read_text(encoding="utf-8")
    assert "tested with 3.11, 3.12, 3.13." in readme
    assert "Don't run `pip install tinytorch`" in readme


def test_a_codespace_installs_the_same(bundle: Path) -> None:
    described = json.loads((bundle / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert described["postCreateCommand"] == "python -m pip install -r requirements.txt"
    assert f"`{described['postCreateCommand']}`" in (bundle / "README.md").read_text(encoding="utf-8")


def cell_by_id(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def canonical(line: str) -> str:
    return re.sub("[-_.]+", "-", line.partition("==")[0]).lower() + "==" + line.partition("==")[2]


def test_of_all_modules_nothing_is_exported_yet(course: TinyCourse) -> None:
    said = course.tito("bundle", check=True).stdout
    assert "wrote build/tinytorch\n" in said
    made = course.root / "build" / "tinytorch"
    assert [path.name for path in (made / "tinytorch" / "core").iterdir()] == ["__init__.py"]
    assert sorted(path.parent.name for path in (made / "modules").rglob("*.ipynb")) == ["01_tensor", "02_tiny"]


def test_a_folder_that_is_there_is_left_alone_unless_it_is_to_be_replaced(course: TinyCourse) -> None:
    course.tito("bundle", "02", "--output", "out", check=True)
    work = course.root / "out" / "modules" / "02_tiny" / "tiny.ipynb"
    nbformat.write(course.filled(), work)
    kept = work.read_bytes()
    refused = course.tito("bundle", "02", "--output", "out")
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert work.read_bytes() == kept
    course.tito("bundle", "02", "--output", "out", "--replace", check=True)
    assert work.read_bytes() == course.released.read_bytes()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_never_replaced(course: TinyCourse, kind: str) -> None:
    there = course.root / "out"
    there.write_text("notes") if kind == "file" else there.symlink_to(course.root / "modules")
    refused = course.tito("bundle", "02", "--output", "out", "--replace")
    assert refused.returncode == 1
    assert f"is a {kind}: remove it" in refused.stderr
    assert there.read_text() == "notes" if kind == "file" else there.is_symlink()


def test_of_a_bundle_no_bundle_is_made(course: TinyCourse) -> None:
    course.tito("bundle", "02", "--output", "out", check=True)
    refused = TinyCourse(course.root / "out").tito("bundle", "02", "--output", "more")
    assert refused.returncode == 1
    assert "from the course's own folder" in refused.stderr


def test_a_notebook_that_was_worked_in_is_not_handed_out(course: TinyCourse) -> None:
    nbformat.write(course.filled(), course.released)
    refused = course.tito("bundle", "02", "--output", "out")
    assert refused.returncode == 1
    assert "was worked in (its cell double)" in refused.stderr
    assert not (course.root / "out").exists()


def test_without_what_earlier_modules_export_no_bundle_is_made(course: TinyCourse) -> None:
    (course.root / "tinytorch" / "core" / "tensor.py").unlink()
    refused = course.tito("bundle", "02", "--output", "out")
    assert refused.returncode == 1
    assert "tensor.py is missing" in refused.stderr
    assert sorted(path.name for path in course.root.iterdir() if "out" in path.name) == []
