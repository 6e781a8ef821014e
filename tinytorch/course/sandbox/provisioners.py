"""Kernel provisioners, which are how Jupyter starts a kernel: here with limits, or under bubblewrap."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from importlib.metadata import EntryPoint
from pathlib import Path
from time import monotonic
from typing import Any

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Instance, Unicode

from tinytorch.course.sandbox.bubblewrap import (
    HOME,
    PACKAGE,
    SCRATCH,
    filter_file,
    other_user,
    sandboxed,
    submission_binds,
)
from tinytorch.course.sandbox.end_with_parent import end_with_parent
from tinytorch.course.sandbox.environment import clean_environment, font_caches
from tinytorch.course.sandbox.limits import CHECK_SECONDS, Limits
from tinytorch.course.sandbox.temporary import BELOW_KERNEL, KERNEL_PREFIX, temporary_folder

# jupyter_client's own provisioner starts a kernel that is not isolated.
PROVISIONERS = {"bubblewrap": "tinytorch-bubblewrap", "limits": "tinytorch-limits", "none": "local-provisioner"}
# Registered here instead of in the package's metadata, so that a checkout whose installation is older has them too.
for name, path in (
    (PROVISIONERS["bubblewrap"], "tinytorch.course.sandbox.provisioners:BubblewrapProvisioner"),
    (PROVISIONERS["limits"], "tinytorch.course.sandbox.provisioners:LimitsProvisioner"),
):
    KernelProvisionerFactory.provisioners[name] = EntryPoint(name, path, KernelProvisionerFactory.GROUP_NAME)


def kernel_manager_in(manager: Any, isolation: str, stage: Path, folder: Path, limits: Limits) -> None:
    """Have a kernel manager start its kernel in `isolation`, with the staged package and the submission's folder."""
    spec = manager.kernel_spec
    if isolation != "none":
        spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.interrupt_mode = "message"
    settings = {} if isolation == "none" else {"stage": str(stage), "folder": str(folder), "limits": limits}
    spec.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONERS[isolation], "config": settings}


class LimitsProvisioner(LocalProvisioner):
    """A kernel with limits, a clean environment and sockets that are files in a folder of its own."""

    stage = Unicode(help="The folder with the staged package.")
    folder = Unicode(help="The submission's folder.")
    limits = Instance(Limits, help="What the kernel and all that it starts may use.")
    stopped_because = ""  # a sentence about "this cell", if the kernel was ended for what the cell did

    _checked = 0.0

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the kernel's folder and write the connection file into it, before anything is mounted or started."""
        self.channel = Path(tempfile.mkdtemp(prefix=KERNEL_PREFIX, dir=temporary_folder(BELOW_KERNEL)))
        self.kernel_spec.interrupt_mode = "message"  # a signal would end bubblewrap, and the kernel with it
        manager = self.parent
        manager.transport, manager.ip = "ipc", str(self.channel / "kernel")
        manager.connection_file = str(self.channel / "connection.json")
        kwargs["env"] = self.environment()
        kwargs = await super().pre_launch(**kwargs)
        return self.confine(kwargs)

    def environment(self) -> dict[str, str]:
        """Return the kernel's environment variables, with matplotlib's list of fonts in the kernel's folder."""
        home = self.channel / "home"
        matplotlib = home / "matplotlib"
        matplotlib.mkdir(parents=True)
        for cache in font_caches():
            shutil.copyfile(cache, matplotlib / cache.name)
        return clean_environment(str(home), str(matplotlib), self.stage)

    def confine(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return how the process is started, with its limits."""
        grader = os.getpid()

        def begin() -> None:
            end_with_parent(grader)
            self.limits.apply()

        return {**kwargs, "cwd": self.folder or None, "preexec_fn": begin}

    async def poll(self) -> int | None:
        """Return the kernel's exit code, None if it runs; end it if it and what it started use too much."""
        if self.process is not None and monotonic() > self._checked + CHECK_SECONDS:
            self._checked = monotonic()
            if self.uses_too_much():
                await self.kill()
        return await super().poll()

    def uses_too_much(self) -> bool:
        """Whether it uses more than it may; the sentence is then in `stopped_because`."""
        if self.pid and (fault := self.limits.fault(self.pid)):
            self.stopped_because = fault
        elif len(list(self.channel.iterdir())) > 16:
            self.stopped_because = "this cell wrote files where only the kernel's sockets belong"
        return bool(self.stopped_because)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder."""
        await super().cleanup(restart)
        shutil.rmtree(self.channel, ignore_errors=True)


class BubblewrapProvisioner(LimitsProvisioner):
    """A kernel inside bubblewrap."""

    def environment(self) -> dict[str, str]:
        """Return the kernel's environment variables, with paths as they are inside the sandbox."""
        return clean_environment(HOME, f"{SCRATCH}/matplotlib", PACKAGE)

    def confine(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Put bubblewrap before the kernel's command."""
        user = other_user()
        if user is not None:
            for path in (self.channel, *self.channel.iterdir(), Path(self.stage)):
                os.chown(path, user, user)
        binds = ["--bind", str(self.channel), str(self.channel)]
        binds += submission_binds(Path(self.stage), Path(self.folder))
        command = sandboxed(kwargs["cmd"], binds, user, self.limits, self.filter)
        return {**kwargs, "cwd": "/", "cmd": command, "pass_fds": (self.filter,)}

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Open the filter for system calls, which bubblewrap reads."""
        self.filter = filter_file()
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel."""
        try:
            return await super().launch_kernel(cmd, **kwargs)
        finally:
            os.close(self.filter)
