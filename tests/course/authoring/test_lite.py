"""The site on which a module runs in the browser: complete but for what is compiled, and without a solution."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import pytest

from tests.helpers.leaks import bundle_secrets, leaks_below
from tests.helpers.repository import ROOT
from tinytorch.course.authoring.build import solution_notebook
from tinytorch.course.authoring.lite import make_lite_site
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.notebook import BROWSER_CELL, read_notebook
from tinytorch.course.notes import python_version

pytest.importorskip("jupyterlite_pyodide_kernel", reason="the site needs JupyterLite: pip install -e '.[lite]'")
from jupyterlite_pyodide_kernel.constants import PYODIDE_PYTHON_VERSION

COURSE = Course(ROOT)
MODULE = COURSE.module("05")
NOTEBOOK = MODULE.released_path.relative_to(ROOT)
COMPILED = ["contourpy", "fonttools", "kiwisolver", "matplotlib", "numpy", "pillow", "rpds-py", "wcwidth"]


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of module 05, as `tito bundle 05 --lite` makes it."""
    folder = tmp_path_factory.mktemp("lite") / "05"
    command = [sys.executable, "-m", "tinytorch.course.cli", "bundle", "05", "--lite", "--output", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "index.html" in ran.stdout
    return folder


@pytest.fixture(scope="module")
def packages(lite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the site's wheels hold."""
    folder = tmp_path_factory.mktemp("packages")
    for wheel in (lite / "pypi").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the site has from the network, and nothing else of what is installed here."""
    folder = tmp_path_factory.mktemp("compiled")
    for name in COMPILED:
        files = metadata.files(name) or []
        for top in {path.parts[0] for path in files if path.parts[0] not in ("..", "__pycache__")}:
            place = Path(str(next(path for path in files if path.parts[0] == top).locate()))
            while place.name != top:
                place = place.parent
            (folder / top).symlink_to(place)
    return folder


def test_it_has_the_notebook_and_every_wheel_that_its_index_names(lite: Path) -> None:
    served = read_notebook(lite / "files" / NOTEBOOK)
    ours = [cell for cell in served.cells if cell.id != "lite"]
    assert python_version(served) == PYODIDE_PYTHON_VERSION
    assert ours == read_notebook(MODULE.released_path).cells
    assert [cell.source for cell in served.cells if cell.id == "lite"] == [BROWSER_CELL]
    assert served.cells.index(next(cell for cell in served.cells if cell.cell_type == "code")) < 3
    settings = json.loads((lite / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    (address,) = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]["pipliteUrls"][:1]
    index = json.loads((lite / address.partition("?")[0]).read_text(encoding="utf-8"))
    assert {"tinytorch", "fastcore", "nbformat", "ipython"} <= set(index)
    named = {file["filename"] for package in index.values() for files in package["releases"].values() for file in files}
    assert named >= {wheel.name for wheel in (lite / "pypi").glob("*.whl")}
    assert all(re.search(r"-none-any\.whl$", name) for name in named)


def test_its_first_page_leads_to_the_notebook_and_says_what_needs_the_network(lite: Path) -> None:
    page = (lite / "index.html").read_text(encoding="utf-8")
    assert f'href="lab/index.html?path={NOTEBOOK.as_posix()}"' in page
    assert (lite / "lab" / "index.html").is_file()
    assert ", ".join(COMPILED) in page


def test_no_line_of_a_solution_or_a_hidden_test_is_in_it(lite: Path, packages: Path) -> None:
    secrets = bundle_secrets(COURSE, MODULE)
    assert len(secrets) > 1500
    assert leaks_below(lite / "files", secrets) == {}
    assert leaks_below(packages / "tinytorch", secrets) == {}
    assert sorted(path.name for path in (packages / "tinytorch" / "core").glob("[a-z]*.py")) == [
        "activations.py",
        "layers.py",
        "losses.py",
        "tensor.py",
    ]
    (packages / "tinytorch" / "leaked.py").write_bytes(MODULE.core_path.read_bytes())
    assert "leaked.py" in leaks_below(packages / "tinytorch", secrets)
    (packages / "tinytorch" / "leaked.py").unlink()


def run_like_a_browser(notebook: nbformat.NotebookNode, at: Path, *folders: Path) -> str:
    """Run a notebook in its place in the site's files; return what the panel shows at the end."""
    at.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, at)
    program = ROOT / "tests" / "helpers" / "like_a_browser.py"
    command = [sys.executable, "-I", "-S", str(program), at.name, *map(str, folders)]
    ran = subprocess.run(command, cwd=at.parent, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


def test_a_finished_notebook_runs_in_it_without_threads_processes_and_psutil(
    lite: Path, packages: Path, compiled: Path, tmp_path: Path
) -> None:
    shutil.copytree(lite / "files", tmp_path / "files")
    shown = run_like_a_browser(solution_notebook(MODULE), tmp_path / "files" / NOTEBOOK, packages, compiled)
    assert "Module 05: 100 of 100 visible points" in shown
    assert "Step 6: pass" in shown


def test_a_module_that_needs_processes_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="10_scaling needs threads and processes"):
        make_lite_site(COURSE, COURSE.module("10"), tmp_path / "10")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_and_two_modules_are_refused(lite: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="exists already"):
        make_lite_site(COURSE, MODULE, lite)
    command = [
        sys.executable,
        "-m",
        "tinytorch.course.cli",
        "bundle",
        "04",
        "05",
        "--lite",
        "--output",
        str(tmp_path / "x"),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "A site has one module" in ran.stderr
