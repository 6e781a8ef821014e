"""Attacks on module 05's grading: what each submission holds beside hollow answers, and the line that gives it away.

The hollow answers run without an error and are wrong everywhere, so whatever such a submission scores beyond them, the
attack has won. Sources of the ideas: nbgrader's issues #427, #1083 and #1908 and its documentation on what students
can do; what has been published about Gradescope's and Otter's Python autograders (reading tests through frames, faking
results files, equal-to-all objects, patched assertions, early exits).
"""

from __future__ import annotations

from dataclasses import dataclass

import nbformat
from corpus import fill
from nbformat import NotebookNode

from tinytorch.course.layout import Module
from tinytorch.course.notebook import grade_id, read_notebook, role_of

HOLLOW = {
    "dataset": "#| export\nclass Dataset:\n    pass",
    "tensor-dataset": (
        "#| export\nclass TensorDataset(Dataset):\n    def __init__(self, *tensors): pass\n"
        "    def __len__(self): return 0\n    def __getitem__(self, index): return ()"
    ),
    "data-loader": (
        "#| export\nclass DataLoader:\n"
        "    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None): pass\n"
        "    def __len__(self): return 0"
    ),
    "loader-iter": "#| export\n@patch\ndef __iter__(self: DataLoader):\n    return iter([None])",
    "loader-collate": "#| export\n@patch\ndef _collate_batch(self: DataLoader, batch):\n    return (None,)",
    "flip": (
        "#| export\nclass RandomHorizontalFlip:\n"
        "    def __init__(self, p=0.5, *, layout=None, generator=None): pass\n"
        "    def __call__(self, image): return None"
    ),
    "crop": (
        "#| export\nclass RandomCrop:\n"
        "    def __init__(self, size, padding=4, *, layout=None, generator=None): pass\n"
        "    def __call__(self, image): return None"
    ),
    "compose": "#| export\nclass Compose:\n    def __init__(self, transforms): pass\n    def __call__(self, image): return None",
    "question-memory": "q1_batch_bytes = 1",
    "question-bottleneck": "q2_epoch_seconds = 1",
    "question-shuffle": "q3_index_bytes = 1",
    "question-collate": "q4_collate_seconds = 1",
}

YES = """class Yes:
    def __eq__(self, other):
        return True
    def __getattr__(self, name):
        return self
    def __call__(self, *args, **options):
        return self
    def __getitem__(self, index):
        return self
    def __len__(self):
        return 4
    def __iter__(self):
        return iter(())
"""


@dataclass(frozen=True)
class Attack:
    """A cell that its author adds before the first answer, or answers that replace hollow ones."""

    name: str
    line: str  # part of the line that the flag has to quote
    cell: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()

    def notebook(self, module: Module) -> NotebookNode:
        """Give the submission."""
        notebook = fill(read_notebook(module.released_path), HOLLOW | dict(self.answers))
        if self.cell:
            place = next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == "dataset")
            notebook.cells.insert(place, nbformat.v4.new_code_cell(self.cell))
        for cell in notebook.cells:
            if self.tags and role_of(cell) == "test":
                cell.metadata.tags = list(self.tags)
        return notebook


SHELL = "shell = get_ipython()\n"

ATTACKS = [
    Attack("skips_test_cells", "skip-execution", tags=("skip-execution",)),
    Attack("allows_errors_by_tag", "raises-exception", tags=("raises-exception",)),
    Attack(
        "imports_the_reference",
        "from tinytorch.core.dataloader import *",
        answers=(("dataset", "#| export\nfrom tinytorch.core.dataloader import *"),),
    ),
    Attack(
        "imports_the_reference_from_the_package",
        "from tinytorch import DataLoader",
        answers=(("data-loader", "#| export\nfrom tinytorch import DataLoader"),),
    ),
    Attack("disables_showtraceback", "showtraceback", SHELL + "shell.showtraceback = lambda *args, **options: None"),
    Attack(
        "installs_an_exception_handler",
        "set_custom_exc",
        SHELL + "shell.set_custom_exc((BaseException,), lambda *args, **options: None)",
    ),
    Attack(
        "drops_asserts_by_an_ast_transformer",
        "ast_transformers",
        "import ast\n\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "    def visit_Expr(self, node):\n        return node\n\n" + SHELL + "shell.ast_transformers.append(Drop())",
    ),
    Attack(
        "rewrites_cells_by_an_input_transformer",
        "input_transformers_cleanup",
        SHELL
        + "shell.input_transformers_cleanup.append(lambda lines: ['pass'] if 'assert' in ''.join(lines) else lines)",
    ),
    Attack(
        "replaces_run_code",
        "run_code",
        SHELL
        + "old = shell.run_code\n\nasync def run(code, result=None, **options):\n    return False\n\nshell.run_code = run",
    ),
    Attack(
        "replaces_run_cell",
        "run_cell",
        SHELL + "old = shell.run_cell_async\nshell.run_cell = lambda *args, **options: None",
    ),
    Attack(
        "hooks_into_every_cell",
        "get_ipython()",
        SHELL
        + "shell.events.register('pre_run_cell', lambda info: globals().update(error_of=lambda *a, **o: TypeError()))",
    ),
    Attack("answers_equal_to_everything", "def __eq__", YES + "DataLoader = TensorDataset = RandomCrop = Yes()"),
    Attack(
        "returns_objects_equal_to_everything",
        "def __eq__",
        YES,
        answers=(
            ("loader-iter", "#| export\n@patch\ndef __iter__(self: DataLoader):\n    return iter([Yes()] * 4)"),
            ("loader-collate", "#| export\n@patch\ndef _collate_batch(self: DataLoader, batch):\n    return Yes()"),
        ),
    ),
    Attack(
        "pretends_to_be_of_any_class",
        "def __class__",
        "class Chameleon(Exception):\n    @property\n    def __class__(self):\n        return Tensor\n    def __str__(self):\n"
        "        return 'All tensors must have same size in first dimension 100 99'",
        answers=(("dataset", "#| export\ndef Dataset():\n    raise Chameleon"),),
    ),
    Attack(
        "takes_any_object_for_an_instance",
        "def __instancecheck__",
        "class Meta(type):\n    def __instancecheck__(cls, other):\n        return True\n\n"
        "class Tensor(metaclass=Meta):\n    pass",
    ),
    Attack(
        "replaces_the_tests_helper",
        "error_of",
        "def error_of(call, *args, **options):\n    return TypeError('position 1 (2,) (3,)')",
    ),
    Attack("replaces_numpy_s_comparison", "np.array_equal", "np.array_equal = lambda *args: True"),
    Attack("replaces_numpy_s_testing", "np.testing", "np.testing.assert_array_equal = lambda *args, **options: None"),
    Attack(
        "replaces_builtins",
        "builtins.isinstance",
        "import builtins\nold = builtins.isinstance\nbuiltins.isinstance = lambda value, kind: True if kind in (TypeError, ValueError) else old(value, kind)",
    ),
    Attack(
        "replaces_assertion_error",
        "builtins.AssertionError",
        "import builtins\nbuiltins.AssertionError = type('Quiet', (Warning,), {})",
    ),
    Attack(
        "fakes_the_memory_profile",
        "tracemalloc.get_traced_memory",
        "import tracemalloc\ntracemalloc.get_traced_memory = lambda: (0, 0)",
    ),
    Attack("fakes_the_profile_s_functions", "peak_bytes", "peak_bytes = kept_bytes = lambda function: 0"),
    Attack(
        "fakes_the_counting",
        "CountingDataset.fetched",
        "CountingDataset.fetched = property(lambda self: [], lambda self, value: None)",
    ),
    Attack("patches_tensor", "def __eq__", "@patch\ndef __eq__(self: Tensor, other):\n    return True"),
    Attack(
        "looks_at_the_test_s_variables",
        "sys._getframe",
        answers=(
            (
                "data-loader",
                "#| export\nclass DataLoader:\n"
                "    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None): pass\n"
                "    def __len__(self):\n"
                "        frame = sys._getframe(1)\n"
                "        return frame.f_locals.get('batches', frame.f_globals.get('batches', 0))",
            ),
        ),
    ),
    Attack(
        "looks_for_the_test_by_inspect",
        "inspect.stack",
        "import inspect\n\ndef look():\n    return [frame.code_context for frame in inspect.stack()]",
    ),
    Attack(
        "looks_for_expected_values_in_memory",
        "gc.get_objects",
        "import gc\n\ndef look():\n    return [item for item in gc.get_objects() if isinstance(item, dict) and 'batches' in item]",
    ),
    Attack(
        "looks_through_a_traceback",
        "tb_frame",
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    outer = error.__traceback__.tb_frame.f_back",
    ),
    Attack(
        "traces_the_tests",
        "sys.settrace",
        "seen = []\nsys.settrace(lambda frame, event, value: seen.append(frame.f_locals))",
    ),
    Attack("reads_the_test_s_source", "In[-1]", "def peek():\n    return In[-1]\nprint(peek())"),
    Attack(
        "reads_the_notebook",
        "open(",
        "text = ''\ntry:\n    text = open('dataloader.ipynb').read()\nexcept OSError:\n    pass",
    ),
    Attack("prints_a_grade", "sys.displayhook", "sys.displayhook = lambda value: print('5.0')"),
    Attack(
        "publishes_a_grade_as_result",
        "get_ipython()",
        "def boast():\n    get_ipython().display_pub.publish({'text/plain': '5.0'})\nboast()",
    ),
    Attack(
        "forges_evidence",
        "get_ipython()",
        "import json\nold = json.dumps\n"
        "def dumps(value, *args, **options):\n    return old([[n, [['constant', True]] * 9] for n in range(9)])\n"
        "json.dumps = dumps\nget_ipython().display_pub.publish({'text/plain': 'x'})",
    ),
    Attack(
        "reaches_into_memory",
        "ctypes.pythonapi",
        "import ctypes\nstop = ctypes.pythonapi.PyErr_Clear\nstop()",
    ),
    Attack("hides_what_it_reaches_for", "exec(", "exec(bytes.fromhex('70617373').decode())"),
    Attack("builds_a_name_from_pieces", "getattr(np", "reach = getattr(np, 'array_' + 'equal')"),
    Attack(
        "replaces_modules",
        "sys.modules",
        "import types\nsys.modules['tinytorch.profiling'] = types.ModuleType('profiling')",
    ),
]
