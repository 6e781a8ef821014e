"""A PostgreSQL server of the tests' own: a new cluster in a temporary folder that is reached by a Unix socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

USER, PASSWORD = "grader", "pass:word/%@?"  # in a URL, what is special there is written with %
DEBIAN = Path("/usr/lib/postgresql")  # a folder for each version; its programs are not on PATH


def find_programs() -> Path | None:
    """Give the folder that holds initdb and pg_ctl; nothing where PostgreSQL is not installed."""
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass
class Server:
    """A cluster, its server running or not."""

    programs: Path
    folder: Path

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, as another user if this one is root, which it refuses to be."""
        user = _user()
        log = self.folder / "log"
        result = subprocess.run(
            [self.programs / program, "-D", self.folder / "data", *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would stay open for as long as the server runs
            stderr=subprocess.DEVNULL,
            check=False,
            **({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}),
        )
        said = log.read_text(encoding="utf-8") if log.is_file() else ""
        assert result.returncode == 0, f"{program} {' '.join(arguments)}: {said}"

    def make(self) -> None:
        """Make the cluster; whoever connects needs the password."""
        password = self.folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        if os.getuid() == 0:
            for path in (self.folder, password):
                os.chown(path, _user().pw_uid, _user().pw_gid)
        self._run("initdb", "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "-N", "--locale=C")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", options)

    def stop(self) -> None:
        """Stop the server as if its machine had lost power."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def create(self, name: str, like: str = "template1") -> str:
        """Make a database, a copy of another, and give its URL."""
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        password = PASSWORD.replace("%", "%25").replace("@", "%40").replace("/", "%2F").replace("?", "%3F")
        return f"postgresql+psycopg://{USER}:{password}@/{name}?host={self.folder}"

    def connect(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        """Give a connection to a database, past nbgrader and SQLAlchemy."""
        return psycopg.connect(host=str(self.folder), user=USER, password=PASSWORD, dbname=name, autocommit=True)


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Give a new server that runs, until the end."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # short: a socket's path has at most 107 characters
        server = Server(programs, Path(name))
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _user() -> pwd.struct_passwd:
    """Give who runs the server if this user is root: Debian's package makes that one."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("there is no user that could run PostgreSQL")
