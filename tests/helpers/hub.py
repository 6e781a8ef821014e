"""A JupyterHub on this machine as docs/jupyterhub.md sets it up, with accounts of its own, and all gone at the end.

The page's commands and files are what runs here: only names, places and ports are replaced. What its pip
would install is not fetched anew: an environment is made of links to the packages that run this test, without the
course's own.
"""

from __future__ import annotations

import contextlib
import grp
import http.cookiejar
import json
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from queue import Empty, Queue
from time import monotonic, sleep
from typing import Any

import psutil
import websocket

from tests.helpers.orphans import adopting_orphans, descendants, left_running
from tests.helpers.repository import ROOT

PAGE = (ROOT / "docs" / "jupyterhub.md").read_text(encoding="utf-8")
PROXY = ROOT / "build" / "proxy"  # kept between runs: npm fetches it once
ACCOUNTS, GROUPS = ("tt-course", "pat", "ada", "bob"), ("tt-students", "tt-graders")
PASSWORD = "of this test"
SECONDS = 400.0  # much more than anything here takes
BETWEEN_QUESTIONS_SECONDS = 0.05
INSTALLED_ELSEWHERE = re.compile(r"^(pip|python3|git|make|npm) |/pip |^\.venv/bin/pip ")
# What none of the servers needs, and takes long to link
NOT_LINKED = re.compile(r"(torch|playwright|sympy|mypy|sphinx|networkx)")


def everybodys_python() -> str | None:
    """Return an interpreter of this version that every user may run, and None if there is none."""
    candidates = [os.path.realpath(sys.executable), *_with_this_version()]
    return next((path for path in candidates if _reachable(Path(path))), None)


def _with_this_version() -> list[str]:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [path for folder in ("/usr/bin", "/usr/local/bin") if (path := shutil.which(name, path=folder))]


def _reachable(path: Path) -> bool:
    """Whether every user may read a file: all folders above it let them through."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


class Person:
    """Somebody who logged in on the hub's page, with a token of their own, in their server or in the graders'."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

        def xsrf() -> str:
            return next(cookie.value or "" for cookie in jar if cookie.name == "_xsrf" and cookie.path == "/hub/")

        browser.open(f"{hub.address}/hub/login", timeout=SECONDS).close()
        form = urllib.parse.urlencode({"username": name, "password": PASSWORD, "_xsrf": xsrf()}).encode()
        # It leads to the person's own server, which is started: the answer is a page that waits for that.
        browser.open(f"{hub.address}/hub/login?next=/hub/home", form, timeout=SECONDS).close()
        url = f"{hub.address}/hub/api/users/{name}/tokens?_xsrf={xsrf()}"
        request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"})
        with browser.open(request, timeout=SECONDS) as answer:
            self.token = json.load(answer)["token"]

    def start_server(self) -> None:
        """Start the person's own server, and wait until it is ready."""
        with contextlib.closing(self.open("POST", f"/hub/api/users/{self.name}/server")):
            pass
        with self.open("GET", f"/hub/api/users/{self.name}/server/progress") as events:
            for line in events:
                if line.startswith(b"data:"):
                    event = json.loads(line.removeprefix(b"data:"))
                    if event.get("ready"):
                        return
                    assert not event.get("failed"), event
        raise AssertionError(f"the server of {self.name} did not start:\n{self.hub.log()}")

    def open(self, method: str, path: str, content: object = None) -> Any:
        """Ask the hub or a server, with JSON where there is something to say."""
        body = None if content is None else json.dumps(content).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        address = self.hub.address + urllib.parse.quote(path, safe="/?=&")
        request = urllib.request.Request(address, body, headers, method=method)
        return urllib.request.urlopen(request, timeout=SECONDS)

    def ask(self, method: str, path: str, content: object = None) -> Any:
        """Return the JSON that is answered."""
        with self.open(method, path, content) as answer:
            return json.load(answer)

    def refused(self, path: str) -> int:
        """Return the number of the error that is answered."""
        try:
            self.open("GET", path).close()
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    def run(self, command: str, server: str = "") -> tuple[int, str]:
        """Run a command in a terminal of the person's own server, or of another one; give its exit code and output."""
        base = server or f"/user/{self.name}"
        name = self.ask("POST", f"{base}/api/terminals", {})["name"]
        address = f"ws{self.hub.address.removeprefix('http')}{base}/terminals/websocket/{name}"
        terminal = websocket.create_connection(address, SECONDS, header=[f"Authorization: token {self.token}"])
        try:
            # The terminal shows what is typed, in which the marks are not yet whole.
            typed = f'stty -echo; PS1=; echo "<be""gin>"; {command}; echo "<end $?>"\r'
            terminal.send(json.dumps(["stdin", typed]))
            output = ""
            while not (end := re.search(r"<end (\d+)>", output)):
                kind, *rest = json.loads(terminal.recv())
                output += rest[0] if kind == "stdout" else ""
            return int(end[1]), output[: end.start()].rpartition("<begin>")[2].replace("\r\n", "\n")
        finally:
            terminal.close()


class Hub:
    """The machine that the page sets up."""

    def __init__(self, place: Path, python: str) -> None:
        self.place, self.python = place, python
        self.course, self.students, self.exchange = place / "course", place / "students", place / "exchange"
        own = f"tt{secrets.token_hex(3)}"
        self.names = {name: f"{own}-{name.removeprefix('tt-')}" for name in ACCOUNTS + GROUPS}
        self.lines: list[str] = []
        self.address = ""
        self._process: subprocess.Popen[str] | None = None

    def own(self, text: str) -> str:
        """Return a text of the page with the names and places of this machine, about the small course's assignment."""
        text = re.sub(rf"(?<![\w-])({'|'.join(self.names)})(?![\w-])", lambda found: self.names[found[1]], text)
        text = text.replace("/srv/tinytorch", str(self.place)).replace("05_dataloader", "02_tiny")
        return text.replace("bundle 05", "bundle 02")

    def file(self, first: str) -> str:
        """Return the page's file that names itself with `first`."""
        (found,) = [block for _, block in blocks() if first in block]
        return self.own(found)

    def do(self, containing: str, user: str = "root", cwd: Path = Path("/")) -> None:
        """Run the page's block of commands with that line, but for those that install packages or clone."""
        (found,) = [block for language, block in blocks() if language == "sh" and containing in block]
        wanted = [line for line in self.own(found).splitlines() if not INSTALLED_ELSEWHERE.search(line)]
        home = pwd.getpwnam(user).pw_dir
        ran = subprocess.run(
            ["bash", "-ec", "\n".join(wanted)],
            cwd=cwd,
            user=user,
            group=pwd.getpwnam(user).pw_gid,
            extra_groups=[],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{wanted}\n{ran.stdout}{ran.stderr}"

    def set_passwords(self) -> None:
        """Give each account that logs in the password of this test."""
        lines = "".join(f"{self.names[name]}:{PASSWORD}\n" for name in ("pat", "ada", "bob"))
        subprocess.run(["chpasswd"], input=lines, text=True, check=True)

    def make_environment(self, folder: Path, package: Path) -> None:
        """Make an environment of the packages that run this test; `package` is what `pip install -e .` would add."""
        purelib = next(Path(sys.prefix).glob("lib/python3*/site-packages"))
        inside = folder / "lib" / purelib.parent.name / "site-packages"
        for source, target in ((purelib, inside), (Path(sys.prefix) / "share", folder / "share")):
            shutil.copytree(source, target, copy_function=_link, ignore=_left_out)
        shutil.copytree(Path(sys.prefix) / "etc", folder / "etc")
        (inside / "course.pth").write_text(f"{package}\n", encoding="utf-8")
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        home = Path(self.python).parent
        settings = f"home = {home}\ninclude-system-site-packages = false\nversion = {version}\n"
        (folder / "pyvenv.cfg").write_text(settings, encoding="utf-8")
        programs = folder / "bin"
        programs.mkdir()
        for name in ("python", "python3"):
            (programs / name).symlink_to(self.python)
        found = [each for each in metadata.distributions(path=[str(inside)]) for each in each.entry_points]
        scripts = {each.name: each.value for each in found if each.group == "console_scripts"}
        for name, value in {**scripts, "tito": "tinytorch.course.start:main"}.items():
            module, _, function = value.partition(":")
            text = f"#!{programs}/python\nimport sys\nfrom {module} import {function}\nsys.exit({function}())\n"
            (programs / name).write_text(text, encoding="utf-8")
            (programs / name).chmod(0o755)

    def start(self) -> None:
        """Start the hub, and wait until it and the graders' server answer."""
        folder = self.place / "hub"
        shutil.copytree(PROXY / "node_modules", folder / "node_modules", symlinks=True, dirs_exist_ok=True)
        ports = free_ports(4)
        more = f"""
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.JupyterHub.services[0]["url"] = "http://127.0.0.1:{ports[3]}"
"""
        text = self.file("/hub/jupyterhub_config.py")
        (folder / "jupyterhub_config.py").write_text(text + more, encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub"],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        told: Queue[bool] = Queue()

        def listen() -> None:
            assert self._process is not None
            assert self._process.stdout is not None
            for line in self._process.stdout:
                self.lines.append(line)
                if "JupyterHub is now running" in line:
                    told.put(True)
            told.put(False)

        threading.Thread(target=listen, daemon=True).start()
        try:
            ready = told.get(timeout=SECONDS)
        except Empty:
            ready = False
        assert ready, f"the hub did not start:\n{self.log()}"
        self.address = f"http://127.0.0.1:{ports[0]}"
        until(lambda: listens(ports[3]), lambda: f"the graders' server did not start:\n{self.log()}")

    def log(self) -> str:
        """Return the end of what the hub and its servers said."""
        return "".join(self.lines[-60:])

    def stop(self) -> None:
        """Stop the hub, which stops its proxy and all servers."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(SECONDS)


def blocks() -> list[tuple[str, str]]:
    """Return the language and the text of each block of code in the page."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@contextmanager
def machine(python: str) -> Iterator[Hub]:
    """Make the page's accounts and folders; in the end nothing is left of them and of the hub, whatever happened."""
    place = Path(tempfile.mkdtemp(prefix="hub-"))
    place.chmod(0o755)
    hub = Hub(place, python)
    with adopting_orphans():
        known = descendants()
        try:
            hub.do("groupadd")
            hub.set_passwords()
            yield hub
        finally:
            hub.stop()
            end_processes_of(hub)
            left = left_running(known)
            for process in descendants() - known:
                process.kill()
            remove(hub)
            shutil.rmtree(place)
    assert left == []


def set_up(hub: Hub, small_course: Path) -> None:
    """Do steps 2 and 3 of the page."""
    owner = pwd.getpwnam(hub.names["tt-course"])
    shutil.copytree(small_course, hub.course, dirs_exist_ok=True)
    with (hub.course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(hub.file("c.Exchange.root"))
    for path in [hub.course, *hub.course.rglob("*")]:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    hub.course.chmod(0o700)
    hub.make_environment(hub.course / ".venv", hub.course)
    hub.do("release_assignment", user=hub.names["tt-course"], cwd=hub.course)
    hub.do("chown -R")
    hub.make_environment(hub.students / ".venv", hub.students / "bundle")
    start = hub.students / "start"
    start.write_text(hub.file("/students/start: runs"), encoding="utf-8")
    start.chmod(0o755)


def end_processes_of(hub: Hub) -> None:
    """End what the accounts of this test still run, by its number: nobody else uses them."""
    users = {pwd.getpwnam(name).pw_uid for name in hub.names.values() if _is_user(name)}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.uids().real in users:
                process.kill()


def remove(hub: Hub) -> None:
    """Remove the accounts with their folders, and the groups."""
    for name in [name for name in hub.names.values() if _is_user(name)]:
        subprocess.run(["userdel", "--remove", name], capture_output=True, check=False)
    for name in [name for name in hub.names.values() if _is_group(name)]:
        subprocess.run(["groupdel", name], capture_output=True, check=False)


def left_of(hub: Hub) -> list[str]:
    """Return what is still there of the accounts, their folders, the groups and the hub's folder."""
    names = [name for name in hub.names.values() if _is_user(name) or _is_group(name) or Path("/home", name).exists()]
    return names + ([str(hub.place)] if hub.place.exists() else [])


def _is_user(name: str) -> bool:
    return name in {each.pw_name for each in pwd.getpwall()}


def _is_group(name: str) -> bool:
    return name in {each.gr_name for each in grp.getgrall()}


def _link(source: str, target: str) -> None:
    """Make a file another name of one on the same disk, or a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Return what an environment made here goes without: the course's own package, and what is large."""
    return {name for name in names if "tinytorch" in name or NOT_LINKED.match(name)}


def fetch_proxy() -> str:
    """Have npm fetch the proxy in the page's version, unless it is there; return what hindered it."""
    (wanted,) = set(re.findall(r"configurable-http-proxy@[\d.]+", PAGE))
    package = PROXY / "node_modules" / "configurable-http-proxy" / "package.json"
    if package.is_file() and json.loads(package.read_text(encoding="utf-8"))["version"] == wanted.partition("@")[2]:
        return ""
    PROXY.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(PROXY), wanted]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.stderr[-300:] if ran.returncode else ""


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def listens(port: int) -> bool:
    """Whether somebody listens on a port of the loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), SECONDS).close()
    except ConnectionRefusedError:
        return False
    return True


def until(true: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    """Ask until the answer is yes; if it never is, fail with what `otherwise` says then."""
    ends = monotonic() + SECONDS
    while not true():
        assert monotonic() < ends, otherwise()
        sleep(BETWEEN_QUESTIONS_SECONDS)  # asking without a pause takes the processor from what is waited for
