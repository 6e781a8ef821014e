"""In a graded kernel, what cannot work there is left out, and the rest of the cell runs as in JupyterLab."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.helpers.kernels import KINDS, folders, kernel_of, printed, run
from tinytorch.course.sandbox.kernel import Kernel
from tinytorch.course.sandbox.staged_package import EXTENSION

LEFT_OUT = {
    "!ls": "!ls",
    "!!ls": "!ls",
    "%pip install tqdm": "%pip install tqdm",
    "%conda install tqdm": "%conda install tqdm",
    "%load_ext tensorboard": "%load_ext tensorboard",
    "%matplotlib widget": "%matplotlib widget",
    "%no_such_magic x": "%no_such_magic x",
    "get_ipython().system('ls -l')": "!ls -l",
}
AS_IN_JUPYTERLAB = [
    "%matplotlib inline",
    "get_ipython().run_line_magic('matplotlib', 'inline')",
    "%config InlineBackend.figure_format = 'retina'",
    "%load_ext autoreload\n%autoreload 2",
    "%time 1 + 1",
    "%timeit -n1 -r1 1 + 1",
    "%precision 3",
]


@pytest.fixture(scope="module", params=KINDS)
def kernel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("kernel")
    folder.chmod(0o755)
    stage, _ = folders(folder)
    shutil.copyfile(EXTENSION, stage / EXTENSION.name)
    with kernel_of(request.param, folder) as started:
        yield started


def test_a_command_is_left_out_with_a_word_and_the_cell_goes_on(kernel: Kernel) -> None:
    for command, said in LEFT_OUT.items():
        messages = run(kernel, f"{command}\nprint('went on')")
        assert messages[-1][1]["status"] == "ok", command
        assert printed(messages) == f"[left out when graded: {said}]\nwent on\n", command


def test_an_installation_without_a_percent_sign_is_left_out_and_shows_no_result(kernel: Kernel) -> None:
    messages = run(kernel, "pip install tqdm")
    assert printed(messages) == "[left out when graded: %pip install tqdm]\n"
    assert "execute_result" not in [kind for kind, _ in messages]


def test_the_output_of_a_command_is_empty(kernel: Kernel) -> None:
    assert printed(run(kernel, "names = !ls\nprint(names, names.n == '')")).endswith("[] True\n")


def test_a_whole_cell_for_another_program_is_left_out(kernel: Kernel) -> None:
    messages = run(kernel, "%%bash -x\necho hello")
    assert (messages[-1][1]["status"], printed(messages)) == ("ok", "[left out when graded: %%bash -x]\n")


@pytest.mark.parametrize("magic", AS_IN_JUPYTERLAB)
def test_a_magic_that_can_work_works(kernel: Kernel, magic: str) -> None:
    messages = run(kernel, f"{magic}\nprint('went on')")
    assert messages[-1][1]["status"] == "ok"
    assert printed(messages).endswith("went on\n")
    assert "left out" not in printed(messages)


def test_an_error_inside_a_magic_is_the_code_s_own(kernel: Kernel) -> None:
    assert run(kernel, "%timeit -n1 -r1 1 / 0")[-1][1]["ename"] == "ZeroDivisionError"


def test_a_magic_reads_the_names_of_the_function_that_calls_it(kernel: Kernel) -> None:
    code = "def timed():\n    inner = 5\n    get_ipython().run_line_magic('timeit', '-n1 -r1 inner + 1')\ntimed()"
    assert run(kernel, code)[-1][1]["status"] == "ok"
