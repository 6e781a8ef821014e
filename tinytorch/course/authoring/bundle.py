"""Make the folder that a student gets: notebooks, tools, and the part of the package that comes before them.

    modules/, .released/    the student notebooks, and a copy of each as it was released, with its packed stand-ins
    tinytorch/              the package; its core holds only what earlier modules export
    settings.ini, nbgrader_config.py, pyproject.toml, requirements.txt, README.md, LICENSE, binder/, .devcontainer/

A zip of the folder is put beside it. The same course gives the same bytes.
"""

from __future__ import annotations

import functools
import io
import json
import shutil
import sys
import tempfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tinytorch.course.authoring import links
from tinytorch.course.authoring.export import write_index
from tinytorch.course.configuration import load_config
from tinytorch.course.files import PART, write_whole
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, read_notebook
from tinytorch.course.released import is_untouched
from tinytorch.course.stand_ins import packed, stand_ins

PACKAGE_FILES = (".py", ".npz", ".md", ".json", ".css")  # besides templates; no stray notebooks
BUNDLE_FILES = {"bundle_files", "templates"}  # folders whose every file is copied
SOLUTION_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")
RENDERED = {  # from bundle_files
    "README.md.j2": "README.md",
    "pyproject.toml.j2": "pyproject.toml",
    "requirements.txt.j2": "requirements.txt",
    "nbgrader_config.py.j2": "nbgrader_config.py",
    "modules_config.py.j2": "modules/nbgrader_config.py",
    "gitignore": ".gitignore",
    "binder_requirements.txt": "binder/requirements.txt",
    "binder_runtime.txt": "binder/runtime.txt",
    "binder_start": "binder/start",
    "devcontainer.json": ".devcontainer/devcontainer.json",
}
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
FILE_MODE = 0o100644  # a plain file that its owner may write


def make_bundle(course: Course, modules: list[Module], to: Path, replace: bool = False) -> Path:
    """Make the folder `to` for students who work on these modules, and a zip beside it; return the zip's path.

    The package holds what the modules before the first of these export, and no solution of any other module. If the
    folder exists, raise `CourseError`, unless `replace` is true; also then, if it is no folder, but a file or a link.
    """
    if not (course.root / "requirements.lock").is_file():
        raise CourseError(
            f"{course.root} is not a course but a bundle: run `tito bundle` from the course's own folder."
        )
    check_output(to, replace)
    for module in modules:
        _check_pristine(module)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}.", suffix=PART, dir=to.parent) as scratch:
        made = Path(scratch, to.name)
        _write_notebooks(course, modules, made)
        _copy_package(course, modules[0], made)
        _write_settings(course, modules, made)
        write_index(Course(made))
        if to.exists():
            shutil.rmtree(to)
        made.rename(to)
    archive = to.with_name(f"{to.name}.zip")
    write_whole(archive, _zipped(to))
    return archive


def check_output(to: Path, replace: bool) -> None:
    """Raise `CourseError` if something is at `to`, unless it is a folder and `replace` is true."""
    if to.is_symlink() or to.is_file():
        raise CourseError(f"{to} is a {'link' if to.is_symlink() else 'file'}: remove it, or give another --output.")
    if to.exists() and not replace:
        raise CourseError(f"{to} exists already and may hold somebody's work: give --replace to make it again.")


def _check_pristine(module: Module) -> None:
    """Raise `CourseError` if a notebook in modules/ is not as it was released."""
    notebook = read_notebook(module.released_path)
    changed = [name for cell in notebook.cells if (name := grade_id(cell)) and not is_untouched(cell)]
    if changed or any(cell.get("outputs") for cell in notebook.cells):
        what = f"its cell {changed[0]}" if changed else "its outputs"
        raise CourseError(f"{module.released_path} was worked in ({what}): `tito build {module.number}` restores it.")


def _write_notebooks(course: Course, modules: list[Module], made: Path) -> None:
    for module in modules:
        there = Module(module.assignment, made)
        for path in (there.released_path, there.pristine_path):
            write_whole(path, module.released_path.read_bytes())
        if found := stand_ins(course, module):
            write_whole(there.stand_ins_path, packed(found))


def _copy_package(course: Course, first: Module, made: Path) -> None:
    """Copy tinytorch, with what modules before `first` export."""
    package = course.root / "tinytorch"
    parts = [path for part in ("course", "datasets", "milestones", "profiling") for path in (package / part).rglob("*")]
    parts = [path for path in parts if path.suffix in PACKAGE_FILES or BUNDLE_FILES.intersection(path.parts)]
    parts = [path for path in parts if path.is_file() and "__pycache__" not in path.parts]
    parts += [package / name for name in ("__init__.py", "panel.py", "py.typed", "core/__init__.py")]
    for path in parts:
        write_whole(made / path.relative_to(course.root), path.read_bytes())
    exported = course.core_before(first)
    missing = {module.core_path for module in course.modules if module < first} - set(exported)
    if missing:
        raise CourseError(f"{min(missing)} is missing, which {first.assignment} needs: run `tito build` first.")
    for path in exported:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        text = "".join(line for line in lines if line.strip() not in SOLUTION_MARKS)
        write_whole(made / path.relative_to(course.root), text.encode("utf-8"))
        stub = path.with_suffix(".pyi")
        write_whole(made / stub.relative_to(course.root), stub.read_bytes())


def _write_settings(course: Course, modules: list[Module], made: Path) -> None:
    """Write what is neither notebook nor package."""
    for name in ("settings.ini", "LICENSE"):
        write_whole(made / name, (course.root / name).read_bytes())
    environment = Environment(
        loader=PackageLoader("tinytorch.course.authoring", "bundle_files"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = functools.partial(json.dumps, ensure_ascii=False)
    pyproject = tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    facts = {
        "modules": modules,
        "project": project,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",  # whoever hands this out grades, too
        "nbdev": pyproject["tool"]["nbdev"] | {"nbs_path": "modules"},
        "config": load_config(course),
        "requirements": locked_requirements(course, project),
        "repository": links.published_repository(course),
        "links": links,
    }
    for name, target in RENDERED.items():
        write_whole(made / target, environment.get_template(name).render(facts).encode("utf-8"))


def locked_requirements(course: Course, project: dict[str, Any]) -> list[str]:
    """Return the lines of requirements.lock that the notebooks and the tools need, in its order."""
    needed: set[str] = set()
    asked = [(Requirement(each), "") for each in project["dependencies"] + project["optional-dependencies"]["course"]]
    done = set()
    while asked:
        requirement, extra = asked.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        needed.add(name)
        for own in {"", *requirement.extras}:
            if (name, own) not in done:
                done.add((name, own))
                asked += [(Requirement(each), own) for each in _requirements_of(name)]
    lines = (course.root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if canonicalize_name(line.partition("==")[0]) in needed]


def _requirements_of(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # it is needed on other systems only
        return []


def _zipped(folder: Path) -> bytes:
    """Return a zip of a folder, in which the files are in a folder of the same name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), ZIP_TIME)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, FILE_MODE << 16
                archive.writestr(entry, path.read_bytes())
    return content.getvalue()
