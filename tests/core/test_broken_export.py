"""A module whose export is broken breaks what imports it, and the error says which cell of which notebook to mend."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tinytorch"
MODULES = {path.stem for path in (PACKAGE / "core").glob("*.py") if path.stem != "__init__"}
FOLDER_OF = {path.name[3:]: path.name for path in (PACKAGE.parent / "modules").iterdir()}
IMPORT_ALL = """
import json, sys
from importlib import import_module
said = {}
for name in sys.argv[1:]:
    try:
        import_module(f"tinytorch.core.{name}")
    except Exception as error:
        said[name] = f"{type(error).__name__}: {error}"
print(json.dumps(said))
"""


def importers(module: str) -> set[str]:
    """Return the modules that import `module`, itself and those that import these included."""
    found = {module}
    for name in MODULES:
        tree = ast.parse((PACKAGE / "core" / f"{name}.py").read_text(encoding="utf-8"))
        imported = {(node.module or "").split(".")[-1] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        plain = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        imported |= {alias.name.split(".")[-1] for alias in plain}
        if module in imported:
            found |= importers(name)
    return found


def python(package: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=package.parent, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package."""
    return Path(
        shutil.copytree(PACKAGE, tmp_path / "tinytorch", ignore=shutil.ignore_patterns("course", "__pycache__"))
    )


def break_last_cell(package: Path, module: str, line: str) -> str:
    """Add a line at the end of a module; give the name of the cell that it belongs to."""
    path = package / "core" / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")
    return next(row.split("#")[-1] for row in reversed(text.splitlines()) if row.startswith("# %%"))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_broken_module_breaks_only_what_imports_it_and_is_named_with_its_cell(package: Path, module: str) -> None:
    cell = break_last_cell(package, module, "weights = numpi.zeros(3)")
    said = json.loads(python(package, IMPORT_ALL, *sorted(MODULES)).stdout)
    assert set(said) == importers(module)
    assert set(said.values()) == {
        f"BrokenExport: Cell `{cell}` of {FOLDER_OF[module]}/{module}.ipynb fails in tinytorch.core.{module} "
        "(NameError: name 'numpi' is not defined): mend that cell, then run "
        f"`tito export {FOLDER_OF[module][:2]}`."
    }


def test_a_public_name_asked_of_the_package_says_so_too(package: Path) -> None:
    cell = break_last_cell(package, "layers", "def forward(self:\n    pass")
    result = python(
        package, "from tinytorch import DataLoader, ReLU\nprint('these work')\nfrom tinytorch import Linear"
    )
    assert result.stdout == "these work\n"
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"tinytorch.core.BrokenExport: Cell `{cell}` of 03_layers/layers.ipynb fails")
    assert "SyntaxError" in last


def test_the_cell_whose_line_fails_is_named_not_the_one_that_calls_it(package: Path) -> None:
    where = "# %% ../../modules/04_losses/losses.ipynb"
    break_last_cell(package, "losses", f"{where} #half\ndef half(x):\n    return x.half\n\n{where} #tried\nhalf(3)")
    result = python(package, "import tinytorch.core.losses")
    assert "BrokenExport: Cell `half` of 04_losses/losses.ipynb fails" in result.stderr.splitlines()[-1]


def test_a_file_without_the_exports_marks_is_named_by_its_line(package: Path) -> None:
    (package / "core" / "layers.py").write_text("import numpy\n\nnumpy.nothing\n", encoding="utf-8")
    result = python(package, "import tinytorch.core.layers")
    assert "BrokenExport: tinytorch/core/layers.py fails in its line 3 (AttributeError" in result.stderr


def test_a_module_that_was_not_exported_yet_is_named_where_one_of_its_names_is_asked_for(package: Path) -> None:
    (package / "core" / "layers.py").unlink()
    result = python(package, "from tinytorch import Linear")
    assert result.stderr.splitlines()[-1] == (
        "ImportError: Linear comes from tinytorch.core.layers, which is not there yet: finish that notebook, then run "
        "`tito export layers`."
    )
