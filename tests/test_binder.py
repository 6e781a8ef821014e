"""What a visitor of Binder gets: JupyterLab on the student's bundle, where the module runs, and no solution."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from time import monotonic, sleep
from typing import Any

from jupyter_client.blocking import BlockingKernelClient

from tests.helpers.binder_image import BinderImage, commands_of, render_dockerfile
from tests.helpers.corpus import answers_of, read_corpus
from tests.helpers.leaks import bundle_secrets, leaks_below
from tests.helpers.repository import ROOT
from tinytorch.course.layout import Course

COURSE = Course(ROOT)
MODULE = COURSE.module("05")
NOTEBOOK = MODULE.released_path.relative_to(ROOT).as_posix()
TOKEN = "of-this-test"
# What is much longer than it takes, with every core busy
START_SECONDS = 300
CELL_SECONDS = 600
BETWEEN_QUESTIONS_SECONDS = 0.05


def test_binder_s_own_program_accepts_the_repository(image: BinderImage) -> None:
    assert commands_of(image.dockerfile)[1] == "./binder/postBuild"
    assert "python=3.11" in image.dockerfile
    assert 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in image.dockerfile
    assert (image.home / "binder" / "start").read_bytes() == (ROOT / "binder" / "start").read_bytes()


def test_what_a_visitor_finds_is_the_bundle_and_nothing_else(image: BinderImage) -> None:
    # settings of a shell and of Jupyter, and what pip leaves: it asks rustc for its version
    settings = {".bashrc", ".config", ".jupyter", ".local", ".rustup", "tinytorch.egg-info"}
    assert {path.name for path in image.home.iterdir()} - settings == {
        ".devcontainer",
        ".gitignore",
        ".released",
        "LICENSE",
        "README.md",
        "binder",
        "modules",
        "nbgrader_config.py",
        "pyproject.toml",
        "requirements.txt",
        "settings.ini",
        "tinytorch",
    }
    assert [path.name for path in image.home.rglob("__pycache__")] == []
    exported = {path.stem for path in (image.home / "tinytorch" / "core").glob("*.py")}
    assert exported == {"__init__", "tensor", "activations", "layers", "losses"}


def test_no_solution_and_no_hidden_test_is_in_it_or_installed(image: BinderImage) -> None:
    secrets = bundle_secrets(COURSE, MODULE)
    assert len(secrets) > 1500
    assert leaks_below(image.home, secrets) == {}
    assert leaks_below(image.installed, secrets) == {}
    names = {path.name for path in image.installed.iterdir()}
    assert any(name.endswith(".dist-info") for name in names)
    assert "tinytorch" not in names  # the package itself lies in the bundle


def test_post_build_touches_nothing_outside_binder(image: BinderImage, tmp_path: Path) -> None:
    (tmp_path / "work").write_text("of months", encoding="utf-8")
    command, path = ["bash", str(ROOT / "binder" / "postBuild")], image.venv.environment()["PATH"]
    ran = subprocess.run(command, cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "REPO_DIR" in ran.stderr
    assert (tmp_path / "work").is_file()


@contextmanager
def jupyter_lab(image: BinderImage, runtime: Path) -> Iterator[str]:
    """Start JupyterLab as Binder does, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # where it is taken in between, the server tries others
    command = [
        "bash",
        "binder/start",
        "jupyter",
        "lab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
    ]
    server = subprocess.Popen(
        [*command, f"--IdentityProvider.token={TOKEN}"],
        cwd=image.home,
        env=image.venv.environment(JUPYTER_RUNTIME_DIR=runtime),
        stderr=subprocess.PIPE,
        text=True,
    )
    addresses: Queue[str] = Queue()

    def listen() -> None:
        for line in server.stderr or ():
            if "http://127.0.0.1:" in line:
                addresses.put(line[line.index("http://127.0.0.1:") :].partition("/lab")[0])

    threading.Thread(target=listen, daemon=True).start()
    try:
        address = addresses.get(timeout=START_SECONDS)
        wait_until_it_listens(int(address.rpartition(":")[2]))  # it names its address a moment before
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_until_it_listens(port: int) -> None:
    until = monotonic() + START_SECONDS
    while monotonic() < until:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        sleep(BETWEEN_QUESTIONS_SECONDS)  # asking without a pause takes the processor from what is waited for


def ask(address: str, content: dict[str, object] | None = None) -> bytes:
    """Ask the server, with JSON where there is something to say."""
    body = json.dumps(content).encode() if content else None
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as answer:
        return answer.read()


def test_in_its_jupyterlab_the_module_runs(image: BinderImage, tmp_path: Path) -> None:
    image.venv.install(
        "--no-deps", "--no-build-isolation", "-e", ".", cwd=image.home
    )  # another test's may be installed
    answers = answers_of(read_corpus(MODULE, ["correct_reference"])[0].notebook)
    shown: list[str] = []

    def note(message: dict[str, Any]) -> None:
        shown.append(message["content"].get("data", {}).get("text/html", ""))

    with jupyter_lab(image, tmp_path) as address:
        assert b"<title>JupyterLab</title>" in ask(f"{address}/lab/tree/{NOTEBOOK}")
        cells = json.loads(ask(f"{address}/api/contents/{NOTEBOOK}"))["content"]["cells"]
        wanted = {"path": NOTEBOOK, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        session = json.loads(ask(f"{address}/api/sessions", wanted))
        client = BlockingKernelClient()
        client.load_connection_file(str(tmp_path / f"kernel-{session['kernel']['id']}.json"))
        client.start_channels(hb=False)  # a heartbeat that is late on a busy machine would count as a dead kernel
        client.wait_for_ready(timeout=START_SECONDS)
        try:
            for cell in cells:
                source = answers.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""), cell["source"])
                if cell["cell_type"] == "code":
                    reply = client.execute_interactive(source, timeout=CELL_SECONDS, output_hook=note)
                    assert reply["content"]["status"] == "ok", (source, reply["content"])
        finally:
            client.stop_channels()
    assert sum("<img" in output for output in shown) >= 5


def test_binder_s_own_program_accepts_a_published_bundle(image: BinderImage, tmp_path: Path) -> None:
    for name in ("binder/requirements.txt", "binder/runtime.txt", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((image.home / name).read_bytes())
    dockerfile = render_dockerfile(tmp_path)
    assert 'pip install --no-cache-dir -r "binder/requirements.txt"' in dockerfile
    assert "python=3.11" in dockerfile
