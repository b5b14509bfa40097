"""One database behind a thread of its own: SQLite in a file by default, PostgreSQL by URL.

Work is a function of a connection, and is one transaction: all of it is kept, or none. A caller
that is cancelled while it waits does not stop the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, func, inspect, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, SQLAlchemyError

from keeper.errors import StoreError, WrongStore
from keeper.store.schema import identity as identity_table
from keeper.types import Identity

T = TypeVar("T")

MEMORY = "memory"  # instead of a file: forgotten at the end
_MIGRATING = 0x7461736B  # PostgreSQL's lock for whoever changes the schema
_ALONE = Lock()  # Alembic knows one migration at a time in a process
_BUSY_S = 10.0  # how long SQLite waits for another process


class Store:
    """The open store of one keeper."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._thread = thread

    @classmethod
    async def open(cls, place: str, about: Identity | None = None) -> Store:
        """Open the store at a file or URL, bring its schema up to date, check what it is about.

        Without `about` the store must exist already: for reading only.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        loop = asyncio.get_running_loop()
        try:
            with opening_errors():
                engine = await loop.run_in_executor(thread, _open, place, about)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(engine, thread)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work that changes the store; when this returns, it is on disk."""
        return await self._run(work, "IMMEDIATE")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only looks."""
        return await self._run(work, "DEFERRED")

    async def probe(self) -> None:
        """Write what is there already; raises `StoreError` when that does not reach the disk."""
        same = identity_table.update().values(value=identity_table.c.value)
        await self.write(lambda db: db.execute(same))

    async def close(self) -> None:
        """Wait for the work that is under way, and close."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    async def _run(self, work: Callable[[Connection], T], begin: str) -> T:
        loop = asyncio.get_running_loop()
        with store_errors():
            return await loop.run_in_executor(self._thread, _transact, self._engine, work, begin)


def as_url(place: str) -> str:
    """SQLAlchemy's name for a file, a URL or the memory."""
    if place == MEMORY:
        return "sqlite://"
    for prefix in ("postgresql://", "postgres://"):
        if place.startswith(prefix):
            return f"postgresql+psycopg://{place.removeprefix(prefix)}"
    return place if "://" in place else f"sqlite:///{Path(place).expanduser()}"


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn any trouble with the database into `StoreError`; its parameters stay out of it."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or type(error).__name__
        raise StoreError(f"the store cannot be used: {_first_line(cause)}") from None
    except OSError as error:
        raise StoreError(f"the store cannot be used: {error.strerror or error}") from None


@contextmanager
def opening_errors() -> Iterator[None]:
    """Tell a store that is none from one that is away."""
    try:
        yield
    except CommandError as error:
        raise WrongStore(f"--store is of another version: {_first_line(error)}") from None
    except OperationalError as error:
        raise StoreError(f"--store cannot be opened: {_first_line(error.orig)}") from None
    except DatabaseError as error:
        said = _first_line(error.orig)
        raise WrongStore(f"--store is damaged or no store ({said}): move it away") from None


def _transact(engine: Engine, work: Callable[[Connection], T], begin: str) -> T:
    chosen = engine.execution_options(keeper_begin=begin)
    with chosen.begin() as connection:
        return work(connection)


def _open(place: str, about: Identity | None) -> Engine:
    try:
        engine = _connect(as_url(place), must_exist=about is None)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise WrongStore(f"--store cannot be opened: {_first_line(error)}") from None
    try:
        _transact(engine, lambda db: _prepare(db, about), "IMMEDIATE")
    except BaseException:
        engine.dispose()
        raise
    return engine


def _prepare(connection: Connection, about: Identity | None) -> None:
    if about is not None:
        if connection.dialect.name == "postgresql":  # two keepers that start at once
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        migrate(connection)
        _check(connection, about)
    elif not inspect(connection).has_table("identity"):
        raise WrongStore("there is no keeper's store here: correct --store, or run the keeper")


def _connect(url: str, *, must_exist: bool) -> Engine:
    if not url.startswith("sqlite:"):
        return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    file = Path(url.removeprefix("sqlite:///"))
    if url != "sqlite://":
        if must_exist and not file.exists():
            raise WrongStore(f"there is no store at {file}: correct --store, or run the keeper")
        with store_errors():
            file.parent.mkdir(parents=True, exist_ok=True)
    arguments = {"timeout": _BUSY_S, "check_same_thread": False}
    engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins instead
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("keeper_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {begin}")


def migrate(connection: Connection) -> None:
    """Bring the schema up to date."""
    config = Config()
    config.set_main_option("script_location", "keeper.store:migrations")
    config.attributes["connection"] = connection
    with _ALONE:
        command.upgrade(config, "head")


def _check(connection: Connection, about: Identity) -> None:
    wanted = {name: str(value) for name, value in asdict(about).items()}
    found = {row.name: row.value for row in connection.execute(select(identity_table))}
    if not found:
        connection.execute(identity_table.insert(), [
            {"name": name, "value": value} for name, value in wanted.items()
        ])  # fmt: skip
    elif found != wanted:
        wrong = next(name for name in wanted if found.get(name) != wanted[name])
        raise WrongStore(
            f"the store is about {wrong} {found.get(wrong)}, not {wanted[wrong]}: "
            "give another --store"
        )


def _first_line(error: object) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0]
