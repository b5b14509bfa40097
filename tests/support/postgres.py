"""A PostgreSQL server of the tests' own: fresh, on a free port, gone at the end.

Where PostgreSQL is not installed, the tests that ask for one are skipped, and say why.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conftest import find_program
from taskwork.devnet.processes import free_port

USER = "keeper"
PASSWORD = "pg-pass-0123456789"
SERVICE_USER = "postgres"  # the server refuses to be run by root


@dataclass
class Postgres:
    """A server; `create_database` gives each test one of its own."""

    programs: Path
    folder: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str) -> str:
        """Run a statement as the operator, and return what it prints."""
        address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", "postgres")
        return self._run("psql", *address, "-qtAX", "-v", "ON_ERROR_STOP=1", "-c", statement)

    def drop_connections(self) -> int:
        """End every other session, as a restart or a broken network does; how many there were."""
        others = "datname IS NOT NULL AND pid <> pg_backend_pid()"
        told = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}"
        return int(self.sql(told))

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        log = self.folder / "log"
        self._control("-w", "-l", str(log), "-o", f"{options} -c fsync=off", "start")

    def stop(self) -> None:
        self._control("-w", "-m", "immediate", "stop")

    def create_cluster(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        given = ("-U", USER, f"--pwfile={password}", "--auth=scram-sha-256", "--no-sync")
        self._run("initdb", "-D", str(self.folder / "data"), *given)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [*as_service_user(), str(self.programs / program), *arguments],
            cwd=self.folder,
            env={**os.environ, "PGPASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stderr or done.stdout}"
        return done.stdout.strip()


def as_service_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={SERVICE_USER}", f"--regid={SERVICE_USER}", "--init-groups"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server, for the whole session."""
    initdb = find_program("initdb")
    if initdb is None:
        pytest.skip("needs PostgreSQL, which is not installed")
    # Not in pytest's folder, which is closed to the service's user.
    folder = Path(tempfile.mkdtemp(prefix="taskwork-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVICE_USER, SERVICE_USER)
    server = Postgres(Path(initdb).resolve().parent, folder, free_port())
    try:
        server.create_cluster()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)
