"""The fork server: a process that has imported what notebooks import, and forks a kernel into a sandbox when asked.

A kernel takes most of a second to start Python and to import NumPy and matplotlib; a forked copy of a process that has
done so takes no time. Each copy enters the namespaces of a sandbox that bubblewrap has made, gives up every right, and
only then becomes a kernel. This file runs as a script, outside of any sandbox, so it must hold nothing that a
submission may not see: it starts with an empty environment, imports third-party packages only, and never sees a
notebook. It has one thread when it forks. Reference: Linux's `setns(2)`, `prctl(2)` and `capabilities(7)`.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import json
import os
import random
import resource
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NoReturn

# The namespaces that bubblewrap makes for each sandbox: their names in /proc, and their flags in Linux's headers
NAMESPACES = {
    "user": 0x1000_0000,
    "mnt": 0x0002_0000,
    "uts": 0x0400_0000,
    "ipc": 0x0800_0000,
    "net": 0x4000_0000,
    "cgroup": 0x0200_0000,
    "pid": 0x2000_0000,
}
SET_NAME, SET_DUMPABLE, SET_SECCOMP, DROP_FROM_BOUNDING_SET, SET_NO_NEW_PRIVILEGES, AMBIENT, CLEAR_ALL = (
    15,
    4,
    22,
    24,
    38,
    47,
    4,
)
SECCOMP_FILTER = 2
CAPABILITY_VERSION = 0x2008_0522
LAST_CAPABILITY = 63
MOST_REQUEST_BYTES = 65_536
HERE = Path(__file__).resolve().parent
LEFT_SECONDS, LOOK_SECONDS = 2.0, 0.1  # for which a killed grader's sandboxes may still be begun; between two looks


def serve(requests: socket.socket, run_folder: str, modules: list[str]) -> None:
    """Make a kernel, import `modules`, send a message when that is done, and fork for each request until none can come.

    A request comes with four descriptors: the sandbox's process, where to answer, and the kernel's connection and bell.
    None can come any more when the grader and its workers were killed: then the sandboxes that they left in
    `run_folder`, if there is one, are ended.
    """
    gc.disable()  # while what stays is imported
    sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")]
    patches = _load(HERE.parents[1] / "patches.py")
    patches.hash_cells_in_c()
    patches.share_lexer_tables()
    with patches.without_debugger():
        kernel = _load(HERE / "pipe_kernel.py").PipeKernel()
    _load(HERE / "no_commands.py").load_ipython_extension(kernel.shell)
    for name in ["IPython.core.completer", *modules]:
        with suppress(ImportError):  # a notebook that imports it will get the error
            importlib.import_module(name)
    kernel.warm_up()
    if len(os.listdir("/proc/self/task")) != 1:
        sys.exit("the fork server has more than one thread")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies here
    gc.collect()
    gc.freeze()
    gc.enable()
    requests.send(json.dumps(kernel.language_info).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, MOST_REQUEST_BYTES, 4)
        if not message:
            if run_folder:
                _end_sandboxes(f"{run_folder}/".encode())
            return
        if os.fork() == 0:
            requests.close()
            _send_kernel(kernel, json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _end_sandboxes(below: bytes) -> None:
    """End the sandboxes with a path below a folder, also those that are begun meanwhile.

    Those that were ready end with the grader. But bubblewrap 0.8.0 makes a process, which waits for a word from it, and
    if bubblewrap is killed before it gives that word, the process waits for ever.
    """
    ends = monotonic() + LEFT_SECONDS
    while monotonic() < ends:
        for process in filter(str.isdecimal, os.listdir("/proc")):
            with suppress(OSError):  # it has ended, or is somebody else's
                program, *words = Path("/proc", process, "cmdline").read_bytes().split(b"\0")
                if os.path.basename(program) == b"bwrap" and any(word.startswith(below) for word in words):
                    os.kill(int(process), signal.SIGKILL)
        sleep(LOOK_SECONDS)


def _load(path: Path) -> Any:
    """Load a file as a module, without making its folder one that imports are looked for in."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _send_kernel(kernel: Any, request: dict[str, Any], sandbox: int, reply: int, *line: int) -> NoReturn:
    """Enter the sandbox and leave a kernel there, whose parent is then the sandbox's own first process.

    The answer is a descriptor of the kernel's process, or the reason why there is none.
    """
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with open("/proc/self/oom_score_adj", "w", encoding="utf-8") as file:
            file.write("1000")
        _enter(sandbox, request["pid"])
        os.close(sandbox)
        if os.fork() == 0:  # only a new process is in the sandbox's pid namespace
            process = os.fork()
            if process == 0:
                os.close(reply)
                _become_kernel(kernel, request, line)
            with socket.socket(fileno=reply) as answer:
                socket.send_fds(answer, [b"1"], [os.pidfd_open(process)])
        else:
            os.wait()
    except BaseException as error:
        os.write(reply, f"0{error}".encode())
    finally:
        os._exit(0)


def _enter(sandbox: int, pid: int) -> None:
    """Enter all namespaces of the sandbox in which this process is not yet."""
    flags = 0
    for name, flag in NAMESPACES.items():
        with suppress(FileNotFoundError):
            if os.readlink(f"/proc/self/ns/{name}") != os.readlink(f"/proc/{pid}/ns/{name}"):
                flags |= flag
    missing = [name for name in ("mnt", "uts", "ipc", "net", "pid") if not flags & NAMESPACES[name]]
    if missing:
        raise OSError(f"the sandbox has no {' and no '.join(missing)} namespace of its own")
    _call("setns", sandbox, flags)


def _become_kernel(kernel: Any, request: dict[str, Any], line: tuple[int, ...]) -> NoReturn:
    """Give up all rights that the sandbox's own processes don't have, and be a kernel until the end."""
    try:
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        for number, descriptor in enumerate(map(os.dup, line), 3):
            os.dup2(descriptor, number)
        os.closerange(5, 4096)
        os.chdir(request["folder"])
        for limit, value in request["limits"].items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{limit.upper()}"), (value, value))
        _give_up_rights(request["user"], bytes.fromhex(request["filter"]))
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.path[:0] = request["environment"]["PYTHONPATH"].split(os.pathsep)
        sys.path_importer_cache.clear()
        random.seed()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        kernel.serve(3, 4)
    finally:
        os._exit(1)


def _give_up_rights(user: int | None, seccomp_filter: bytes) -> None:
    """Become that user if this is root, without a capability and without a way to get one."""
    for capability in range(LAST_CAPABILITY + 1):
        with suppress(OSError):  # this Linux has fewer
            _call("prctl", DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _call("prctl", AMBIENT, CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    _call("prctl", SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    name = ctypes.create_string_buffer(b"python")
    _call("prctl", SET_NAME, ctypes.addressof(name), 0, 0, 0)
    _call("prctl", SET_DUMPABLE, 1, 0, 0, 0)  # as for any program that is started: it may read its own files in /proc
    if seccomp_filter:
        program = ctypes.create_string_buffer(seccomp_filter, len(seccomp_filter))
        described = ctypes.create_string_buffer(struct.pack("@HP", len(seccomp_filter) // 8, ctypes.addressof(program)))
        _call("prctl", SET_SECCOMP, SECCOMP_FILTER, ctypes.addressof(described), 0, 0)


_libc = ctypes.CDLL(None, use_errno=True)
_libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


def _call(name: str, *arguments: Any) -> None:
    """Call a function of the C library; raise `OSError` if it fails."""
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2], sys.argv[3:])
