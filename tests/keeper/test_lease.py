"""The lease: one of several processes has it, and the next gets it however the first ends."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from keeper.errors import LeaseLost
from keeper.lease import FileLease, PostgresLease, choose_lease, lease_key
from keeper.settings import Settings
from taskwork.chain.types import Address
from taskwork.devnet.processes import free_port
from taskwork.errors import ConfigError
from tests.support.lease_holder import KEY
from tests.support.postgres import PASSWORD, Postgres

ROOT = Path(__file__).parents[2]
ALICE = Address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
BOB = Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
PATIENCE_S = 30


@asynccontextmanager
async def holder(kind: str, where: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that wants the lease."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.lease_holder", kind, where),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def say(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    while line := await asyncio.wait_for(process.stdout.readline(), PATIENCE_S):
        if (word := line.decode().strip()) in {"waiting", "held", "lost"}:
            return word
    return "gone"


async def hands_over(kind: str, where: str) -> None:
    async with holder(kind, where) as first, holder(kind, where) as second:
        leader, follower = await leading(first, second)
        leader.kill()
        assert await say(follower) == "held"


async def leading(
    first: asyncio.subprocess.Process, second: asyncio.subprocess.Process
) -> tuple[asyncio.subprocess.Process, asyncio.subprocess.Process]:
    """Which of two leads; the other keeps waiting for a while that is long to a computer."""
    assert [await say(first), await say(second)] == ["waiting", "waiting"]
    said = {one: asyncio.create_task(say(one)) for one in (first, second)}
    done, waiting = await asyncio.wait(said.values(), return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done] == ["held"]
    assert not (await asyncio.wait(waiting, timeout=0.5))[0]
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    return (first, second) if said[first] in done else (second, first)


@pytest.mark.integration
async def test_file_lease__leader_killed__goes_to_the_other_process(tmp_path: Path) -> None:
    await hands_over("file", str(tmp_path / "keeper.lease"))


@pytest.mark.integration
async def test_postgres_lease__leader_killed__goes_to_the_other_process(
    postgres: Postgres,
) -> None:
    await hands_over("postgres", postgres.create_database())


@pytest.mark.integration
async def test_postgres_lease__connection_cut__leader_knows_before_it_sends_again(
    postgres: Postgres,
) -> None:
    url = postgres.create_database()
    async with holder("postgres", url) as leader:
        assert [await say(leader), await say(leader)] == ["waiting", "held"]
        postgres.drop_connections()
        assert await say(leader) == "lost"


@pytest.mark.integration
async def test_postgres_lease__database_restarted__is_acquired_again(postgres: Postgres) -> None:
    lease = PostgresLease(postgres.create_database(), KEY, retry_s=0.05)
    stop = asyncio.Event()
    assert await lease.acquire(stop)
    postgres.stop()
    with pytest.raises(LeaseLost, match="does not answer"):
        await lease.check()
    waiting = asyncio.create_task(lease.acquire(stop))
    await asyncio.sleep(0.2)
    postgres.start()
    assert await asyncio.wait_for(waiting, PATIENCE_S)
    await lease.check()
    await lease.release()


@pytest.mark.integration
async def test_postgres_lease__lock_freed_behind_its_back__check_says_lost(
    postgres: Postgres,
) -> None:
    lease = PostgresLease(postgres.create_database(), KEY)
    assert await lease.acquire(asyncio.Event())
    assert lease._session is not None
    await lease._session.execute("SELECT pg_advisory_unlock_all()")
    with pytest.raises(LeaseLost, match="not this session's"):
        await lease.check()


@pytest.mark.integration
async def test_postgres_lease__held_by_another__names_the_holder(postgres: Postgres) -> None:
    url = postgres.create_database()
    first, second = PostgresLease(url, -3), PostgresLease(url, -3)
    other = PostgresLease(url, 3)
    assert await first.try_acquire()
    assert not await second.try_acquire()
    assert await other.try_acquire()
    assert (await second.holder() or "").startswith("keeper ")
    await first.release()
    assert await second.holder() is None
    for lease in (first, second, other):
        await lease.release()


@pytest.mark.integration
async def test_postgres_lease__no_server__waits_and_stops_when_told() -> None:
    url = f"postgresql://keeper:{PASSWORD}@127.0.0.1:{free_port()}/keeper"
    lease, stop = PostgresLease(url, KEY, retry_s=0.05), asyncio.Event()
    waiting = asyncio.create_task(lease.acquire(stop))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    stop.set()
    assert await asyncio.wait_for(waiting, PATIENCE_S) is False
    with pytest.raises(LeaseLost) as caught:
        await lease.try_acquire()
    assert PASSWORD not in str(caught.value)


@pytest.mark.integration
async def test_postgres_lease__server_hangs__gives_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        lease = PostgresLease(f"postgresql://a@127.0.0.1:{port}/a", KEY, timeout_s=0.3)
        with pytest.raises(LeaseLost, match="TimeoutError"):
            await asyncio.wait_for(lease.try_acquire(), PATIENCE_S)


@pytest.mark.unit
async def test_postgres_lease__no_url__is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match="none of PostgreSQL"):
        await PostgresLease("mysql:/x y", KEY).try_acquire()


@pytest.mark.unit
async def test_file_lease__two_in_one_process__second_waits_until_the_first_lets_go(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state" / "keeper.lease"
    first, second = FileLease(path, retry_s=0.01), FileLease(path, retry_s=0.01)
    assert await first.acquire(asyncio.Event())
    assert not await second.try_acquire()
    assert (await second.holder() or "").startswith("process ")
    await first.check()
    with pytest.raises(LeaseLost, match="not locked by this process"):
        await second.check()
    await first.release()
    assert await second.acquire(asyncio.Event())
    await second.check()
    await second.release()


@pytest.mark.unit
async def test_file_lease__file_removed__is_lost(tmp_path: Path) -> None:
    path = tmp_path / "keeper.lease"
    lease = FileLease(path)
    assert await lease.try_acquire()
    path.unlink()
    with pytest.raises(LeaseLost, match="removed or replaced"):
        await lease.check()
    path.touch()
    with pytest.raises(LeaseLost, match="removed or replaced"):
        await lease.check()
    await lease.release()


@pytest.mark.unit
async def test_file_lease__file_left_by_the_dead__is_taken(tmp_path: Path) -> None:
    path = tmp_path / "keeper.lease"
    path.write_text("process 1 on a machine that burned down\n" * 9)
    lease = FileLease(path)
    assert await lease.holder() is None
    assert await lease.try_acquire()
    assert (await FileLease(path).holder() or "").startswith(f"process {os.getpid()} ")
    await lease.release()


@pytest.mark.unit
def test_file_lease__looked_at__is_not_made(tmp_path: Path) -> None:
    assert asyncio.run(FileLease(tmp_path / "keeper.lease").holder()) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.unit
async def test_file_lease__stopped_while_waiting__gives_up(tmp_path: Path) -> None:
    first, second = FileLease(tmp_path / "l"), FileLease(tmp_path / "l", retry_s=30)
    stop = asyncio.Event()
    assert await first.try_acquire()
    waiting = asyncio.create_task(second.acquire(stop))
    await asyncio.sleep(0)
    stop.set()
    assert await asyncio.wait_for(waiting, PATIENCE_S) is False
    await first.release()


@pytest.mark.unit
async def test_file_lease__nowhere_to_write__is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be opened"):
        await FileLease(tmp_path / "file" / "keeper.lease").try_acquire()


@pytest.mark.unit
def test_lease_key__chain_or_executor_differs__differs() -> None:
    keys = {lease_key(1, ALICE), lease_key(2, ALICE), lease_key(1, BOB)}
    assert len(keys) == 3
    assert lease_key(1, ALICE) == lease_key(1, Address(ALICE.lower()))  # type: ignore[arg-type]
    assert all(-(2**63) <= key < 2**63 for key in keys)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"store": "/s/keeper.db"}, "/s/keeper.db.lease"),
        ({"store": "/s/keeper.db", "lease": "/l/keeper"}, "/l/keeper"),
        ({"store": "postgresql://h/d", "lease": "/l/keeper"}, "/l/keeper"),
        ({"store": "memory"}, f"{Path.home()}/.local/state/taskwork/5-{ALICE}.lease"),
    ],
)
async def test_choose_lease__file_named_or_derived__is_there(
    given: dict[str, str], path: str
) -> None:
    lease = choose_lease(Settings(rpc="x", **given), 5, ALICE)  # type: ignore[arg-type]
    with pytest.raises(LeaseLost, match=f"^{path} is not locked"):
        await lease.check()


@pytest.mark.unit
@pytest.mark.parametrize(
    "given", [{"store": "postgresql://h/d"}, {"store": "/s", "lease": "postgresql://h/d"}]
)
def test_choose_lease__url_named_or_derived__is_the_databases(given: dict[str, str]) -> None:
    lease = choose_lease(Settings(rpc="x", **given), 5, ALICE)  # type: ignore[arg-type]
    assert repr(lease) == f"PostgresLease({lease_key(5, ALICE)})"
