"""The event index: complete, on the chain's branch, and the same however it was built."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from keeper.services.history import fold, fold_all, to_indexed
from keeper.services.reasons import why
from keeper.signals import IndexAdvanced, ReorgSeen
from keeper.store import index
from keeper.store.database import Store
from keeper.store.schema import events, tasks
from keeper.types import IndexedEvent, TaskRecord
from taskwork.chain.events import (
    BondDeposited,
    ExecutorReimbursed,
    LogPosition,
    TaskCancelled,
    TaskDeferred,
    TaskExecutionRecorded,
    TaskInactiveDueToFailures,
    TaskScheduled,
)
from taskwork.chain.types import (
    Address,
    BlockNumber,
    Gas,
    TaskHash,
    TaskStatus,
    Wei,
    as_address,
)
from tests.keeper.support import PATIENCE_S, RunningKeeper, running_keeper, until
from tests.keeper.test_cli import finish, start
from tests.keeper.test_cli import keeper as command
from tests.support.chain import Chain, refuse
from tests.support.faults.faults import Refused
from tests.support.faults.proxy import running_proxy

OWNER = as_address("0x00000000000000000000000000000000000000a1")
TASK = TaskHash("0x" + "11" * 32)


def at(block: int) -> LogPosition:
    return LogPosition(BlockNumber(block), 0, f"0x{block}", "0xaa")


def history(*more: Any) -> list[IndexedEvent]:
    scheduled = TaskScheduled(at(1), TASK, OWNER, BlockNumber(20))
    return [to_indexed(event) for event in (scheduled, *more)]


@pytest.mark.unit
def test_to_indexed__any_event__has_names_and_plain_values() -> None:
    event = to_indexed(BondDeposited(at(3), OWNER, OWNER, Wei(2**100)))
    assert (event.name, event.block, event.task_hash, event.account) == (
        "BondDeposited", 3, None, OWNER,
    )  # fmt: skip
    assert json.loads(json.dumps(event.fields))["amount"] == str(2**100)


@pytest.mark.unit
def test_fold__scheduled_run_and_paid__adds_up() -> None:
    record = fold_all(
        history(
            TaskExecutionRecorded(at(21), TASK, False, Gas(5), 3, 1),
            ExecutorReimbursed(at(21), TASK, OWNER, Wei(70)),
            ExecutorReimbursed(at(22), TASK, OWNER, Wei(7)),
        )
    )
    assert record is not None
    assert (record.executed, record.failed, record.spent) == (4, 1, 77)
    assert (record.scheduled_at, record.last_block) == (1, 22)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("event", "status", "next_block"),
    [
        (TaskCancelled(at(2), TASK, OWNER), TaskStatus.CANCELLED, 0),
        (TaskDeferred(at(2), TASK, OWNER, BlockNumber(28), "0x"), TaskStatus.QUEUED, 28),
        (TaskInactiveDueToFailures(at(2), TASK, OWNER, 5), TaskStatus.FAILING, 0),
        (TaskScheduled(at(2), TASK, OWNER, BlockNumber(0)), TaskStatus.PAUSED, 0),
        (TaskScheduled(at(2), TASK, OWNER, BlockNumber(9)), TaskStatus.QUEUED, 9),
    ],
)
def test_fold__what_happened_last__decides_the_status(
    event: Any, status: TaskStatus, next_block: int
) -> None:
    record = fold_all(history(event))
    assert record is not None
    assert (record.status, record.next_block, record.scheduled_at) == (status, next_block, 1)


@pytest.mark.unit
def test_fold__task_that_was_never_seen_scheduled__is_none() -> None:
    assert fold(None, to_indexed(TaskCancelled(at(2), TASK, OWNER))) is None


@pytest.mark.unit
@pytest.mark.parametrize(
    ("event", "indexed", "said"),
    [
        (None, 19, "due in block 20, in 1 blocks"),
        (None, 23, "due since block 20, 3 blocks ago"),
        (TaskCancelled(at(2), TASK, OWNER), 23, "cancelled by its owner"),
        (TaskInactiveDueToFailures(at(2), TASK, OWNER, 5), 23, "failed too often"),
    ],
)
def test_why__history__is_a_sentence(event: Any, indexed: int, said: str) -> None:
    record = fold_all(history(*([event] if event else [])))
    assert said in why(record, BlockNumber(indexed))


@pytest.mark.unit
def test_why__nothing_known__says_what_to_do() -> None:
    assert "keeper backfill" in why(None, None)
    assert why(None, BlockNumber(5)) == "no such task up to block 5"


async def read_all(store: str) -> tuple[list[Any], list[Any]]:
    opened = await Store.open(store)
    found = await opened.read(
        lambda db: (list(db.execute(select(events))), list(db.execute(select(tasks))))
    )
    await opened.close()
    return found


async def indexed_to(keeper: RunningKeeper, block: int) -> None:
    def is_there() -> bool:
        found = [s for s in keeper.signals if isinstance(s, IndexAdvanced)]
        return bool(found) and found[-1].block >= block

    await until(is_there)


async def task_in(store: str, task_hash: TaskHash) -> TaskRecord | None:
    opened = await Store.open(store)
    found = await opened.read(lambda db: index.find_task(db, task_hash))
    await opened.close()
    return found


@pytest.mark.integration
async def test_index__follows_the_chain__knows_every_task(chain: Chain, tmp_path: Path) -> None:
    store = str(tmp_path / "keeper.db")
    before = await chain.schedule(chain.counter, b"\x00" * 4, ahead=500)
    async with running_keeper(chain, chain.executor, store=store) as keeper:
        done = await chain.schedule_due(chain.reverter, refuse())
        await keeper.said("batch_executed")
        await chain.manager.send(chain.owner, chain.manager.calls.cancel_task(before))
        await indexed_to(keeper, await chain.head())

    cancelled, ended = await task_in(store, before), await task_in(store, done)
    assert cancelled is not None
    assert ended is not None
    assert cancelled.status is TaskStatus.CANCELLED
    assert (ended.status, ended.executed, ended.failed) == (TaskStatus.COMPLETED, 1, 1)
    assert ended.spent > 0


@pytest.mark.integration
async def test_index__reorg__is_what_a_rebuilt_one_is(chain: Chain, tmp_path: Path) -> None:
    store = str(tmp_path / "keeper.db")
    kept = await chain.schedule(chain.counter, b"\x00" * 4, ahead=500)
    async with running_keeper(chain, None, store=store) as keeper:
        gone = await chain.schedule(chain.counter, b"\x00" * 4, ahead=400)
        await chain.manager.send(chain.owner, chain.manager.calls.cancel_task(kept))
        await indexed_to(keeper, await chain.head())
        assert await task_in(store, gone) is not None
        await chain.rpc("anvil_reorg", 2, [])
        await until(lambda: any(isinstance(s, ReorgSeen) for s in keeper.signals))
        await chain.mine()
        await indexed_to(keeper, await chain.head())

    live = await read_all(store)
    record = await task_in(store, kept)
    code, out, err = await command(
        *("backfill", "--rpc", chain.url, "--manager", chain.manager.address, "--json"),
        KEEPER_STORE=store,
    )
    assert code == 0, err
    assert await task_in(store, gone) is None
    assert record is not None
    assert record.status is TaskStatus.QUEUED
    assert await read_all(store) == live
    assert json.loads(out)["events"] == len(live[0]) > 0


@pytest.mark.integration
async def test_index__deeper_reorg_than_it_remembers__is_built_anew(
    chain: Chain, tmp_path: Path
) -> None:
    store = str(tmp_path / "keeper.db")
    await chain.schedule(chain.counter, b"\x00" * 4, ahead=500)
    await chain.mine(6)
    async with running_keeper(chain, None, store=store, reorg_depth=2) as keeper:
        await indexed_to(keeper, await chain.head())
        await chain.rpc("anvil_reorg", 5, [])
        await keeper.said("reorg_too_deep")
        await chain.mine()
        await indexed_to(keeper, await chain.head())
    assert len((await read_all(store))[1]) == 1


@pytest.mark.integration
async def test_index__node_refuses_wide_ranges__asks_for_less(chain: Chain, tmp_path: Path) -> None:
    task_hash = await chain.schedule(chain.counter, b"\x00" * 4, ahead=500)
    await chain.mine(20)
    store = str(tmp_path / "keeper.db")
    with running_proxy(chain.url) as proxy:
        fault = Refused(message="query returned more than 10000 results")
        with proxy.program.during(fault, "eth_getLogs", times=4):
            async with running_keeper(chain, None, rpc=proxy.http, store=store) as keeper:
                await indexed_to(keeper, await chain.head())
    assert await task_in(store, task_hash) is not None


@pytest.mark.integration
async def test_explain__from_the_store__tells_history_and_reason(
    chain: Chain, tmp_path: Path
) -> None:
    store = str(tmp_path / "keeper.db")
    async with running_keeper(chain, chain.executor, store=store) as keeper:
        task_hash = await chain.schedule_due()
        await keeper.said("batch_executed")
        await indexed_to(keeper, await chain.head())

    asked = ("explain", task_hash, "--rpc", "http://127.0.0.1:1", "--json")
    code, out, err = await command(*asked, KEEPER_STORE=store)
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["reason"], found["status"]) == ("made all its runs", "completed")
    assert found["owner"] == Address(chain.owner.address)
    assert "TaskExecuted" in " ".join(found["history"])


@pytest.mark.integration
async def test_backfill__keeper_runs_on_the_store__is_refused(chain: Chain, tmp_path: Path) -> None:
    store = str(tmp_path / "keeper.db")
    asked = ("--rpc", chain.url, "--manager", chain.manager.address)
    running = await start("run", *asked, KEEPER_STORE=store)
    assert running.stderr is not None
    async with asyncio.timeout(PATIENCE_S):
        while b"keeper_started" not in await running.stderr.readline():
            pass
    code, _, err = await command("backfill", *asked, KEEPER_STORE=store)
    running.terminate()
    await finish(running)
    assert code == 1
    assert "a keeper runs on this store: stop it first" in err


@pytest.mark.integration
async def test_status__store_there__tells_what_it_knows(chain: Chain, tmp_path: Path) -> None:
    store = str(tmp_path / "keeper.db")
    async with running_keeper(chain, chain.executor, store=store) as keeper:
        await chain.schedule_due()
        executed = await keeper.said("batch_executed")
        await indexed_to(keeper, await chain.head())

    code, out, _ = await command(
        *("status", "--rpc", chain.url, "--manager", chain.manager.address, "--json"),
        KEEPER_PRIVATE_KEY=chain.executor.key.hex(),
        KEEPER_STORE=store,
    )
    found = json.loads(out)["store"]
    assert code == 0
    assert found["tasks"] == {"completed": 1}
    assert (found["profit_pending"], found["open_nonces"]) == (executed["profit"], [])
