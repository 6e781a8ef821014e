"""Jupyter's way to start a kernel, in the isolation that was chosen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from tests.helpers.kernels import printed, run, started
from tinytorch.course.sandbox.isolation import ISOLATIONS
from tinytorch.course.sandbox.provisioners import PROVISIONERS


def test_jupyter_finds_a_provisioner_for_each_isolation_by_its_name() -> None:
    assert set(PROVISIONERS) == set(ISOLATIONS)
    for name in PROVISIONERS.values():
        spec = KernelSpec(metadata={"kernel_provisioner": {"provisioner_name": name}})
        assert KernelProvisionerFactory.instance().is_provisioner_available(spec), name


@pytest.mark.parametrize("isolation", ["bubblewrap", "limits"])
def test_its_sockets_are_files_in_a_folder_that_ends_with_the_kernel(isolation: str, tmp_path: Path) -> None:
    with started(isolation, tmp_path) as kernel:
        channel: Path = kernel._manager.provisioner.channel
        assert any(path.is_socket() for path in channel.iterdir())
    assert not channel.exists()


def test_with_limits_a_kernel_has_them_and_none_of_the_grader_s_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTRUCTOR_TOKEN", "a secret")
    code = "import os, resource\nprint('INSTRUCTOR_TOKEN' in os.environ, os.getcwd())\n"
    code += "print(*(resource.getrlimit(getattr(resource, name))[0] for name in ('RLIMIT_AS', 'RLIMIT_NOFILE')))"
    with started("limits", tmp_path) as kernel:
        said = printed(run(kernel, code)).split()
        limits = kernel._manager.provisioner.limits
    assert said[:2] == ["False", os.path.realpath(tmp_path / "submission")]
    assert [int(value) for value in said[2:]] == [limits.memory_bytes, limits.open_files]
