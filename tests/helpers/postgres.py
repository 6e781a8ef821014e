"""A PostgreSQL server of the tests' own: a new cluster in a temporary folder that is reached by a Unix socket only."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import sqlalchemy
from psycopg import sql

USER, PASSWORD = "grader", "pass:word/%@?"  # in a URL, what is special there is written with %
DEBIAN = Path("/usr/lib/postgresql")  # a folder for each version; its programs are not on PATH


def find_programs() -> Path | None:
    """Return the folder that holds initdb and pg_ctl; nothing where PostgreSQL is not installed."""
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass
class Server:
    """A cluster, its server running or not."""

    programs: Path
    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, as another user if this one is root, which it refuses to be."""
        other = {"user": _user().pw_uid, "group": _user().pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        command = [self.programs / program, "-D", self.folder / "data", *arguments]
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **other)
        assert result.returncode == 0, f"{program}: {result.stdout}{result.stderr}"

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

    def is_running(self) -> bool:
        """Whether the server runs."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def create(self, like: str = "") -> str:
        """Make a database, empty or a copy of the one with that URL, and give its URL."""
        name, template = f"gradebook{next(self._numbers)}", sqlalchemy.make_url(like).database if like else "template1"
        with self._connect("postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template))))
        return f"postgresql+psycopg://{USER}:{quote(PASSWORD, safe=':')}@/{name}?host={self.folder}"

    def rows(self, url: str) -> dict[str, list[tuple[object, ...]]]:
        """Return each table's rows, each with the number of the transaction that wrote it last."""
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        with self._connect(str(sqlalchemy.make_url(url).database)) as connection:
            return {
                name: sorted(
                    connection.execute(sql.SQL("SELECT xmin, * FROM {}").format(sql.Identifier(name))), key=repr
                )
                for (name,) in connection.execute(names)
            }

    def _connect(self, name: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection to a database, past nbgrader and SQLAlchemy."""
        return psycopg.connect(host=str(self.folder), user=USER, password=PASSWORD, dbname=name, autocommit=True)


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Run a new server until the end."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # short: a socket's path has at most 107 characters
        server = Server(programs, Path(name))
        server.make()
        server.start()
        try:
            yield server
        finally:
            if server.is_running():
                server.stop()


def _user() -> pwd.struct_passwd:
    """Return who runs the server if this user is root: Debian's package makes that one."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("there is no user that could run PostgreSQL")
