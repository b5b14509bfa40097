"""The P&L table as the store has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from keeper.pnl import By, as_json, in_words, read_pnl
from keeper.services.pnl import NOBODYS
from keeper.store import books, index
from keeper.store.database import Store
from keeper.types import BlockRef, EntryState, Identity, IndexedEvent, TaskRecord
from taskwork.chain.types import Address, BlockNumber, TaskHash, TaskStatus, Wei
from tests.keeper.test_metrics import ENTRY

pytestmark = pytest.mark.unit

ALICE = Address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
BOB = Address("0x90F79bf6EB2c4f870365E785982E1f101E93b906")
FIRST, SECOND = TaskHash("0x" + "aa" * 32), TaskHash("0x" + "bb" * 32)
DAY = 86_400


def event(name: str, task: TaskHash, number: int, **fields: Any) -> IndexedEvent:
    account = Address(fields["executor"]) if "executor" in fields else None
    return IndexedEvent(
        ENTRY.block.number, number, ENTRY.block.hash, ENTRY.tx_hash, name, task, account, fields
    )


def record(task: TaskHash, owner: Address) -> TaskRecord:
    zero = BlockNumber(0)
    return TaskRecord(
        task, owner, TaskStatus.COMPLETED, zero, zero, 1, 0, Wei(0), zero, "TaskExecutionRecorded"
    )


@pytest_asyncio.fixture
async def store() -> AsyncIterator[Store]:
    """A batch that ran Alice's task well and Bob's badly, and a cancellation a day later."""
    opened = await Store.open("memory", Identity(1, ALICE, "0x00"))
    batch = replace(ENTRY, executed=2, failed=1, cost=Wei(31), reimbursed=Wei(50))
    cancel = replace(
        ENTRY,
        tx_hash="0x02",
        block=BlockRef(BlockNumber(10), "0x0a"),
        timestamp=ENTRY.timestamp + DAY,
        executed=0,
        failed=0,
        cost=Wei(7),
        reimbursed=Wei(0),
    )
    me = ENTRY.executor
    told = [
        event("TaskExecutionRecorded", FIRST, 0, gas_used="100", success=True),
        event("ExecutorReimbursed", FIRST, 1, executor=me, amount="20"),
        event("TaskExecutionRecorded", SECOND, 2, gas_used="200", success=False),
        event("ExecutorReimbursed", SECOND, 3, executor=me, amount="30"),
    ]

    def fill(db: Any) -> None:
        for entry in (batch, cancel):
            books.put(db, entry)
        books.put(db, replace(batch, tx_hash="0x03", state=EntryState.FORESEEN))
        index.put_events(db, told)
        index.put_tasks(db, [record(FIRST, ALICE), record(SECOND, BOB)])

    await opened.write(fill)
    yield opened
    await opened.close()


async def test_read_pnl__by_owner__cuts_the_batch(store: Store) -> None:
    table = await read_pnl(store, By.OWNER)
    found = {
        line.name: (line.executed, line.failed, line.cost, line.profit) for line in table.lines
    }
    assert found == {ALICE: (1, 0, 10, 10), BOB: (0, 1, 21, 9), NOBODYS: (0, 0, 7, -7)}
    assert (table.total.transactions, table.total.profit) == (2, 12)


async def test_read_pnl__by_task__names_each(store: Store) -> None:
    table = await read_pnl(store, By.TASK)
    assert {line.name: line.reimbursed for line in table.lines} == {FIRST: 20, SECOND: 30, "-": 0}


async def test_read_pnl__by_day__newest_first(store: Store) -> None:
    table = await read_pnl(store, By.DAY)
    assert [(line.name, line.profit) for line in table.lines] == [
        ("2023-11-15", -7),
        ("2023-11-14", 19),
    ]


async def test_read_pnl__since__leaves_out_what_was_before(store: Store) -> None:
    table = await read_pnl(store, By.DAY, since=ENTRY.timestamp + 1)
    assert table.total.profit == -7


async def test_read_pnl__foreseen__is_apart(store: Store) -> None:
    table = await read_pnl(store, By.DAY, foreseen=True)
    assert (table.total.transactions, table.total.profit) == (1, 19)


async def test_pnl__shown__is_exact_in_the_end(store: Store) -> None:
    table = await read_pnl(store, By.DAY)
    assert in_words(table).splitlines()[-1] == "profit: 12 wei"
    assert len(in_words(table).splitlines()) == 5
    assert as_json(table)["total"]["profit"] == 12


async def test_pnl__nothing_booked__is_all_zero() -> None:
    empty = await Store.open("memory", Identity(1, ALICE, "0x00"))
    table = await read_pnl(empty, By.TASK)
    assert (table.lines, table.total.profit) == ([], 0)
    await empty.close()
