"""Make a site on which students work in their browser, with nothing to install: JupyterLite, opened on one module.

    index.html          what the site is, what needs the network, and the link to the notebook
    lab/, build/, ...   JupyterLab, as JupyterLite builds it
    files/              what JupyterLab shows: the notebook, and settings.ini, by which the panel finds the course
    pypi/               wheels: the student's package, and what it and the kernel import, as far as that is pure Python

What is compiled (Python itself, NumPy, Matplotlib) the browser gets from Pyodide's own network. The same course gives
the same notebook and package; the rest depends on the installed JupyterLite.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Set
from importlib import metadata, util
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from nbformat import NotebookNode
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tinytorch.course.authoring.bundle import check_output, make_bundle
from tinytorch.course.files import PART, write_notebook, write_whole
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import BROWSER_CELL, BROWSER_KERNEL, read_notebook
from tinytorch.course.notes import note_python_version

# What a notebook imports besides the package's own requirements: the panel, the plots, folders of images.
NOTEBOOKS_NEED = ["nbformat", "matplotlib", "pillow"]
# What JupyterLite's kernel asks for by name when it starts (its stand-in for ipykernel comes with it).
KERNEL_NEEDS = ["comm", "jedi", "ipython"]
NOT_IN_A_BROWSER = re.compile(r"^\s*(?:import|from) (?:multiprocessing|threading)\b", re.MULTILINE)
EARLIEST_SECONDS = "315532800"  # 1 January 1980, the earliest that a zip, and so a wheel, can hold
KERNEL_EXTENSION = Path("share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension")


def make_lite_site(course: Course, module: Module, to: Path, replace: bool = False) -> Path:
    """Make the static site `to` for one module, and return the path of its first page.

    If the folder exists, raise `CourseError`, unless `replace` is true.
    """
    notebook = read_notebook(module.released_path)
    if any(NOT_IN_A_BROWSER.search(cell.source) for cell in notebook.cells if cell.cell_type == "code"):
        raise CourseError(
            f"{module.assignment} needs threads and processes, and Python in a browser has neither: "
            f"hand it out with `tito bundle {module.number}`."
        )
    if not util.find_spec("jupyterlite_core") or not util.find_spec("jupyterlite_pyodide_kernel"):
        raise CourseError("--lite needs JupyterLite, which is not installed: pip install -e '.[lite]'.")
    check_output(to, replace)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}.", suffix=PART, dir=to.parent) as scratch:
        bundle, lite, made = Path(scratch, "bundle"), Path(scratch, "lite"), Path(scratch, to.name)
        make_bundle(course, [module], bundle)
        _write_contents(bundle, module, notebook, lite / "contents")
        compiled = _write_wheels(bundle, lite / "pypi")
        _build(lite, made)
        page = _environment().get_template("lite_index.html.j2").render(module=module, compiled=compiled)
        write_whole(made / "index.html", page.encode("utf-8"))
        if to.exists():
            shutil.rmtree(to)
        made.rename(to)
    return to / "index.html"


def _write_contents(bundle: Path, module: Module, notebook: NotebookNode, contents: Path) -> None:
    """Write what JupyterLab shows: the notebook with a cell more, and what makes the folder a course."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_PYTHON_VERSION

    first = next(position for position, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    tags = NotebookNode(tags=["explore"])
    notebook.metadata.kernelspec = NotebookNode(BROWSER_KERNEL)  # without it, JupyterLite asks which kernel to start
    notebook.cells.insert(first, nbformat.v4.new_code_cell(BROWSER_CELL, id="lite", metadata=tags))
    note_python_version(notebook, PYODIDE_PYTHON_VERSION)  # the kernel itself says 3.8, whatever it is
    write_notebook(notebook, contents / module.released_path.relative_to(module.root))
    write_whole(contents / "settings.ini", (bundle / "settings.ini").read_bytes())


def _write_wheels(bundle: Path, folder: Path) -> list[str]:
    """Write the student's package and what it and the kernel need as wheels; return the names of what is compiled."""
    needed = [*NOTEBOOKS_NEED, *(metadata.requires("tinytorch") or [])]
    needed = [each for each in needed if not Requirement(each).marker]  # without the course's extras
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(bundle / "tinytorch", Path(scratch, "tinytorch"))
        project = _environment().get_template("lite_pyproject.toml.j2").render(requirements=needed)
        write_whole(Path(scratch, "pyproject.toml"), project.encode("utf-8"))
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index"]
        _run("pip", "wheel", *options, "--wheel-dir", str(folder), scratch)
    packages = _requirements([*needed, *KERNEL_NEEDS])
    pure = [package for package in packages if "Root-Is-Purelib: true" in (package.read_text("WHEEL") or "")]
    for package in pure:
        _write_wheel(package, folder)
    return [package.name for package in packages if package not in pure]


def _requirements(names: list[str]) -> list[metadata.Distribution]:
    """Return the installed packages that these need in a browser, themselves included, by name."""
    browser = {"sys_platform": "emscripten", "platform_system": "Emscripten", "extra": ""}
    environment: dict[str, str | Set[str]] = {**{k: str(v) for k, v in default_environment().items()}, **browser}
    found: dict[str, metadata.Distribution] = {}
    asked = [Requirement(name) for name in names]
    while asked:
        requirement = asked.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate(environment)):
            continue
        found[name] = metadata.distribution(name)
        asked += [Requirement(each) for each in found[name].requires or []]
    return [found[name] for name in sorted(found)]


def _write_wheel(package: metadata.Distribution, folder: Path) -> None:
    """Write an installed package of pure Python as the wheel that it was installed from."""
    with tempfile.TemporaryDirectory() as scratch:
        for path in package.files or []:
            outside = ".." in path.parts or path.is_absolute()  # a command, or a file of data
            made_here = path.suffix == ".pyc" or path.name in ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json")
            if not outside and not made_here:
                target = Path(scratch, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(path.locate()), target)
        _run("wheel", "pack", "--dest-dir", str(folder), scratch)


def _build(lite: Path, made: Path) -> None:
    """Have JupyterLite build the site, with no extension but its kernel."""
    settings = {
        "lite_dir": str(lite),
        "output_dir": str(made),
        "contents": [str(lite / "contents")],
        "apps": ["lab"],
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(Path(sys.prefix) / KERNEL_EXTENSION)],
        "cache_dir": str(lite / ".cache"),
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    write_whole(lite / "jupyter_lite_config.json", json.dumps({"LiteBuildConfig": settings}).encode("utf-8"))
    _run("jupyterlite_core", "build", cwd=lite)


def _run(module: str, *arguments: str, cwd: Path | None = None) -> None:
    """Run a command of a Python package, or raise `CourseError` with the last lines that it said."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EARLIEST_SECONDS}
    command = [sys.executable, "-m", module, *arguments]
    ran = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        said = " ".join((ran.stderr or ran.stdout).split()[-60:])
        raise CourseError(f"`python -m {module} {arguments[0]}` failed, so there is no site: {said}")


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tinytorch.course.authoring", "bundle_files"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
