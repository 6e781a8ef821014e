"""Attacks on module 05's grading: what each submission holds beside hollow answers, and the line that gives it away.

The hollow answers run without an error and are wrong nearly everywhere, so whatever such a submission scores beyond
them, the attack has won. `source` says where an attack, or the behaviour that it relies on, is published: about nbgrader and the
runner under it, about other graders of students' Python, about graders of what models write. Attacks without a source
are our own. docs/grading.md has the published ones in a table.
"""

from __future__ import annotations

from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from tests.helpers.corpus import answers_of, fill, read_corpus
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
    line: str  # part of the line that the flag has to quote; empty where nothing is flagged, because nothing is won
    cell: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""  # where it is published; empty for our own
    wasteful: bool = False  # beside answers that are right but for their use of memory, instead of hollow ones

    def notebook(self, module: Module) -> NotebookNode:
        """Return the submission."""
        base = wasteful_answers(module) if self.wasteful else HOLLOW
        notebook = fill(read_notebook(module.released_path), base | dict(self.answers))
        if self.cell:
            place = next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == "dataset")
            notebook.cells.insert(place, nbformat.v4.new_code_cell(self.cell))
        for cell in notebook.cells:
            if self.tags and role_of(cell) == "test":
                cell.metadata.tags = list(self.tags)
        return notebook


def wasteful_answers(module: Module) -> dict[str, str]:
    """Return answers that lose the points of profiles, and those of few other tests."""
    answers: dict[str, str] = {}
    for name, cell in [
        ("correct_reference", ""),
        ("wrong_dataset_with_a_cache", "dataset"),
        ("wrong_copies_the_dataset", "tensor-dataset"),
        ("wrong_keeps_what_it_fetched", "loader-iter"),
        ("wrong_works_in_float64", "loader-collate"),
        ("wrong_makes_every_window", "crop"),
    ]:
        given = answers_of(read_corpus(module, [name])[0].notebook)
        answers |= {cell: given[cell]} if cell else given
    return answers


SHELL = "shell = get_ipython()\n"

FAKE = """class Fake(tuple):
    made = classmethod(lambda cls, thing: cls())
    def __new__(cls):
        return tuple.__new__(cls, (0, 0))
    def __call__(self, *args):
        return 0
    def __enter__(self):
        return self
    def __exit__(self, *args):
        pass

"""

EVERY_BINDING = """from operator import length_hint as peak_bytes
@Fake.made
def peak_bytes():
    pass
@Fake.made
class kept_bytes:
    pass
print((peak_bytes := Fake()), [kept_bytes := Fake() for _ in "a"])
match [Fake(), Fake()]:
    case [peak_bytes, kept_bytes]:
        pass
del peak_bytes, kept_bytes
for peak_bytes in [Fake()]:
    with Fake() as kept_bytes:
        pass
"""

IN_ITS_MODULE = """import tinytorch.profiling as p
from tinytorch.profiling import memory
p.peak_bytes = p.kept_bytes = memory.peak_bytes = memory.kept_bytes = Fake()
memory._traced = lambda function: (0, 0)
"""

HOARDER = """#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        {first}
        self.tensors = [Tensor(tensor.data.copy()) for tensor in tensors]
    def __len__(self):
        return len(self.tensors[0])
    def __getitem__(self, index):
        return tuple(Tensor(np.array(tensor.data[index])) for tensor in self.tensors)
"""

ON_ITS_WAY = """import re
session = get_ipython().kernel.session
old = session.send
def send(stream, message, *args, **options):
    data = message["content"].get("data", {}) if isinstance(message, dict) else {}
    for kind in data:
        if "evidence" in kind:
            data[kind] = re.sub(r'"int", "[0-9]+"', '"int", "0"', data[kind])
    return old(stream, message, *args, **options)
session.send = send
"""

ATTACKS = [
    Attack(
        "skips_test_cells",
        "skip-execution",
        tags=("skip-execution",),
        source="jupyter/nbclient pull request 151: cells with this tag are not run",
    ),
    Attack(
        "allows_errors_by_tag",
        "raises-exception",
        tags=("raises-exception",),
        source="jupyter/nbconvert issue 730: errors in cells with this tag count for nothing",
    ),
    Attack(
        "imports_the_reference",
        "from tinytorch.core.dataloader import *",
        answers=(("dataset", "#| export\nfrom tinytorch.core.dataloader import *"),),
        source="jupyter/nbgrader issue 940: what imports the instructor's file passes every test",
    ),
    Attack(
        "imports_the_reference_from_the_package",
        "from tinytorch import DataLoader",
        answers=(("data-loader", "#| export\nfrom tinytorch import DataLoader"),),
        source="codewars/docs pull request 151: the answer is another name of the reference",
    ),
    Attack(
        "disables_showtraceback",
        "showtraceback",
        SHELL + "shell.showtraceback = lambda *args, **options: None",
        source="jupyter/nbgrader pull request 1324: a test whose error is not shown has passed",
    ),
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
        "shell.events.register",
        SHELL
        + "shell.events.register('pre_run_cell', lambda info: globals().update(error_of=lambda *a, **o: TypeError()))",
    ),
    Attack(
        "answers_equal_to_everything",
        "",
        YES + "DataLoader = TensorDataset = RandomCrop = Yes()",
        source="codewars/codewars.com issue 1970: one object, callable and equal to everything, for any answer",
    ),
    Attack(
        "returns_objects_equal_to_everything",
        "",
        YES,
        answers=(
            ("loader-iter", "#| export\n@patch\ndef __iter__(self: DataLoader):\n    return iter([Yes()])"),
            ("loader-collate", "#| export\n@patch\ndef _collate_batch(self: DataLoader, batch):\n    return Yes()"),
        ),
        source="jupyter/nbgrader issue 1379: answers return an object that is equal to everything",
    ),
    Attack(
        "is_close_to_every_number",
        "",
        "class Close(np.float64):\n    def __abs__(self):\n        return self\n    def __sub__(self, other):\n"
        "        return self\n    __rsub__ = __sub__\n    def __lt__(self, other):\n        return True\n"
        "    __le__ = __lt__",
        answers=(
            ("question-memory", "q1_batch_bytes = Close(1)"),
            ("question-bottleneck", "q2_epoch_seconds = Close(1)"),
            ("question-shuffle", "q3_index_bytes = Close(1)"),
            ("question-collate", "q4_collate_seconds = Close(1)"),
        ),
        source="inducer/relate issue 295: a number of one's own class, whose difference is less than any other",
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
        source="codewars/codewars-runner-cli pull request 26: the tests' function is replaced by one's own",
    ),
    Attack(
        "replaces_the_tests_helper_from_an_answer",
        "error_of = lambda",
        answers=(
            (
                "data-loader",
                "#| export\nclass DataLoader:\n"
                "    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):\n"
                "        global error_of\n"
                "        error_of = lambda call, *args, **options: ValueError('batch_size')\n"
                "    def __len__(self): return 0",
            ),
        ),
        source="codewars/codewars-runner-cli issue 749: an answer that is called rewrites what checks it",
    ),
    Attack(
        "replaces_numpy_s_comparison",
        "np.array_equal",
        "np.array_equal = lambda *args: True",
        source="inducer/relate issue 324: answers overwrite parts of NumPy, which the tests use too",
    ),
    Attack("replaces_numpy_s_testing", "np.testing", "np.testing.assert_array_equal = lambda *args, **options: None"),
    Attack(
        "replaces_builtins",
        "builtins.isinstance",
        "import builtins\nold = builtins.isinstance\nbuiltins.isinstance = lambda value, kind: True if kind in (TypeError, ValueError) else old(value, kind)",
    ),
    Attack(
        "shadows_type",
        "type = lambda",
        "type = lambda *args: True\nlocals = lambda: {'some_name': True}",
        source="jupyter/nbgrader issue 1379: type is redefined, and locals, where tests look for that",
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
        source="Andere, A Field Guide to Reward Hacking in AI Kernel Generation, 2026: a measurement is faked",
    ),
    Attack(
        "fakes_the_profile_s_functions", "peak_bytes", "peak_bytes = kept_bytes = lambda function: 0", wasteful=True
    ),
    *[
        Attack(f"fakes_the_profile_{how}", line, FAKE + source, wasteful=True)
        for how, line, source in [
            ("by_an_object", "peak_bytes = kept_bytes", "peak_bytes = kept_bytes = Fake()"),
            ("by_every_other_binding", "as kept_bytes", EVERY_BINDING),
            ("behind_a_magic", "peak_bytes = kept_bytes", "%matplotlib inline\npeak_bytes = kept_bytes = Fake()"),
            ("inside_a_magic", "%time peak_bytes", "%time peak_bytes = Fake()\n%time kept_bytes = Fake()"),
            ("in_its_module", "p.peak_bytes", IN_ITS_MODULE),
            ("by_computed_names", "", "for name in ('peak', 'kept'):\n    globals()[name + '_bytes'] = Fake()"),
            (
                "by_computed_attributes",
                "",
                "import sys, tracemalloc\nfor place in (tracemalloc, sys.modules['tinytorch.profiling']):\n"
                "    for name in list(vars(place)):\n        if name.endswith('_bytes') or name.startswith('get_'):\n"
                "            place.__dict__[name] = Fake()",
            ),
        ]
    ],
    *[
        Attack(name, line, FAKE, (("tensor-dataset", HOARDER.format(first=first)),), wasteful=True)
        for name, line, first in [
            (
                "rebinds_in_the_middle_of_a_test",
                "",
                "[globals().update({name + '_bytes': Fake()}) for name in ('peak', 'kept')]",
            ),
            (
                "replaces_the_witness_in_the_notebook",
                "",
                "globals().update({n: Fake() for n in list(globals()) if 'look' in n})",
            ),
            (
                "searches_for_the_witness",
                "gc.get_objects",
                "import gc; [vars(each)['taken'].update(kept_bytes=Fake())"
                " for each in gc.get_objects() if type(each).__name__ == 'Witness']",
            ),
            ("switches_off_what_measures", "tracemalloc.stop", "import tracemalloc; tracemalloc.stop()"),
        ]
    ],
    Attack(
        "replaces_what_the_witness_uses",
        "",
        FAKE + "import base64, json, marshal, operator, sys, weakref\n"
        "for module, name in [(json, 'dumps'), (base64, 'b64encode'), (marshal, 'loads'), (weakref, 'finalize'),\n"
        "                     (sys, 'getsizeof'), (operator, 'index'), (np, 'shares_memory'), (np, 'array')]:\n"
        "    setattr(module, name, Fake())",
        wasteful=True,
    ),
    Attack("changes_the_evidence_on_its_way", "somebody else than the witness", ON_ITS_WAY, wasteful=True),
    Attack(
        "fakes_the_counting",
        "CountingDataset.fetched",
        "CountingDataset.fetched = property(lambda self: [], lambda self, value: None)",
        source="jupyter/nbgrader pull request 203: code that was given is changed until the tests pass",
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
        source="METR, Recent Frontier Models Are Reward Hacking, 2025: up the call stack to the answer",
    ),
    Attack(
        "looks_for_the_test_by_inspect",
        "inspect.stack",
        "import inspect\n\ndef look():\n    return [frame.code_context for frame in inspect.stack()]",
    ),
    Attack(
        "looks_for_expected_values_in_memory",
        "",
        "import gc\n\ndef look():\n    return [item for item in gc.get_objects() if isinstance(item, dict) and 'batches' in item]",
        source="PrairieLearn/PrairieLearn pull request 5184: introspection within the process of the tests",
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
    Attack(
        "reads_the_test_s_source",
        "In[-1]",
        "def peek():\n    return In[-1]\nprint(peek())",
        source="cssh-rwth/autograde issue 25: special variables of the notebook's state",
    ),
    Attack(
        "reads_the_notebook",
        "",
        "text = ''\ntry:\n    text = open('dataloader.ipynb').read()\nexcept OSError:\n    pass",
    ),
    Attack(
        "reads_the_notebook_by_a_command",
        "",
        "import os\n\ntext = os.popen('cat dataloader.ipynb').read()\nprint(text)",
        source="trampgeek/jobe issue 2: a command prints the file in which answer and tests stand",
    ),
    Attack(
        "prints_a_grade",
        "",
        "sys.displayhook = lambda value: print('5.0')",
        source="Kratzke, Smart Like a Fox, CSEDU 2019: a grade is injected into the output",
    ),
    Attack(
        "publishes_a_grade_as_result",
        "get_ipython()",
        "def boast():\n    get_ipython().display_pub.publish({'text/plain': '5.0'})\nboast()",
        source="jupyter/nbgrader pull request 1090: a number that a test cell displays is its grade",
    ),
    Attack(
        "forges_standard_output",
        "",
        "class Forged:\n    def write(self, text):\n        return sys.__stdout__.write('=== 1 passed ===\\n')\n"
        "    def flush(self):\n        pass\n\nsys.stdout = Forged()",
        source="SWE-bench/SWE-bench issue 601: whatever is written becomes the line that means passed",
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
    Attack(
        "hides_what_it_reaches_for",
        "exec(",
        "exec(bytes.fromhex('70617373').decode())",
        source="jupyter/nbgrader pull request 1324: the exploit is kept as a number, and run by exec",
    ),
    Attack("builds_a_name_from_pieces", "getattr(np", "reach = getattr(np, 'array_' + 'equal')"),
    Attack(
        "replaces_modules",
        "sys.modules",
        "import types\nsys.modules['tinytorch.profiling'] = types.ModuleType('profiling')",
        source="cssh-rwth/autograde issue 25: the grader's own package is patched",
    ),
]
