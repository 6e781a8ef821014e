"""The sandbox: bubblewrap's command line, which says everything that a submission's code can see and do.

Inside are the interpreter and its packages, the system's libraries and fonts, the staged package, and the submission's
own folder without its notebook (which holds the hidden tests while it is graded): all read-only. What code writes goes
to memory, up to a limit. There is no network, no process but the kernel's own, and no root.
"""

from __future__ import annotations

import functools
import os
import shutil
import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from tinytorch.course.sandbox.environment import font_caches
from tinytorch.course.sandbox.limits import Limits
from tinytorch.course.sandbox.seccomp import no_user_namespaces

PACKAGE, SUBMISSION, SCRATCH, HOME = "/course", "/submission", "/tmp", "/tmp/home"
OTHER_USER = 0x70000000  # above every user id in use; plus the grader's process number, so that each grader has its own


def submission_binds(stage: Path, folder: Path) -> list[str]:
    """Return bubblewrap's arguments for the staged package and for the submission's folder without its notebooks."""
    binds = ["--ro-bind", str(stage), PACKAGE, "--ro-bind", str(folder), SUBMISSION]
    for notebook in sorted(folder.glob("*.ipynb")):
        if notebook.is_file() and not notebook.is_symlink():
            binds += ["--ro-bind", "/dev/null", f"{SUBMISSION}/{notebook.name}"]
    return [*binds, "--chdir", SUBMISSION]


def other_user() -> int | None:
    """Return the user id that a sandbox gets if root starts it, and None if another user does."""
    return OTHER_USER + os.getpid() if os.geteuid() == 0 else None


def filter_file() -> int:
    """Return the descriptor of a file in memory with the filter for system calls, which bubblewrap reads."""
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
    """Return the command that runs `command` in the sandbox, as another user if root starts it.

    bubblewrap reads the filter for system calls from one descriptor, and describes the sandbox's process on the other.

    If root grades, no user namespace is made: the command gives up root's rights inside the sandbox and becomes a user
    that nobody else is. So the limit on processes holds, which it does not for root, and the sandbox's user owns none
    of the grader's files.
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
    # The scratch space comes first: the interpreter may be below it, in an environment made under /tmp.
    bubblewrap += ["--proc", "/proc", "--dev", "/dev"]
    for writable in (SCRATCH, "/dev/shm"):
        bubblewrap += ["--perms", "1777", "--size", str(limits.scratch_bytes), "--tmpfs", writable]
    # The folders above a mount, which bubblewrap itself would make for its own user only
    bubblewrap += [part for folder in _parents(targets) for part in ("--perms", "0755", "--dir", str(folder))]
    for path in readable:
        bubblewrap += ["--symlink", os.readlink(path), str(path)] if path.is_symlink() else _read_only(path)
    bubblewrap += ["--perms", "0777", "--dir", HOME, "--perms", "0777", "--dir", f"{SCRATCH}/matplotlib"]
    for cache in font_caches():
        bubblewrap += ["--ro-bind", str(cache), f"{SCRATCH}/matplotlib/{cache.name}"]
    for installed in _installed_copies():
        bubblewrap += ["--tmpfs", str(installed), "--remount-ro", str(installed)]
    bubblewrap += [*binds, "--remount-ro", "/dev", "--remount-ro", "/", "--unsetenv", "JPY_PARENT_PID"]
    # If the machine runs out of memory all the same, Linux ends this first.
    return [tools["choom"], "-n", "1000", "--", *bubblewrap, "--", *inside, "--", *command]


@functools.cache
def readable_paths() -> tuple[Path, ...]:
    """Return what the interpreter needs from this machine: itself, its packages, the system's libraries and fonts."""
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
    """Return all folders above some paths, the upper ones first; the scratch space itself is there already."""
    folders = {parent for path in paths for parent in path.parents}
    return sorted(folders - {Path("/"), Path(SCRATCH)})


def _installed_copies() -> Iterator[Path]:
    """Return the folders in which tinytorch itself is installed, with the solutions in it."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), site.getusersitepackages()}:
        if (Path(folder) / "tinytorch").is_dir():
            yield Path(folder) / "tinytorch"


def find_tool(name: str) -> str:
    """Return the path of a program that the sandbox is made with; its bare name if it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
    return found or name
