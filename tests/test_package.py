"""The package: light to import, lazy, and usable by a type-checked consumer."""

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import tinytorch


def python(code, cwd=None):
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", tinytorch.__all__)
def test_a_public_name_is_the_object_of_its_module(name):
    module = f"tinytorch.core.{tinytorch._MODULE_OF[name]}"
    if find_spec(module) is None:
        pytest.skip(f"{module} is not written yet")
    found = getattr(tinytorch, name)
    assert found is getattr(import_module(module), name)
    assert found is getattr(sys.modules[found.__module__], name)
    assert found.__module__.startswith("tinytorch.core.")
    assert name in dir(tinytorch)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        tinytorch.Nothing  # noqa: B018


def test_importing_tinytorch_imports_no_module_of_the_course():
    code = "import sys, tinytorch; assert not [name for name in sys.modules if name.startswith('tinytorch.core')]"
    assert python(code).returncode == 0


def test_core_needs_numpy_and_fastcore_only():
    code = (
        "import sys, tinytorch.core.dataloader\n"
        "heavy = {'matplotlib', 'nbgrader', 'nbdev', 'rich', 'typer', 'IPython', 'psutil', 'tinytorch.course'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    result = python(code)
    assert result.returncode == 0, result.stderr


def test_the_course_tools_import_nothing_that_a_student_writes():
    code = (
        "import sys, pkgutil, importlib, tinytorch.course\n"
        "for module in pkgutil.walk_packages(tinytorch.course.__path__, 'tinytorch.course.'):\n"
        "    if not module.name.endswith('jupyter_server_config'):  # Jupyter's, which gives it a name\n"
        "        importlib.import_module(module.name)\n"
        "assert not [name for name in sys.modules if name.startswith('tinytorch.core')]"
    )
    result = python(code)
    assert result.returncode == 0, result.stderr


def test_a_type_checked_consumer_may_iterate_over_a_loader(tmp_path):
    consumer = tmp_path / "consumer.py"
    consumer.write_text(
        "import numpy as np\n"
        "from tinytorch.core.dataloader import DataLoader, TensorDataset\n"
        "from tinytorch.core.tensor import Tensor\n\n"
        "loader = DataLoader(TensorDataset(Tensor(np.zeros(4))), batch_size=2, shuffle=True)\n"
        "count: int = len(loader)\n"
        "for batch in loader:\n"
        "    print(batch, batch[0].shape)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--config-file=", "--cache-dir", str(tmp_path / "cache"), str(consumer)]
    # an editable install is a hook in the interpreter, which a type checker does not run
    environment = {**os.environ, "MYPYPATH": str(Path(tinytorch.__file__).parent.parent)}
    checked = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert checked.returncode == 0, checked.stdout
    consumer.write_text(consumer.read_text(encoding="utf-8") + "loader.no_such_method()\n", encoding="utf-8")
    checked = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert "no_such_method" in checked.stdout
