"""Cells and answers that real students write, and that touch nothing which decides: each has to get 100 and no flag.

They are graded in few notebooks, because that costs a tenth of grading each alone: every notebook has a share of the
cells, and one answer for each solution cell. Where one fails, a flag names its cell.
"""

from __future__ import annotations

import copy

import nbformat
from nbformat import NotebookNode

from tests.helpers.corpus import fill, reference_answers
from tinytorch.course.authoring.build import read_source
from tinytorch.course.layout import Module
from tinytorch.course.notebook import grade_id, read_notebook

# As people begin their notebooks in Colab, Kaggle and VS Code
PLATFORMS = {
    "colab-modules": 'import sys\nIN_COLAB = "google.colab" in sys.modules',
    "colab-shell": 'if "google.colab" in str(get_ipython()):\n    print("on Colab")\nelse:\n    print("at home")',
    "colab-import": "try:\n    import google.colab\n    ON_COLAB = True\nexcept ImportError:\n    ON_COLAB = False",
    "colab-drive": (
        'import os, sys\nif "google.colab" in sys.modules:\n    from google.colab import drive\n'
        '    drive.mount("/content/drive")\n    os.chdir("/content/drive/MyDrive/course")\n'
        '    sys.path.insert(0, "/content/drive/MyDrive/course")'
    ),
    "colab-form": '#@title Settings { display-mode: "form" }\nsize = 32 #@param {type:"integer"}',
    "colab-wrap": (
        "from IPython.display import HTML, display\n\ndef wrap_long_lines(*info):\n"
        '    display(HTML("<style>pre { white-space: pre-wrap; }</style>"))\n\n'
        'get_ipython().events.register("pre_run_cell", wrap_long_lines)'
    ),
    "colab-save": '!cp dataloader.ipynb "/content/drive/MyDrive/" || echo "not on Colab"',
    "colab-gpu": "gpu = !nvidia-smi\nprint(gpu[:1])",
    "colab-capture": "%%capture out\n!echo installing\nprint('ready')",
    "reload-magic": "%load_ext autoreload\n%autoreload 2",
    "reload-shell": (
        "shell = get_ipython()\nif shell is not None:\n"
        '    shell.run_line_magic("load_ext", "autoreload")\n    shell.run_line_magic("autoreload", "2")'
    ),
    "reload-module": "import importlib\nimport tinytorch.core.tensor\nimportlib.reload(tinytorch.core.tensor)",
    "forget-modules": (
        'import sys\nfor name in [each for each in sys.modules if each.startswith("my_")]:\n    del sys.modules[name]'
    ),
    "kaggle-files": (
        'import os\nfor folder, _, files in os.walk("/kaggle/input"):\n    for file in files:\n'
        "        print(os.path.join(folder, file))"
    ),
    "kaggle-here": 'import os\nON_KAGGLE = os.environ.get("KAGGLE_KERNEL_RUN_TYPE") is not None',
    "kaggle-seed": (
        "import os, random\n\ndef seed_all(seed=42):\n    random.seed(seed)\n"
        '    os.environ["PYTHONHASHSEED"] = str(seed)\n    np.random.seed(seed)\n    if "torch" in globals():\n'
        "        torch.manual_seed(seed)\n        torch.backends.cudnn.deterministic = True\n"
        "        torch.backends.cudnn.benchmark = False\n\nseed_all()"
    ),
    "kaggle-show-all": (
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'"
    ),
    "kaggle-pandas": "import pandas as pd\npd.options.display.max_columns = 50\npd.set_option('display.width', 120)",
    "kaggle-plots": "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
    "kaggle-style": "import matplotlib.pyplot as plt\nplt.style.use('ggplot')\nplt.rcParams['figure.figsize'] = 6, 4",
    "kaggle-quiet": (
        "import warnings\nwarnings.filterwarnings('ignore')\nwarnings.simplefilter('ignore', FutureWarning)"
    ),
    "kaggle-tqdm": (
        "try:\n    from tqdm.auto import tqdm\nexcept ImportError:\n    tqdm = lambda values, **more: values"
    ),
    "kaggle-tidy": "import gc\nscratch = [0] * 1000\ndel scratch\n_ = gc.collect()",
    "kaggle-old-numpy": "np.int = int\nnp.float = float",
    "code-path": 'import os, sys\nsys.path.append(os.path.abspath(os.path.join(os.getcwd(), "..")))',
    "code-here": 'import os\nIN_CODE = "VSCODE_PID" in os.environ or "VSCODE_CWD" in os.environ',
    "code-notebook": (
        "def in_notebook():\n    try:\n        return get_ipython().__class__.__name__ == 'ZMQInteractiveShell'\n"
        "    except NameError:\n        return False\n\nprint(in_notebook())"
    ),
    "code-file": (
        "from pathlib import Path\ntry:\n    here = Path(__file__).parent\nexcept NameError:\n    here = Path.cwd()"
    ),
    "code-main": '# %% try it\nif __name__ == "__main__":\n    print("interactive")',
    "code-display": "from IPython.core.display import display, HTML",
    "code-inline": 'get_ipython().run_line_magic("matplotlib", "inline")',
    "code-magic": (
        "from IPython import get_ipython\nget_ipython().run_line_magic('config', 'Completer.use_jedi = False')"
    ),
    "code-logging": (
        "import logging\nlogging.basicConfig(level=logging.INFO, force=True)\nlog = logging.getLogger(__name__)"
    ),
    "code-loop": "try:\n    import nest_asyncio\n    nest_asyncio.apply()\nexcept ImportError:\n    pass",
}

# What students do in cells of their own to understand the module
CURIOSITY = {
    "objects": "import gc\nprint(len(gc.get_objects()))",
    "source": "import inspect\nprint(inspect.getsource(Dataset))",
    "mock": "from unittest.mock import MagicMock\nfake = MagicMock()\nfake.__len__.return_value = 3\nprint(len(fake))",
    "names": "for name in ('alpha', 'beta'):\n    globals()[name] = len(name)",
    "equal": "class Anything:\n    def __eq__(self, other):\n        return True\n\nprint(Anything() == 3)",
    "update": "class Bag:\n    pass\n\nbag = Bag()\nvars(bag).update(size=3)\nbag.__dict__['color'] = 'red'",
    "private": (
        "class Settings:\n    def __init__(self, **values):\n        for name, value in values.items():\n"
        "            setattr(self, '_' + name, value)\n\nSettings(size=3)"
    ),
    "numbered": "for i in range(3):\n    exec(f'x_{i} = {i}')",
    "calculator": "print(eval('96 * 224 * 224'))",
    "references": (
        "import ctypes, sys\nlist_ = []\nprint(sys.getrefcount(list_), ctypes.c_long.from_address(id(list_)).value)"
    ),
    "sizes": (
        "import sys\n\ndef deep_size(value):\n    parts = value if isinstance(value, (list, tuple)) else ()\n"
        "    return sys.getsizeof(value) + sum(map(deep_size, parts))\n\nprint(deep_size([1, [2, 3]]))"
    ),
    "tracing": (
        "import tracemalloc\n\ndef measure(call):\n    tracemalloc.start()\n    call()\n"
        "    _, peak = tracemalloc.get_traced_memory()\n    tracemalloc.stop()\n    return peak\n\n"
        "print(measure(lambda: np.zeros(1000)))"
    ),
    "measured": "kept_bytes = kept_bytes(lambda: np.zeros(10))",
    "peak": "peak_bytes = 96 * 224 * 224 * 3 * 4",
    "throughput": "import time\nbegan = time.perf_counter()\nthroughput = 1000 / (time.perf_counter() - began + 1)",
    "closure": "def adder(n):\n    return lambda x: x + n\n\nprint(adder(3).__closure__[0].cell_contents)",
    "bytecode": "import dis\ndis.dis(lambda x: x + 1)\nprint((lambda a, b: a).__code__.co_varnames)",
    "singleton": (
        "class Once(type):\n    made = {}\n    def __call__(cls, *args):\n        if cls not in cls.made:\n"
        "            cls.made[cls] = super().__call__(*args)\n        return cls.made[cls]\n\n"
        "class One(metaclass=Once):\n    pass\n\nprint(One() is One())"
    ),
    "proxy": (
        "class Proxy:\n    def __init__(self, inner):\n        self._inner = inner\n"
        "    def __getattr__(self, name):\n        return getattr(self._inner, name)\n\nprint(Proxy([1]).count(1))"
    ),
    "shown": "import io, sys\nold, sys.stdout = sys.stdout, io.StringIO()\nprint('hidden')\nsys.stdout = old",
    "profile": "import cProfile\ncProfile.run('sorted(range(1000))')",
    "timed": "%time sum(range(1000))",
    "timed-cell": "%%timeit -n 3 -r 1\nsum(range(1000))",
    "shell-word": "shell = get_ipython()\nprint(type(shell), shell.user_ns.get('np'))",
    "error": "import traceback\ntry:\n    [][1]\nexcept IndexError:\n    traceback.print_exc()",
    "own-file": "import nbformat\nfrom pathlib import Path\nif Path('dataloader.ipynb').exists():\n    print('there')",
    "tensor-shown": "Tensor.__repr__ = lambda self: f'Tensor({self.data})'",
    "tensor-more": "@patch\ndef peek(self: Tensor):\n    return self.data.ravel()[:3]",
    "everyday-names": "id = 7\nhash = 'abc'\ninput = [1, 2]\niter = 100\nerror = None\nsample = batch = 3",
    "who-calls": "import sys\n\ndef me():\n    return sys._getframe().f_code.co_name\n\nprint(me())",
    "counted": "counter = CountingDataset([1, 2])\ncounter[0]\ncounter.fetched = []\ncounter.alive = 0",
    "exported": (
        "try:\n    from tinytorch.core.dataloader import DataLoader as Mine\nexcept ImportError:\n    Mine = None"
    ),
    "history": "%who\n%history -n 1",
    "no-python": "this is a note, and no Python",
    "bash": "%%bash\necho hello",
}

ANSWERS: tuple[dict[str, str], ...] = (
    {
        "tensor-dataset": """#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                raise TypeError(f"TensorDataset takes Tensors, not {type(tensor).__name__}: write Tensor(...)")
        if not tensors:
            raise ValueError("TensorDataset needs at least one tensor")
        sizes = {len(tensor) for tensor in tensors}
        if len(sizes) > 1:
            raise ValueError(f"All tensors must have same size in first dimension: {[len(t) for t in tensors]}")
        vars(self).update(tensors=tensors, size=sizes.pop())

    def __len__(self):
        return vars(self)["size"]

    def __getitem__(self, index):
        if not -self.size <= index < self.size:
            raise IndexError(f"Index {index} out of range for dataset of size {self.size}")
        return tuple(tensor[index] for tensor in self.tensors)

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__
""",
        "question-memory": 'q1_batch_bytes = eval("96 * 224 * 224 * 3 * 4")',
        "question-bottleneck": "step = {'load': 0.060, 'compute': 0.080}\nq2_epoch_seconds = 2000 * max(step.values())",
        "compose": """#| export
class Compose:
    def __init__(self, transforms):
        for name, value in {"transforms": list(transforms)}.items():
            setattr(self, "_" + name, value)

    def __call__(self, image):
        from functools import reduce
        return reduce(lambda value, transform: transform(value), self._transforms, image)
""",
    },
    {
        "dataset": """#| export
import inspect

class Dataset(ABC):
    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        cls.is_abstract = inspect.isabstract(cls)

    @abstractmethod
    def __len__(self):
        ...

    @abstractmethod
    def __getitem__(self, index):
        ...
""",
        "compose": """#| export
class Compose:
    def __init__(self, transforms):
        self.__dict__["transforms"] = list(transforms)

    def __call__(self, image):
        for transform in self.transforms:
            image = type(transform).__call__(transform, image) if hasattr(transform, "__call__") else image
        return image
""",
        "question-shuffle": "q3_index_bytes = 35_000_000 * getattr(np, 'int64')().itemsize",
        "question-collate": "import math\nq4_collate_seconds = math.prod((64, 3, 512, 512)) / 1e10",
    },
)

NAMES = [*PLATFORMS, *CURIOSITY, *(f"answer-{index}-{cell}" for index, each in enumerate(ANSWERS) for cell in each)]


def harmless_notebooks(module: Module) -> dict[str, NotebookNode]:
    """Return the notebooks of module 05 that hold all of these cells and answers, by student."""
    answers = reference_answers(read_source(module.source_path.read_text(encoding="utf-8")))
    answers.pop("get-batch")  # of the optional step
    notebooks = {}
    for number, (cells, own) in enumerate(zip((PLATFORMS, CURIOSITY), ANSWERS, strict=True)):
        notebook = fill(copy.deepcopy(read_notebook(module.released_path)), answers | own)
        # right below the imports, above the answers, and again at the end
        place = next(index for index, cell in enumerate(notebook.cells) if grade_id(cell) == "dataset")
        new = [nbformat.v4.new_code_cell(source, id=f"harmless-{name}") for name, source in cells.items()]
        notebook.cells[place + 1 : place + 1] = new
        notebooks[f"harmless_{number}"] = notebook
    return notebooks
