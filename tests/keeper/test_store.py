"""The store: what is written is there, on both databases, and only for whom it is about."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from keeper.errors import StoreError, WrongStore
from keeper.store import books, index, journal
from keeper.store.database import MEMORY, Store, as_url
from keeper.store.schema import metadata
from keeper.types import (
    BlockRef,
    Committed,
    Cursor,
    EntryState,
    Identity,
    IndexedEvent,
    LedgerEntry,
    NonceState,
    SeenBlock,
    SendState,
    SignedAttempt,
    TaskRecord,
    TxKind,
)
from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import (
    ZERO_ADDRESS,
    BlockNumber,
    Gas,
    Task,
    TaskHash,
    TaskStatus,
    Wei,
    as_address,
)
from tests.support.postgres import Postgres

ME = as_address("0x00000000000000000000000000000000000000aa")
ABOUT = Identity(31337, ZERO_ADDRESS, "0x00")
TASK = TaskHash("0x" + "11" * 32)
HUGE = 2**200


def attempt(nonce: int = 7, tx_hash: str = "0x01", **other: Any) -> SignedAttempt:
    usual: dict[str, Any] = {
        "tx_hash": tx_hash,
        "executor": ME,
        "nonce": nonce,
        "kind": TxKind.BATCH,
        "raw": b"\x02raw",
        "call": Call(ZERO_ADDRESS, b"data"),
        "gas": Gas(500_000),
        "fees": Fees(Wei(HUGE), Wei(2)),
        "sent_at": BlockNumber(100),
        "state": SendState.SIGNED,
        "is_private": True,
        "expected_profit": Wei(-5),
    }
    return SignedAttempt(**usual | other)


def entry(tx_hash: str = "0x01", **other: Any) -> LedgerEntry:
    usual: dict[str, Any] = {
        "tx_hash": tx_hash,
        "executor": ME,
        "nonce": 7,
        "kind": TxKind.BATCH,
        "block": BlockRef(BlockNumber(5), "0x05"),
        "timestamp": 1_000,
        "reverted": False,
        "executed": 2,
        "failed": 1,
        "gas_used": Gas(90_000),
        "cost": Wei(30),
        "reimbursed": Wei(HUGE),
        "credited": Wei(0),
        "expected_profit": Wei(3),
        "state": EntryState.PENDING,
    }
    return LedgerEntry(**usual | other)


def event(block: int, log_index: int = 0) -> IndexedEvent:
    return IndexedEvent(
        BlockNumber(block), log_index, f"0x{block}", "0x01", "TaskScheduled", TASK, ME, {"a": "1"}
    )


def record() -> TaskRecord:
    at = BlockNumber(3)
    return TaskRecord(TASK, ME, TaskStatus.QUEUED, at, at, 1, 2, Wei(HUGE), at, "TaskScheduled")


@pytest_asyncio.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.unit),
        pytest.param("postgresql", marks=pytest.mark.integration),
    ]
)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "sqlite":
        place = str(tmp_path / "keeper.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        place = server.create_database()
    opened = await Store.open(place, ABOUT)
    yield opened
    await opened.close()


async def test_journal__attempt_added__is_there_as_it_was_and_its_nonce_open(store: Store) -> None:
    def work(db: Connection) -> None:
        journal.add_attempt(db, attempt())
        journal.add_attempt(db, attempt())  # the same after a restart
        journal.add_attempt(db, attempt(tx_hash="0x02", sent_at=BlockNumber(103)))

    await store.write(work)
    found = await store.read(lambda db: journal.attempts(db, ME, 7))
    (nonce,) = await store.read(lambda db: journal.unsettled(db, ME))
    assert found == [attempt(), attempt(tx_hash="0x02", sent_at=BlockNumber(103))]
    assert (nonce.nonce, nonce.state) == (7, NonceState.OPEN)


async def test_journal__nonce_settled__is_final_and_the_next_one_free(store: Store) -> None:
    at = BlockRef(BlockNumber(5), "0x05")

    def work(db: Connection) -> None:
        assert journal.next_nonce(db, ME) == 0
        journal.add_attempt(db, attempt())
        journal.settle(db, ME, 7, NonceState.FINAL, tx_hash="0x01", block=at)
        journal.mark(db, "0x01", SendState.SENT)
        journal.publish(db, "0x01")

    await store.write(work)
    found = await store.read(lambda db: journal.find_nonce(db, ME, 7))
    sent = await store.read(lambda db: journal.find_attempt(db, "0x01"))
    assert found is not None
    assert (found.state, found.tx_hash, found.block) == (NonceState.FINAL, "0x01", at)
    assert sent is not None
    assert (sent.state, sent.is_private) == (SendState.SENT, False)
    assert await store.read(lambda db: journal.unsettled(db, ME)) == []
    assert await store.read(lambda db: journal.next_nonce(db, ME)) == 8


async def test_books__entry_booked_twice__counts_once_and_sums_to_the_wei(store: Store) -> None:
    def work(db: Connection) -> None:
        books.put(db, entry())
        books.put(db, entry(cost=Wei(31)))
        books.put(db, entry("0x02", timestamp=2_000, state=EntryState.FORESEEN))
        books.confirm(db, "0x01")

    await store.write(work)
    (found,) = await store.read(books.listed)
    assert found == entry(cost=Wei(31), state=EntryState.CONFIRMED)
    assert found.profit == HUGE - 31
    assert await store.read(lambda db: books.spent_since(db, ME, 0)) == 31
    assert await store.read(lambda db: books.spent_since(db, ME, 1_001)) == 0
    await store.write(lambda db: books.remove(db, "0x01"))
    assert await store.read(books.listed) == []


async def test_index__rolled_back__keeps_what_is_older_and_names_the_tasks(store: Store) -> None:
    seen = [SeenBlock(BlockNumber(n), f"0x{n}", f"0x{n - 1}") for n in range(1, 6)]
    at = Cursor(BlockNumber(1), BlockRef(BlockNumber(5), "0x5"))

    def work(db: Connection) -> set[TaskHash]:
        index.put_blocks(db, seen, keep_from=BlockNumber(2))
        index.put_events(db, [event(3), event(4), event(5, 1)])
        index.put_tasks(db, [record(), record()])
        index.set_cursor(db, at)
        return index.remove_from(db, BlockNumber(4))

    assert await store.write(work) == {TASK}
    assert await store.read(lambda db: index.events_of_task(db, TASK)) == [event(3)]
    assert [b.number for b in await store.read(index.known_blocks)] == [3, 2]
    assert await store.read(lambda db: index.find_task(db, TASK)) == record()
    assert await store.read(index.count_by_status) == {TaskStatus.QUEUED: 1}
    assert await store.read(index.cursor) == at


async def test_store__work_fails_halfway__keeps_nothing_of_it(store: Store) -> None:
    def work(db: Connection) -> None:
        books.put(db, entry())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(work)
    assert await store.read(books.listed) == []


async def test_migrations__all_applied__make_the_schema(store: Store) -> None:
    def compare(db: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(db), metadata))

    assert await store.read(compare) == []


@pytest.mark.unit
async def test_store__opened_again__has_what_was_written(tmp_path: Path) -> None:
    place = str(tmp_path / "deep" / "keeper.db")
    first = await Store.open(place, ABOUT)
    await first.write(lambda db: books.put(db, entry()))
    await first.close()
    second = await Store.open(place)
    assert await second.read(books.listed) == [entry()]
    mode = await second.read(lambda db: db.execute(text("PRAGMA journal_mode")).scalar())
    await second.close()
    assert mode == "wal"


@pytest.mark.unit
async def test_store__about_another_chain__is_refused(tmp_path: Path) -> None:
    place = str(tmp_path / "keeper.db")
    await (await Store.open(place, ABOUT)).close()
    with pytest.raises(WrongStore, match="about chain_id 31337, not 1: give another --store"):
        await Store.open(place, Identity(1, ZERO_ADDRESS, "0x00"))


@pytest.mark.unit
async def test_store__damaged_file__is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "keeper.db"
    place.write_bytes(b"not a database" * 100)
    with pytest.raises(WrongStore, match="damaged or no store"):
        await Store.open(str(place), ABOUT)
    assert place.read_bytes() == b"not a database" * 100


@pytest.mark.unit
@pytest.mark.parametrize("other", ["missing", "foreign"])
async def test_store__nothing_to_read__says_so_and_makes_nothing(
    tmp_path: Path, other: str
) -> None:
    place = tmp_path / other
    if other == "foreign":
        sqlite3.connect(place).close()
    with pytest.raises(WrongStore, match=r"no store|no keeper's store"):
        await Store.open(str(place))
    assert place.exists() == (other == "foreign")


@pytest.mark.unit
async def test_store__memory__works_and_is_forgotten() -> None:
    store = await Store.open(MEMORY, ABOUT)
    await store.write(lambda db: books.put(db, entry()))
    assert await store.read(books.listed) == [entry()]
    await store.close()


@pytest.mark.integration
async def test_store__database_away__says_so_and_works_again(postgres: Postgres) -> None:
    store = await Store.open(postgres.create_database(), ABOUT)
    postgres.stop()
    try:
        with pytest.raises(StoreError) as caught:
            await store.write(lambda db: books.put(db, entry()))
    finally:
        postgres.start()
    await store.write(lambda db: books.put(db, entry()))
    assert await store.read(books.listed) == [entry()]
    await store.close()
    assert "pg-pass" not in str(caught.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("memory", "sqlite://"),
        ("/var/lib/keeper.db", "sqlite:////var/lib/keeper.db"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_as_url__file_or_url__is_what_the_database_is_called(place: str, url: str) -> None:
    assert as_url(place) == url


@pytest.mark.unit
async def test_migrations__index_of_an_older_release__is_built_anew(tmp_path: Path) -> None:
    """It has no definitions of committed tasks; the books stay as they are."""
    place = str(tmp_path / "keeper.db")
    store = await Store.open(place, ABOUT)

    def age(db: Connection) -> None:
        books.put(db, entry())
        index.put_events(db, [event(3)])
        index.set_cursor(db, Cursor(BlockNumber(1), BlockRef(BlockNumber(5), "0x5")))
        db.execute(text("DROP TABLE definitions"))
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    await store.write(age)
    await store.close()
    again = await Store.open(place, ABOUT)
    assert await again.read(index.cursor) is None
    assert await again.read(index.count_events) == 0
    assert await again.read(books.listed) == [entry()]
    await again.close()


async def test_index__committed_tasks__are_due_by_their_block_and_gone_by_a_reorg(
    store: Store,
) -> None:
    task = Task(ME, Gas(5), ZERO_ADDRESS, b"data", 0)

    def work(db: Connection) -> list[list[Committed]]:
        index.put_tasks(db, [record()])
        index.put_definitions(db, [Committed(TASK, task, BlockNumber(3))])
        early = index.committed_due(db, BlockNumber(2), 10)
        due = index.committed_due(db, BlockNumber(3), 10)
        index.remove_from(db, BlockNumber(3))
        return [early, due, index.committed_due(db, BlockNumber(3), 10)]

    found = await store.write(work)
    assert found == [[], [Committed(TASK, task, BlockNumber(3))], []]
