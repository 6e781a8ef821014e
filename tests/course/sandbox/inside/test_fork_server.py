"""The process that kernels are forked from: each begins with what the server imported, and shares nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.kernels import fork_server, forked, printed, run


def test_a_kernel_begins_with_what_the_server_imported_and_a_module_that_is_missing_stops_nobody(
    tmp_path: Path,
) -> None:
    with fork_server(["colorsys", "no_such_module"]) as server, forked(server, tmp_path) as kernel:
        assert printed(run(kernel, "import sys; print('colorsys' in sys.modules, 'tinytorch' in sys.modules)")) == (
            "True False\n"
        )


def test_two_kernels_of_one_server_draw_other_random_numbers_and_see_nothing_of_each_other(tmp_path: Path) -> None:
    code = "import os, random\nprint(random.random(), 'mine' in globals(), os.getppid())\nmine = 1"
    with fork_server(["numpy"]) as server:
        said = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            with forked(server, tmp_path / name) as kernel:
                said.append(printed(run(kernel, code)).split())
    assert said[0][0] != said[1][0]
    assert [others[1:] for others in said] == [["False", "1"]] * 2  # its parent is the sandbox's own first process


@pytest.mark.parametrize("modules", [[], ["matplotlib.pyplot"]])
def test_a_cell_that_draws_shows_its_picture_also_where_only_it_imports_matplotlib(
    modules: list[str], tmp_path: Path
) -> None:
    with fork_server(modules) as server, forked(server, tmp_path) as kernel:
        loaded = printed(run(kernel, "import sys; print('matplotlib' in sys.modules)"))
        shown = run(kernel, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert loaded == f"{bool(modules)}\n"
    assert [kind for kind, content in shown if "image/png" in content.get("data", {})] == ["display_data"]
