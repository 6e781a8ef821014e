"""Where student code runs: a kernel provisioner that starts the kernel under bubblewrap, with limits.

Inside there are the interpreter and its packages, the system's libraries and fonts, the staged package and the
submission's own folder without its notebook (which holds the hidden tests while it is graded): all read-only. What is
written goes to memory, up to a size. There is no network, no process but the kernel's own, and no root.

Two kinds: `bubblewrap` is the sandbox. `limits` sets limits on memory, time, files and output, and keeps nothing from
code that means harm: it reads and writes what the grader can.
"""

from __future__ import annotations

import functools
import os
import shutil
import site
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from time import monotonic
from typing import Any

import psutil
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Instance, Unicode

from tinytorch.course.layout import CourseError
from tinytorch.course.lifeline import end_with_parent
from tinytorch.course.scratch import BELOW_KERNEL, KERNEL_PREFIX, temporary_folder
from tinytorch.course.seccomp import no_user_namespaces

ISOLATIONS = ("bubblewrap", "limits", "none")
# A kernel that is not isolated is started by jupyter_client's own.
PROVISIONERS = {"bubblewrap": "tinytorch-bubblewrap", "limits": "tinytorch-limits", "none": "local-provisioner"}
# Named here instead of in the package's metadata, so that a checkout whose installation is older has them all.
for name, place in (
    (PROVISIONERS["bubblewrap"], "tinytorch.course.sandbox:BubblewrapProvisioner"),
    (PROVISIONERS["limits"], "tinytorch.course.sandbox:LimitsProvisioner"),
):
    KernelProvisionerFactory.provisioners[name] = EntryPoint(name, place, KernelProvisionerFactory.GROUP_NAME)
HOW_TO = (
    'install it with `apt-get install bubblewrap`, or choose `c.ExecuteStaged.isolation = "limits"` in '
    "nbgrader_config.py (for one run: `tito grade --isolation limits`), which protects from accidents only"
)
LIMITS_WARNING = (
    'warning: isolation is "limits": submissions run with your own rights to files and network, '
    "so grade only code that you trust."
)

PACKAGE, SUBMISSION, SCRATCH, HOME = "/course", "/submission", "/tmp", "/tmp/home"
CHECK_SECONDS = 0.5  # between two looks at what all of a submission's processes use together
OTHER_USER = 0x70000000  # above every user id that is given out; + the grader's pid, so that each grader has its own


@dataclass(frozen=True)
class Limits:
    """What a submission's kernel and all that it starts may use."""

    memory_bytes: int = 4 * 2**30  # of one process (address space), and of all together (resident)
    cpu_seconds: int = 120  # of one process
    processes: int = 64  # threads count too
    open_files: int = 256
    file_bytes: int = 64 * 2**20
    scratch_bytes: int = 256 * 2**20

    def by_name(self) -> dict[str, int]:
        """Give them under prlimit's names for them."""
        return {
            "as": self.memory_bytes,
            "cpu": self.cpu_seconds,
            "nproc": self.processes,
            "nofile": self.open_files,
            "fsize": self.file_bytes,
            "core": 0,
        }

    def arguments(self) -> list[str]:
        """Give them as prlimit's arguments."""
        return [f"--{name}={limit}" for name, limit in self.by_name().items()]

    def apply(self) -> None:
        """Set them for this process, but for the number of processes: without a sandbox that is the user's in all."""
        import resource  # which Windows, where students work too, does not have

        for name, limit in self.by_name().items():
            with suppress(ValueError, OSError):  # macOS knows no limit on memory, and the user's own may be lower
                if name != "nproc":
                    resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (limit, limit))


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
    limits = Instance(Limits, args=(), help="What the kernel and all that it starts may use.")
    stopped_because = ""  # a sentence about "this cell", where the kernel was stopped for using too much

    _checked = 0.0

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the kernel's folder and write the connection file there, before anything is bound or started."""
        self.channel = Path(tempfile.mkdtemp(prefix=KERNEL_PREFIX, dir=temporary_folder(BELOW_KERNEL)))
        self.kernel_spec.interrupt_mode = "message"  # a signal would end bubblewrap, and the kernel with it
        manager = self.parent
        manager.transport, manager.ip = "ipc", str(self.channel / "kernel")
        manager.connection_file = str(self.channel / "connection.json")
        kwargs["env"] = self.environment()
        kwargs = await super().pre_launch(**kwargs)
        return self.confine(kwargs)

    def environment(self) -> dict[str, str]:
        """Give the kernel's environment variables."""
        home = self.channel / "home"
        matplotlib = home / "matplotlib"
        matplotlib.mkdir(parents=True)
        for cache in font_caches():
            shutil.copyfile(cache, matplotlib / cache.name)
        return clean_environment(str(home), str(matplotlib), self.stage)

    def confine(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Change how the process is started."""
        grader = os.getpid()

        def begin() -> None:
            end_with_parent(grader)
            self.limits.apply()

        return {**kwargs, "cwd": self.folder or None, "preexec_fn": begin}

    async def poll(self) -> int | None:
        """Look whether the kernel runs; end it if it and its children use too much together."""
        if self.process is not None and monotonic() > self._checked + CHECK_SECONDS:
            self._checked = monotonic()
            if self.uses_too_much():
                await self.kill()
        return await super().poll()

    def uses_too_much(self) -> bool:
        """Say whether limits that hold for all processes together are passed; the sentence is in `stopped_because`."""
        if self.pid and (fault := memory_fault(self.pid, self.limits)):
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
        """Give the kernel's environment variables, as paths inside."""
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
        """Open the filter for system calls too, which bubblewrap reads."""
        self.filter = filter_file()
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel."""
        try:
            return await super().launch_kernel(cmd, **kwargs)
        finally:
            os.close(self.filter)


def submission_binds(stage: Path, folder: Path) -> list[str]:
    """Give bubblewrap's arguments for the staged package, and for the submission's folder without its notebooks."""
    binds = ["--ro-bind", str(stage), PACKAGE, "--ro-bind", str(folder), SUBMISSION]
    for notebook in sorted(folder.glob("*.ipynb")):
        if notebook.is_file() and not notebook.is_symlink():
            binds += ["--ro-bind", "/dev/null", f"{SUBMISSION}/{notebook.name}"]
    return [*binds, "--chdir", SUBMISSION]


def other_user() -> int | None:
    """Give the user id that a sandbox has if root starts it."""
    return OTHER_USER + os.getpid() if os.geteuid() == 0 else None


def filter_file() -> int:
    """Give a file in memory with the filter that keeps the sandbox from making user namespaces of its own."""
    descriptor = os.memfd_create("filter")
    os.write(descriptor, no_user_namespaces())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def sandboxed(
    command: list[str],
    binds: list[str],
    user: int | None,
    limits: Limits,
    filter_descriptor: int,
    info_descriptor: int | None = None,
) -> list[str]:
    """Give the command that runs `command` in the sandbox, as another user if root starts it.

    bubblewrap reads the rules for system calls from one descriptor, and tells of the sandbox' process on the other.

    Root has no user namespace made: it gives its rights up inside, for a user id that nobody has. So limits on the
    number of processes hold, which they do not for root, and none of the grader's files is the sandbox's own.
    """
    tools = {name: find_tool(name) for name in ("bwrap", "prlimit", "choom", "setpriv")}
    bubblewrap = [tools["bwrap"], "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    bubblewrap += ["--unshare-cgroup-try", "--hostname", "sandbox", "--die-with-parent", "--cap-drop", "ALL"]
    bubblewrap += [] if info_descriptor is None else ["--info-fd", str(info_descriptor)]
    inside = [tools["prlimit"], *limits.arguments()]
    if no_user_namespaces():
        bubblewrap += ["--seccomp", str(filter_descriptor)]
    if user is None:
        bubblewrap += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
        bubblewrap += [] if no_user_namespaces() else ["--disable-userns"]
    else:
        bubblewrap += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        inside += [tools["setpriv"], f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        inside += ["--inh-caps=-all", "--bounding-set=-all"]
    readable = [*readable_paths(), *(Path(tools[name]) for name in ("prlimit", "setpriv"))]
    targets = [*readable, *(Path(target) for target in binds[2::3] if target.startswith("/"))]
    # The scratch space comes first: the interpreter may lie below it, in an environment made under /tmp.
    bubblewrap += ["--proc", "/proc", "--dev", "/dev"]
    for writable in (SCRATCH, "/dev/shm"):
        bubblewrap += ["--perms", "1777", "--size", str(limits.scratch_bytes), "--tmpfs", writable]
    # bubblewrap makes the folders above a mount for its own user only.
    bubblewrap += [part for folder in _parents(targets) for part in ("--perms", "0755", "--dir", str(folder))]
    for path in readable:
        bubblewrap += ["--symlink", os.readlink(path), str(path)] if path.is_symlink() else _read_only(path)
    bubblewrap += ["--perms", "0777", "--dir", HOME, "--perms", "0777", "--dir", f"{SCRATCH}/matplotlib"]
    for cache in font_caches():
        bubblewrap += ["--ro-bind", str(cache), f"{SCRATCH}/matplotlib/{cache.name}"]
    for installed in _installed_copies():
        bubblewrap += ["--tmpfs", str(installed), "--remount-ro", str(installed)]
    bubblewrap += [*binds, "--remount-ro", "/dev", "--remount-ro", "/", "--unsetenv", "JPY_PARENT_PID"]
    # Where memory runs out in spite of all, the kernel ends this first.
    return [tools["choom"], "-n", "1000", "--", *bubblewrap, "--", *inside, "--", *command]


@functools.cache
def readable_paths() -> tuple[Path, ...]:
    """Give what the interpreter needs of this machine: itself, its packages, the system's libraries and fonts."""
    system = ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/lib", "/lib32", "/lib64", "/usr/share/fonts"]
    system += ["/usr/local/share/fonts", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"]
    python = [Path(prefix) / part for prefix in (sys.base_prefix, sys.prefix) for part in ("bin", "lib", "lib64")]
    python = [path for path in python if path.parent != Path("/usr")]  # there, bin holds every program
    python += [Path(sys.prefix) / "pyvenv.cfg", Path(sys.executable), Path(os.path.realpath(sys.executable))]
    python += [Path(sys.prefix) / "share", Path(site.getusersitepackages())] if sys.prefix != "/usr" else []
    chosen: list[Path] = []
    for path in [*map(Path, system), *python]:
        if path.exists() and not any(path.is_relative_to(above) for above in chosen if not above.is_symlink()):
            chosen.append(path)
    return tuple(chosen)


def _read_only(path: Path) -> list[str]:
    return ["--ro-bind", str(path), str(path)]


def _parents(paths: list[Path]) -> list[Path]:
    """Give all folders above some paths, the upper ones first; the scratch space itself is there already."""
    folders = {parent for path in paths for parent in path.parents}
    return sorted(folders - {Path("/"), Path(SCRATCH)})


def _installed_copies() -> Iterator[Path]:
    """Give the places where tinytorch itself was installed as a package, with the solutions in it."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), site.getusersitepackages()}:
        if (Path(folder) / "tinytorch").is_dir():
            yield Path(folder) / "tinytorch"


def find_tool(name: str) -> str:
    """Give the path of a program that the sandbox is made with."""
    found = shutil.which(name) or shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
    return found or name


def clean_environment(home: str, matplotlib: str, package: str) -> dict[str, str]:
    """Give environment variables that hold nothing of the grader's."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "IPYTHONDIR": f"{home}/ipython",
        "MPLCONFIGDIR": matplotlib,
        "PYTHONPATH": package,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the same submission has the same points each time
        # One thread each: several submissions are graded at once, and threads count as processes.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def memory_fault(pid: int, limits: Limits) -> str:
    """Say that a process and all that it started use too much memory together; nothing if they don't."""
    if sum(resident_bytes(pid)) > limits.memory_bytes:
        return f"this cell used more than {limits.memory_bytes / 2**30:g} GB of memory"
    return ""


def resident_bytes(pid: int) -> Iterator[int]:
    """Give the memory of a process and of each that it started."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                yield each.memory_info().rss


@functools.cache
def font_caches() -> tuple[Path, ...]:
    """Give matplotlib's list of fonts, made if there is none: without it each kernel makes one, in a second."""
    try:
        import matplotlib
    except ImportError:
        return ()
    folder = Path(matplotlib.get_cachedir())
    if not list(folder.glob("fontlist-*.json")):
        import matplotlib.font_manager
    return tuple(folder.glob("fontlist-*.json"))


def check_isolation(isolation: str) -> str:
    """Raise `CourseError` if this machine can't isolate submissions as chosen; give a warning if it can but little."""
    if isolation not in ISOLATIONS:
        raise CourseError(f"There is no isolation {isolation!r}: choose bubblewrap or limits.")
    if isolation == "bubblewrap" and (reason := _sandbox_fails()):
        raise CourseError(f"submissions can't be graded safely: {reason}; {HOW_TO}.")
    return LIMITS_WARNING if isolation == "limits" else ""


def stop_without_isolation(isolation: str, **about: Any) -> None:
    """Stop `nbgrader autograde` with one line before it has touched anything, if submissions can't be isolated.

    nbgrader calls it before each submission. An exception it would log and forget, and go on.
    """
    try:
        warning = check_isolation(isolation)
    except CourseError as error:
        sys.exit(f"nbgrader: {error}")
    if warning:
        _warn_once(warning)


@functools.cache
def _warn_once(warning: str) -> None:
    print(warning, file=sys.stderr)


def _sandbox_fails() -> str:
    """Say why the sandbox does not work here, tried by running Python in it; nothing if it does."""
    bubblewrap = shutil.which("bwrap")
    return _trial(bubblewrap) if bubblewrap else "bubblewrap is not installed"


@functools.cache
def _trial(bubblewrap: str) -> str:
    descriptor = filter_file()
    trial = sandboxed([sys.executable, "-c", "import encodings"], [], other_user(), Limits(), descriptor)
    environment = clean_environment(HOME, HOME, "")
    try:
        run = subprocess.run(
            trial, env=environment, capture_output=True, text=True, cwd="/", pass_fds=(descriptor,), check=False
        )
    except OSError as error:
        return f"bubblewrap can't be started ({error})"
    finally:
        os.close(descriptor)
    if run.returncode == 0:
        return ""
    return f"bubblewrap can't make its sandbox ({(run.stderr.strip().splitlines() or ['no reason given'])[-1]})"
