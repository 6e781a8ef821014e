"""JupyterLab as a person starts it, for a browser to look at."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import deque
from pathlib import Path

TOKEN = "letmein"
STOP_SECONDS = 30


class Jupyter:
    """A running server: `command` starts it in `folder`; the person's own settings and files are elsewhere."""

    def __init__(self, command: list[str], folder: Path, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        port = self.url.rpartition(":")[2]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        environment |= {"HOME": str(home), "IPYTHONDIR": str(home / "ipython")}
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
        self._process = subprocess.Popen(
            [*command, *options, f"--IdentityProvider.token={TOKEN}"],
            cwd=folder,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.log: deque[str] = deque(maxlen=2000)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line)
            if "is running at" in line:
                break
        else:
            raise AssertionError("JupyterLab did not start:\n" + "".join(self.log))
        threading.Thread(target=self.log.extend, args=[self._process.stderr], daemon=True).start()

    def lab(self, path: str = "") -> str:
        """Return the address of JupyterLab, with a file open and nothing of the last visit."""
        return f"{self.url}/lab{'/tree/' if path else ''}{path}?reset&token={TOKEN}"

    def end_kernels(self) -> None:
        """End what earlier tests left running."""
        for session in self._ask("GET", "/api/sessions"):
            self._ask("DELETE", f"/api/sessions/{session['id']}")

    def stop(self) -> None:
        """End the server and its kernels."""
        self._process.terminate()
        self._process.wait(STOP_SECONDS)

    def _ask(self, method: str, path: str):
        request = urllib.request.Request(self.url + path, method=method, headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request) as answer:
            content = answer.read()
        return json.loads(content) if content else None
