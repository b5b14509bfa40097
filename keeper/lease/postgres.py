"""A lease that is an advisory lock of a PostgreSQL session: who loses the session loses the lease.

The session must be one's own from end to end: behind a pooler that hands a connection to one
transaction after another, `check` finds the lock gone and nothing is sent.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import psycopg
import structlog

from keeper.errors import LeaseLost
from keeper.lease.waiting import acquire_by_trying
from taskwork.chain.types import Address
from taskwork.errors import ConfigError

log = structlog.get_logger()

_WORD = 2**32
_SILENCE_S = 10  # how long either side may hear nothing before it gives the connection up
_KEEPALIVES = {
    "keepalives_idle": _SILENCE_S // 2,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": _SILENCE_S * 1000,
}
# A holder whose machine is gone says no goodbye: the server shall notice as soon as we would.
_SESSION = (
    "-c idle_session_timeout=0 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2"
    f" -c tcp_keepalives_count=3 -c tcp_user_timeout={_SILENCE_S}s"
)
_OF_KEY = """
FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1
AND classid::bigint = %s AND objid::bigint = %s AND pg_database.datname = current_database()
"""


def lease_key(chain_id: int, executor: Address) -> int:
    """The number under which keepers with one key on one chain meet."""
    name = f"taskwork keeper {chain_id} {executor.lower()}"
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


class PostgresLease:
    """For keepers on several machines that share a database."""

    def __init__(self, url: str, key: int, *, retry_s: float = 1.0, timeout_s: float = 5.0) -> None:
        self._url = url
        self._key = key
        self._words = divmod(key % 2**64, _WORD)  # as pg_locks shows the key
        self._retry_s = retry_s
        self._timeout_s = timeout_s
        self._session: psycopg.AsyncConnection[Any] | None = None

    def __repr__(self) -> str:
        return f"PostgresLease({self._key})"

    async def acquire(self, stop: asyncio.Event) -> bool:
        """Wait for the lease; False when `stop` was set before it came."""
        where = f"advisory lock {self._key}"
        return await acquire_by_trying(self._try_or_say_why, stop, self._retry_s, where)

    async def try_acquire(self) -> bool:
        """Take the lease if nobody has it. Raises `LeaseLost` when the database is away."""
        async with self._losing_what_fails():
            if self._session is None:
                self._session = await self._connect()
            return bool(await self._ask("SELECT pg_try_advisory_lock(%s)", self._key))

    async def check(self) -> None:
        """Ask the database whether this very session holds the lock."""
        async with self._losing_what_fails():
            mine = f"SELECT count(*) {_OF_KEY} AND pid = pg_backend_pid()"
            is_held = await self._ask(mine, *self._words)
        if not is_held:
            await self.release()
            raise LeaseLost("the database's lock is not this session's")

    async def release(self) -> None:
        """Let another keeper have it: the lock ends with the session."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def holder(self) -> str | None:
        """What the holder's session is called; None while nobody holds it."""
        async with self._losing_what_fails():
            if self._session is None:
                self._session = await self._connect()
            found = await self._ask(f"SELECT application_name {_OF_KEY}", *self._words)
        return None if found is None else str(found) or "another session"

    async def _try_or_say_why(self) -> bool:
        try:
            return await self.try_acquire()
        except LeaseLost as error:
            log.warning("lease_unreachable", reason=str(error))
            return False

    @asynccontextmanager
    async def _losing_what_fails(self) -> AsyncIterator[None]:
        try:
            yield
        except (psycopg.Error, TimeoutError, OSError) as error:
            await self.release()
            # The error's own text says whom and what was connected to.
            raise LeaseLost(f"the database does not answer ({type(error).__name__})") from None

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        async with asyncio.timeout(self._timeout_s):
            return await psycopg.AsyncConnection.connect(_address(self._url), autocommit=True)

    async def _ask(self, query: str, *values: int) -> object:
        """The first column of the first row; None without a session or a row."""
        if self._session is None:
            return None
        async with asyncio.timeout(self._timeout_s):
            found = await self._session.execute(query.encode(), values)
            row = await found.fetchone()
        return row[0] if row else None


def _address(url: str) -> str:
    name = f"keeper {os.getpid()} on {socket.gethostname()}"
    try:
        return psycopg.conninfo.make_conninfo(
            url, options=_SESSION, application_name=name, **_KEEPALIVES
        )
    except psycopg.ProgrammingError:
        raise ConfigError("the lease's URL is none of PostgreSQL") from None
