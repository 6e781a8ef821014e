"""What counts as tampering with the verdict: a table of rules, each with what it must find and what it must not.

A flag costs an honest student an evening, so a rule names evidence that somebody touches what decides: the names that
the given cells define, the modules that tests measure with, the parts of IPython's shell that run cells. A word that
is merely unusual is no evidence. Whatever is harmless because the grader works as it does needs no rule: an object
that is equal to everything, a search through memory, a printed grade.

The examples are read with the given cells of module 05 above them.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tinytorch.course.verdict.read_cell import RUNS_TEXT, Binding, ReadCell, Scope, called_name

WORDS = str.split  # a table of words reads better as a line of words
# Modules whose functions tests, or the witness that runs them, use
MEASURING = {
    *WORDS("builtins numpy random math time gc tracemalloc weakref operator json base64 binascii marshal"),
    *WORDS("tinytorch fastcore ipykernel nbgrader given"),
}
OF_SYS = {"getsizeof", "getrefcount", "modules", "meta_path", "path_hooks", "settrace", "setprofile", "_getframe"}
# What makes a Tensor of an earlier module the Tensor that it is; more methods are welcome
OF_TENSORS = {
    *WORDS("data shape dtype item __init__ __new__ __getattribute__ __getattr__ __getitem__ __len__"),
    *WORDS("__float__ __int__ __bool__ __array__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __class__"),
}
OF_SHELL = {
    *WORDS("showtraceback set_custom_exc ast_transformers input_transformers_post run_code run_ast_nodes"),
    *WORDS("input_transformers_cleanup history_manager display_pub display_trap"),
}
OF_SHELL_REPLACED = {*WORDS("run_cell run_cell_async transform_cell should_run_async user_ns user_global_ns")}
FRAMES = {*WORDS("f_back f_locals f_globals f_builtins tb_frame gi_frame cr_frame ag_frame _current_frames")}
CALLERS = {*WORDS("inspect.stack inspect.getouterframes inspect.getinnerframes traceback.walk_stack")}
ASKING = {*WORDS("type isinstance issubclass callable hasattr getattr locals globals")}
PRETENDING = {*WORDS("__class__ __instancecheck__ __subclasscheck__")}
DECODING = {*WORDS("fromhex unhexlify b64decode decode decompress chr loads reversed translate")}
SEARCHING = {
    *WORDS("inspect.getsource inspect.getsourcelines inspect.findsource linecache.getline"),
    *WORDS("gc.get_objects gc.get_referrers gc.get_referents"),
}
WRITING = {"update", "__setitem__", "setdefault"}
Found = Iterator[ast.AST]


@dataclass(frozen=True)
class Rule:
    """A kind of tampering."""

    why: str  # what the line does, as it is told after the line
    find: Callable[[ReadCell, str], Found]  # the parts of a cell that do it; the module's name is the second argument
    flagged: tuple[str, ...]
    harmless: tuple[str, ...]  # in any cell; of a rule for answers, in a cell that is no answer
    answers_only: bool = False  # elsewhere it is somebody's own business


def _bound_given(cell: ReadCell, _: str) -> Found:
    for binding in cell.bindings:
        origin = cell.given.get(binding.name)
        if origin and not _is_import_of_that_name(binding) and not _is_own_word(cell, binding):
            yield binding.node


def _is_import_of_that_name(binding: Binding) -> bool:
    """Whether this is `import np` or `from somewhere import np`, and not `import something as np`."""
    return isinstance(binding.node, ast.alias) and binding.node.asname in (None, binding.node.name, "np")


def _is_own_word(cell: ReadCell, binding: Binding) -> bool:
    """Whether a name is most likely a variable of the student's own: it gets plain data, or is an everyday word."""
    everyday = (
        binding.name.islower() and "_" not in binding.name and cell.given[binding.name] not in ("numpy", "random")
    )
    if binding.value is None:
        return False
    if binding.is_loop and everyday and not isinstance(binding.value, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
        return True
    return _is_data(cell, binding.value, everyday)


def _is_data(cell: ReadCell, value: ast.AST, everyday: bool) -> bool:
    """Whether a value can be seen to be data, and not something to call instead of what was given."""
    if isinstance(value, (ast.Constant, ast.JoinedStr, ast.Compare)):
        return True
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        return all(_is_data(cell, item, everyday) for item in value.elts)
    if isinstance(value, ast.BinOp):
        sides = [value.left, value.right]
        return all(isinstance(side, (ast.Name, ast.Attribute)) or _is_data(cell, side, everyday) for side in sides)
    if isinstance(value, ast.UnaryOp):
        return _is_data(cell, value.operand, everyday)
    if isinstance(value, ast.Call):
        scope = next(scope for node, scope in cell.parts if node is value)
        built_in = isinstance(value.func, ast.Name) and hasattr(builtins, value.func.id)
        return bool(cell.origin(value.func, scope)) or (built_in and called_name(value) not in ("type", "getattr"))
    return everyday and isinstance(value, (ast.Attribute, ast.Subscript))


def _changed_given(cell: ReadCell, _: str) -> Found:
    for node, scope in cell.of(ast.Attribute):
        if not isinstance(node.ctx, ast.Load) and _decides(cell.origin(node.value, scope), node.attr):
            value = cell.values.get(id(node), (None, False))[0]
            if not _is_old_name(cell, node, value, scope):
                yield node
    patches = set()  # decorators, which say what they change with the name of their function
    for function, scope in cell.of(ast.FunctionDef):
        for decorator in function.decorator_list:
            owner = _patched_class(decorator, function)
            if owner is not None:
                patches.add(id(decorator))
                if _decides(cell.origin(owner, scope), function.name):
                    yield function
    for call, scope in cell.of(ast.Call):
        if call.args and id(call) not in patches and _changes(cell, call, scope):
            yield call


def _patched_class(decorator: ast.expr, function: ast.FunctionDef) -> ast.expr | None:
    """Return the class that fastcore's `@patch` or `@patch_to(...)` adds a function to; None for another decorator."""
    if isinstance(decorator, ast.Call) and called_name(decorator) == "patch_to" and decorator.args:
        return decorator.args[0]
    if isinstance(decorator, ast.Name) and decorator.id == "patch" and function.args.args:
        return function.args.args[0].annotation
    return None


def _changes(cell: ReadCell, call: ast.Call, scope: Scope) -> bool:
    """Whether a call, such as `setattr(np, "stack", None)`, changes what decides."""
    name, target = called_name(call), call.args[0]
    attribute = call.args[1] if len(call.args) > 1 else None
    word = str(attribute.value) if isinstance(attribute, ast.Constant) else "data"
    if cell.origin(call.func, scope).startswith("unittest.mock"):
        path = str(target.value) if isinstance(target, ast.Constant) else cell.origin(target, scope)
        return _decides(path, path.rpartition(".")[2] if isinstance(target, ast.Constant) else word)
    return name in ("setattr", "delattr", "patch_to") and _decides(cell.origin(target, scope), word)


def _decides(origin: str, attribute: str) -> bool:
    """Whether tests may depend on an attribute of what a path stands for."""
    if origin.startswith("tinytorch.core.") and origin.rpartition(".")[2][:1].isupper():
        return attribute in OF_TENSORS
    top = origin.split(".")[0]
    return attribute in OF_SYS if top == "sys" else top in MEASURING


def _is_old_name(cell: ReadCell, node: ast.Attribute, value: ast.AST | None, scope: Scope) -> bool:
    """Whether this gives back to NumPy a name that it had, such as `np.int = int`."""
    if isinstance(value, ast.Name):
        return value.id == node.attr and hasattr(builtins, value.id)
    old = ("bool", "int", "float", "object", "str", "complex", "product", "in1d", "row_stack", "Inf", "NaN", "float_")
    return value is not None and node.attr in old and cell.origin(value, scope).startswith("numpy")


def _written_namespace(cell: ReadCell, _: str) -> Found:
    for node, scope in cell.of(ast.Subscript):
        space = _namespace(cell, node.value, scope)
        forgets_module = space == "sys.modules" and isinstance(node.ctx, ast.Del)  # so that it is imported again
        if not isinstance(node.ctx, ast.Load) and not forgets_module:
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if _is_given_key(cell, space, key):
                yield node
    for call, scope in cell.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITING:
            space = _namespace(cell, call.func.value, scope)
            keys: list[object] = [keyword.arg for keyword in call.keywords]
            for argument in call.args:
                names = argument.keys if isinstance(argument, ast.Dict) else [argument]
                keys += [name.value for name in names if isinstance(name, ast.Constant)]
            if any(_is_given_key(cell, space, key) for key in keys or [None]):
                yield call


def _namespace(cell: ReadCell, node: ast.AST, scope: Scope) -> str:
    """Return whose names a dictionary holds: "notebook", a path, or ""."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in ("globals", "locals") or (node.func.id == "vars" and not node.args):
            return "notebook"
        return cell.origin(node.args[0], scope) if node.func.id == "vars" else ""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return cell.origin(node.value, scope)
    if isinstance(node, ast.Attribute) and node.attr in ("user_ns", "user_global_ns"):
        return "notebook"
    return "sys.modules" if cell.origin(node, scope) == "sys.modules" else ""


def _is_given_key(cell: ReadCell, space: str, key: object) -> bool:
    if space == "notebook":
        return key in cell.given  # other names are the student's own; tests get what was given in another way
    if space == "sys.modules":
        return key is None or str(key).split(".")[0] in MEASURING | {"sys"}
    return _decides(space, str(key or "data"))


def _replaced_builtin(cell: ReadCell, _: str) -> Found:
    yield from (each.node for each in cell.bindings if each.name in ASKING and each.is_definition)


def _shell(cell: ReadCell, _: str) -> Found:
    for node, _scope in cell.of(ast.Attribute):
        replaced = node.attr in OF_SHELL_REPLACED and not isinstance(node.ctx, ast.Load)
        if node.attr in OF_SHELL or replaced:
            yield node


def _cells_sources(cell: ReadCell, _: str) -> Found:
    yield from (node for node in cell.built_ins() if node.id in ("In", "_ih"))
    yield from (node for node, _scope in cell.of(ast.Attribute) if node.attr in ("raw_cell", "transformed_cell"))


def _frames(cell: ReadCell, _: str) -> Found:
    yield from (node for node, _scope in cell.of(ast.Attribute) if node.attr in FRAMES)
    for call, scope in cell.of(ast.Call):
        own = all(isinstance(argument, ast.Constant) and argument.value == 0 for argument in call.args)
        if cell.origin(call.func, scope) in CALLERS or (called_name(call) == "_getframe" and not own):
            yield call


def _tracing(cell: ReadCell, _: str) -> Found:
    for node, scope in cell.of(ast.Attribute):
        path = cell.origin(node, scope)
        if path in ("sys.settrace", "sys.setprofile", "threading.settrace") or path.startswith("sys.monitoring."):
            yield node


def _inside_functions(cell: ReadCell, _: str) -> Found:
    for node, _scope in cell.of(ast.Attribute):
        stored = not isinstance(node.ctx, ast.Load) and node.attr in ("__code__", "cell_contents", "__defaults__")
        if stored or node.attr in ("__globals__", "__subclasses__", "unfreeze"):
            yield node


def _interpreter(cell: ReadCell, _: str) -> Found:
    for node, _scope in cell.of(ast.Attribute):
        inside = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        writes = not isinstance(node.ctx, ast.Load) and inside & {"from_address", "py_object"}
        if node.attr in ("pythonapi", "memmove", "memset") or writes:
            yield node


def _pretending(cell: ReadCell, _: str) -> Found:
    for function, scope in cell.of(ast.FunctionDef):
        if scope.kind == "class" and function.name in PRETENDING:
            yield function
    for node, scope in cell.of(ast.Name):
        if scope.kind == "class" and node.id in PRETENDING and not isinstance(node.ctx, ast.Load):
            yield node


def _hidden(cell: ReadCell, _: str) -> Found:
    for call, _scope in cell.of(ast.Call):
        if called_name(call) in ("getattr", "setattr", "delattr") and len(call.args) > 1:
            name = call.args[1]
            parts = [part for part in ast.walk(name) if isinstance(part, ast.expr)]
            in_pieces = isinstance(name, ast.BinOp) and all(
                isinstance(part, (ast.BinOp, ast.Constant)) for part in parts
            )
            if in_pieces or _decodes(name):
                yield call
        elif called_name(call) in RUNS_TEXT | {"__import__", "import_module"} and any(map(_decodes, call.args)):
            yield call


def _decodes(node: ast.AST) -> bool:
    """Whether a text is written so that it cannot be read."""
    parts = list(ast.walk(node))
    backwards = any(isinstance(part, ast.Slice) and isinstance(part.step, ast.UnaryOp) for part in parts)
    return backwards or any(isinstance(part, ast.Call) and called_name(part) in DECODING for part in parts)


def _imported_grader(cell: ReadCell, _: str) -> Found:
    for node, path in _imports(cell):
        if path.startswith("tinytorch.course"):
            yield node


def _imported_answer(cell: ReadCell, module: str) -> Found:
    for node, path in _imports(cell):
        if _is_answer(path, module, cell.given):
            yield node


def _imports(cell: ReadCell) -> Iterator[tuple[ast.AST, str]]:
    """Return the path of everything that a cell imports."""
    for statement, _scope in cell.of(ast.Import):
        yield from ((statement, alias.name) for alias in statement.names)
    for origin, _scope in cell.of(ast.ImportFrom):
        yield from ((origin, f"{origin.module or ''}.{alias.name}") for alias in origin.names)
    for call, _scope in cell.of(ast.Call):
        if called_name(call) in ("import_module", "__import__"):
            yield from ((call, str(argument.value)) for argument in call.args if isinstance(argument, ast.Constant))


def _is_answer(path: str, module: str, given: dict[str, str]) -> bool:
    """Whether a path leads to what the module's student writes."""
    parts = path.split(".")
    if parts[0] != "tinytorch":
        return False
    from_package = len(parts) == 2 and parts[1] not in given and parts[1] not in ("core", "datasets", "profiling")
    return module in parts or from_package


def _unreadable(cell: ReadCell, _: str) -> Found:
    read = {
        id(call.func)
        for call, _scope in cell.of(ast.Call)
        if call.args and isinstance(call.args[0], ast.Constant) and called_name(call) != "compile"
    }
    for node in cell.built_ins():
        if node.id in ("exec", "eval", "compile", "__import__", "__builtins__") and id(node) not in read:
            yield node
    yield from (node for node, path in _imports(cell) if path.split(".")[0] in ("marshal", "nbgrader"))


def _searching(cell: ReadCell, _: str) -> Found:
    yield from (node for node, scope in cell.of(ast.Attribute) if cell.origin(node, scope) in SEARCHING)


def _measurement(cell: ReadCell, _: str) -> Found:
    for node, scope in [*cell.of(ast.Attribute), *cell.of(ast.Name)]:
        if cell.origin(node, scope) in ("tracemalloc.stop", "tracemalloc.clear_traces", "tracemalloc.reset_peak"):
            yield node


RULES = (
    Rule(
        "replaces what was given",
        _bound_given,
        flagged=(
            "peak_bytes = kept_bytes = X()",
            "for peak_bytes in [X()]:\n    pass",
            "for _, (peak_bytes, kept_bytes) in fakes.items():\n    pass",
            "from fakes import nothing as peak_bytes",
            "import fakes as peak_bytes",
            "def error_of(call):\n    return TypeError()",
            "@X\ndef peak_bytes(call):\n    pass",
            "@X\nclass CountingDataset:\n    pass",
            "async def throughput(loader):\n    pass",
            "if (peak_bytes := X()):\n    pass",
            "[peak_bytes := fake for fake in fakes]",
            "with X() as peak_bytes:\n    pass",
            "with X() as (peak_bytes, kept_bytes):\n    pass",
            "try:\n    raise X\nexcept X as peak_bytes:\n    pass",
            "match fakes:\n    case [peak_bytes, *kept_bytes]:\n        pass",
            "match fakes:\n    case {'a': 1, **peak_bytes}:\n        pass",
            "def calm():\n    global error_of\n    error_of = lambda call: None",
            "class A:\n    def __len__(self):\n        global peak_bytes\n        def peak_bytes(call): return 0",
            "del peak_bytes",
            "peak_bytes: object = X()",
            "peak_bytes, other = X(), 1",
            "(peak_bytes) = fakes[0]",
            "throughput = lambda loader: 9",
            "%time peak_bytes = X()",
            "%%time\npeak_bytes = X()",
            "%matplotlib inline\npeak_bytes = X()",
            "!ls\npeak_bytes = X()",
            "%%capture out\n%%time\ndef error_of(call):\n    pass",
            "exec('peak_bytes = X()')",
            "np = X()",
            "class Tensor(X):\n    pass",
        ),
        harmless=(
            "import numpy as np\nimport random\nimport sys",
            "from tinytorch.profiling import *\nfrom tinytorch.profiling import peak_bytes",
            "from random import random\nfrom unittest.mock import patch",
            "from torch import Tensor",
            "throughput = len(samples) / elapsed_s",
            "peak_bytes = peak_bytes(lambda: TensorDataset(x))",
            "peak_bytes = 1024",
            "for throughput in rates:\n    print(throughput)",
            "def measure(peak_bytes):\n    kept_bytes = peak_bytes()\n    return [error_of for error_of in kept_bytes]",
            "class A:\n    throughput = max",
        ),
    ),
    Rule(
        "changes what was given",
        _changed_given,
        flagged=(
            "np.array_equal = lambda *a: True",
            "import tinytorch.profiling as p\np.peak_bytes = X()",
            "from tinytorch import profiling\nprofiling.memory.peak_bytes = X()",
            "import tinytorch.profiling\np = tinytorch.profiling\np.kept_bytes = X()",
            "import tracemalloc\ntracemalloc.get_traced_memory = lambda: (0, 0)",
            "import builtins\nbuiltins.isinstance = lambda *a: True",
            "import operator, weakref, json\noperator.index = weakref.finalize = X()\njson.dumps = X()",
            "sys.getsizeof = lambda value: 0",
            "setattr(np, 'stack', None)",
            "Tensor.__eq__ = None",
            "@patch\ndef __eq__(self: Tensor, other):\n    return True",
            "CountingDataset.fetched = property(lambda self: [])",
            "import importlib\nimportlib.import_module('tinytorch.profiling').peak_bytes = X()",
            "sys.modules['tinytorch.profiling'].peak_bytes = X()",
            "from unittest import mock\nmock.patch('numpy.array_equal', X()).start()",
            "from unittest import mock\nmock.patch.object(np, 'array_equal', X()).start()",
            "from unittest import mock\n@mock.patch('numpy.array_equal', X())\ndef calm():\n    pass",
            "%time np.array_equal = X()",
            "%%time\ntext = 'a\u2028b'\nnp.array_equal = X()",  # Python ends no line there
            "@patch_to(Tensor)\ndef __eq__(self, other):\n    return True",
            "patch_to(Tensor)(compare)",
        ),
        harmless=(
            "import torch\ntorch.backends.cudnn.deterministic = True",
            "import matplotlib.pyplot as plt\nplt.rcParams['font.size'] = 12",
            "np.random.seed(0)\nrandom.seed(0)\nnp.set_printoptions(precision=3)",
            "np.int = int\nnp.bool = np.bool_",
            "import io\nold, sys.stdout = sys.stdout, io.StringIO()\nsys.stdout = old",
            "sys.path.append('/content')\nsys.setrecursionlimit(5000)\nsys.dont_write_bytecode = True",
            "import pandas as pd\npd.options.display.max_rows = 9",
            "from unittest.mock import MagicMock, patch\nfake = MagicMock()\nfake.data = 3",
            "counter = CountingDataset([1])\ncounter.fetched = []",
            "@patch\ndef show(self: Tensor):\n    print(self.data)",
            "@patch_to(Tensor)\ndef show(self):\n    print(self.data)",
            "Tensor.__repr__ = lambda self: 'Tensor'",
            "class A:\n    def __init__(self, name, value):\n        setattr(self, '_' + name, value)",
            "def use(np, random):\n    np.x = random.x = 1",
        ),
    ),
    Rule(
        "changes names without assigning to them",
        _written_namespace,
        flagged=(
            "globals()['error_of'] = None",
            "globals().update(peak_bytes=X())",
            "globals().update({'peak_bytes': X()})",
            "vars()['error_of'] = X()",
            "vars(np)['stack'] = None",
            "np.__dict__.update(stack=None)",
            "import types\nsys.modules['tinytorch.profiling'] = types.ModuleType('profiling')",
            "get_ipython().user_ns['error_of'] = X()",
        ),
        harmless=(
            "for name in ['a', 'b']:\n    globals()[name] = name",
            "vars(obj).update(x=1)\nobj.__dict__['y'] = 2",
            "class A:\n    def __init__(self, **names):\n        vars(self).update(names)",
            "IN_COLAB = 'google.colab' in sys.modules",
            "for name in list(sys.modules):\n    if name.startswith('tinytorch'):\n        del sys.modules[name]",
            "sys.modules.pop('tinytorch.core.tensor', None)",
        ),
    ),
    Rule(
        "replaces what tells the tests what an object is",
        _replaced_builtin,
        flagged=("type = lambda *a: True", "def isinstance(value, kind):\n    return True"),
        harmless=("type = 'adam'", "list, sum, max = [1], 0, 9", "class A:\n    def type(self):\n        return 1"),
    ),
    Rule(
        "changes how the notebook's shell runs cells",
        _shell,
        flagged=(
            "get_ipython().showtraceback = print",
            "shell = get_ipython()\nshell.ast_transformers.append(X())",
            "shell.run_cell = X()",
            "get_ipython().display_pub.publish({'text/plain': '5.0'})",
        ),
        harmless=(
            "if 'google.colab' in str(get_ipython()):\n    print('colab')",
            "get_ipython().run_line_magic('matplotlib', 'inline')",
            "from IPython.core.display import display, HTML",
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "InteractiveShell.ast_node_interactivity = 'all'",
            "%config InlineBackend.figure_format = 'retina'",
            "get_ipython().events.register('pre_run_cell', show_style)",
            "get_ipython().system('ls')\nget_ipython().__class__.__name__",
            "import re\npattern = re.compile('x')\nmodel.compile(loss='mse')",
        ),
    ),
    Rule(
        "reads the source of cells",
        _cells_sources,
        flagged=("print(In[-1])", "def peek():\n    return _ih", "def hook(info):\n    print(info.raw_cell)"),
        harmless=("In = 5\nprint(In)", "print(_)", "Out[3]"),
    ),
    Rule(
        "looks into the functions that call it",
        _frames,
        flagged=(
            "sys._getframe(1)",
            "import inspect\ninspect.currentframe().f_back",
            "import inspect\ninspect.stack()",
            "try:\n    1 / 0\nexcept Exception as error:\n    error.__traceback__.tb_frame",
        ),
        harmless=(
            "import traceback\ntraceback.print_exc()",
            "frames = [1]\nstack = np.stack(frames)",
            "def name():\n    return sys._getframe().f_code.co_name",
        ),
    ),
    Rule(
        "watches other code run",
        _tracing,
        flagged=("sys.settrace(X())", "sys.setprofile(X())"),
        harmless=("import cProfile\ncProfile.run('1 + 1')", "%prun f()"),
    ),
    Rule(
        "looks into functions and classes",
        _inside_functions,
        flagged=("f.__globals__['x']", "object.__subclasses__()", "f.__code__ = g.__code__"),
        harmless=("f.__code__.co_varnames", "print(f.__closure__[0].cell_contents)", "f.__name__ = 'g'"),
    ),
    Rule(
        "writes into the interpreter",
        _interpreter,
        flagged=("import ctypes\nctypes.pythonapi.PyErr_Clear()", "ctypes.memmove(a, b, 8)"),
        harmless=("import ctypes\nprint(ctypes.c_long.from_address(id([])).value)",),
    ),
    Rule(
        "pretends to be of another class",
        _pretending,
        flagged=(
            "class A:\n    @property\n    def __class__(self):\n        return Tensor",
            "class M(type):\n    def __instancecheck__(cls, value):\n        return True",
            "class A:\n    __class__ = Tensor",
        ),
        harmless=(
            "class A:\n    def __eq__(self, other):\n        return True",
            "print(self.__class__.__name__)",
            "class A:\n    def __repr__(self):\n        return 'A'",
        ),
    ),
    Rule(
        "hides what it reaches for",
        _hidden,
        flagged=(
            "getattr(np, 'array_' + 'equal')",
            "exec(bytes.fromhex('70617373').decode())",
            "eval('1+1'[::-1])",
        ),
        harmless=(
            "getattr(obj, 'get_' + name)()",
            "exec('x = 1')",
            "exec(open('helpers.py').read())",
            "for i in range(3):\n    exec(f'x_{i} = {i}')",
            "text = b'abc'.decode()",
        ),
    ),
    Rule(
        "reaches for the grader",
        _imported_grader,
        flagged=("from tinytorch.course.verdict import judge", "import tinytorch.course.cli"),
        harmless=("from tinytorch.panel import show_panel", "import nbformat, nbgrader, importlib"),
    ),
    Rule(
        "imports an answer instead of writing it",
        _imported_answer,
        flagged=(
            "from tinytorch.core import dataloader",
            "from tinytorch import DataLoader",
            "import tinytorch.core.dataloader as answer",
            "import importlib\nimportlib.import_module('tinytorch.core.dataloader')",
        ),
        harmless=(
            "from tinytorch.core.dataloader import DataLoader",  # students try out what they exported
            "from tinytorch.core.tensor import Tensor\nfrom tinytorch import Tensor\nimport tinytorch.profiling",
            "import importlib\nimport tinytorch.core.tensor\nimportlib.reload(tinytorch.core.tensor)",
        ),
        answers_only=True,
    ),
    Rule(
        "runs code that cannot be read here",
        _unreadable,
        flagged=("exec(text)", "run = eval", "__import__(name)", "import marshal", "__builtins__"),
        harmless=("exec(text)", "__import__('math').pi", "import ctypes", "import re\nre.compile('x')"),
        answers_only=True,
    ),
    Rule(
        "searches the process for something to copy",
        _searching,
        flagged=("import gc\ngc.get_objects()", "import inspect\ninspect.getsource(Dataset)"),
        harmless=(
            "import gc\ngc.collect()\nprint(len(gc.get_objects()))",
            "import inspect\nprint(inspect.getsource(Dataset))",
            "import gc\nprint(gc.get_referrers(x))",
        ),
        answers_only=True,
    ),
    Rule(
        "switches off what measures memory",
        _measurement,
        flagged=(
            "import tracemalloc\ndef collate(x):\n    tracemalloc.stop()",
            "from tracemalloc import reset_peak as r\nr()",
        ),
        harmless=(
            "import tracemalloc\ntracemalloc.start()\nprint(tracemalloc.get_traced_memory())\ntracemalloc.stop()",
        ),
        answers_only=True,
    ),
)
