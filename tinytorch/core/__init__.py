"""What the students build: generated from the notebooks by nbdev, never edited by hand.

A module that fails while it is imported breaks only what imports it, and the error names the notebook's cell.
"""

import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

# The line that nbdev writes above each cell, such as `# %% ../../modules/03_layers/layers.ipynb #linear`
CELL_LINE = re.compile(r"# %% .*?(?P<notebook>(?P<module>[^/]+)/[^/]+\.ipynb) #?(?P<cell>\S+)")


class BrokenExport(ImportError):
    """A module of the course fails while it is imported."""


@contextmanager
def naming_the_cell(path: str) -> Iterator[None]:
    """Make an error that ends the import of the file at `path` a `BrokenExport`, which names the failing cell."""
    try:
        yield
    except BrokenExport:  # of an earlier module, which this one imports
        raise
    except Exception as error:
        frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        line = error.lineno if isinstance(error, SyntaxError) and error.filename == path else (frames or [0])[-1]
        cells = [CELL_LINE.match(text) for text in Path(path).read_text(encoding="utf-8").splitlines()[:line]]
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        found = [cell for cell in cells if cell]
        if not found:
            raise BrokenExport(f"tinytorch/core/{Path(path).name} fails in its line {line} ({said}).") from error
        cell = found[-1]
        raise BrokenExport(
            f"Cell `{cell['cell']}` of {cell['notebook']} fails in tinytorch.core.{Path(path).stem} ({said}): "
            f"mend that cell, then run `tito export {cell['module'][:2]}`."
        ) from error


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        with naming_the_cell(self.path):
            super().exec_module(module)


class _Finder(MetaPathFinder):
    """Finds the modules of this package, as Python itself does."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is, with a loader that names a failing cell."""
        spec = PathFinder.find_spec(name, path, target) if name.startswith(f"{__name__}.") else None
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


sys.meta_path.insert(0, _Finder())
