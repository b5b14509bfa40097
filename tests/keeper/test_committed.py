"""Tasks of which the chain keeps only a hash: the index has what they call."""

from __future__ import annotations

from pathlib import Path

import pytest

from keeper.signals import IndexAdvanced
from keeper.types import Verdict
from taskwork.chain.events import TaskCommitted
from taskwork.chain.types import (
    Address,
    BlockNumber,
    Gas,
    Task,
    TaskDefinition,
    TaskHash,
    TaskSchedule,
    TaskStatus,
    Wei,
)
from tests.keeper.support import running_keeper, until
from tests.keeper.test_index import task_in
from tests.support.chain import ETHER, Chain, bump
from tests.support.faults.faults import Refused
from tests.support.faults.program import Rule
from tests.support.faults.proxy import running_proxy

pytestmark = pytest.mark.integration


async def commit(chain: Chain, *, ahead: int, interval: int = 0, executions: int = 1) -> TaskHash:
    owner = Address(chain.owner.address)
    nonce = await chain.manager.get_account_nonce(owner)
    task = Task(owner, Gas(60_000), chain.counter, bump(), nonce)
    start = BlockNumber(await chain.head() + ahead)
    definition = TaskDefinition(task, TaskSchedule(start, interval, executions))
    call = chain.manager.calls.schedule_committed(definition, value=Wei(ETHER // 5))
    receipt = await chain.manager.send(chain.owner, call)
    (committed,) = chain.manager.events_in(receipt, TaskCommitted)
    return committed.task_hash


@pytest.mark.parametrize("can_simulate", [True, False])
async def test_keeper__committed_task_due__supplies_it_and_is_paid(
    chain: Chain, tmp_path: Path, can_simulate: bool
) -> None:
    before = await chain.balance(chain.executor.address)
    store = str(tmp_path / "keeper.db")
    missing = Refused(-32601, "Method not found")
    with running_proxy(chain.url) as proxy:
        if not can_simulate:
            proxy.program.add(Rule(missing, frozenset({"eth_simulateV1"})))
        async with running_keeper(chain, chain.executor, rpc=proxy.http, store=store) as keeper:
            task_hash = await commit(chain, ahead=3)
            await chain.mine(4)
            executed = await keeper.said("batch_executed")
            block = executed["block"]
            await until(lambda: any(reaches(signal, block) for signal in keeper.signals))

    record = await task_in(store, task_hash)
    assert record is not None
    assert (record.status, record.executed) == (TaskStatus.COMPLETED, 1)
    gained = await chain.balance(chain.executor.address) - before
    assert executed["profit"] == gained > 0


async def test_keeper__committed_and_queued_due__runs_both(chain: Chain) -> None:
    await commit(chain, ahead=12)
    await chain.schedule(chain.counter, bump(), ahead=11)
    await chain.mine(14)
    async with running_keeper(chain, chain.executor) as keeper:
        await keeper.said("batch_executed", 2)
        totals = await keeper.end()
    assert (totals.executed, totals.failed) == (2, 0)
    assert totals.profit > 0


async def test_keeper__recurring_committed_task__runs_at_each_tick(chain: Chain) -> None:
    async with running_keeper(chain, chain.executor) as keeper:
        await commit(chain, ahead=3, interval=100, executions=2)
        await chain.mine(4)
        first = await keeper.said("batch_executed")
        await chain.mine(100)
        second = await keeper.said("batch_executed", 2)
        totals = await keeper.end()
    assert totals.executed == 2
    assert 95 <= second["block"] - first["block"] <= 105


async def test_keeper__more_committed_than_fit__leaves_the_rest_for_the_next_batch(
    chain: Chain,
) -> None:
    for _ in range(12):
        await commit(chain, ahead=30)
    await chain.mine(40)
    settings = {"gas_limit": 500_000}
    async with running_keeper(chain, chain.executor, **settings) as keeper:
        while sum(each["executed"] for each in keeper.all_said("batch_executed")) < 12:
            await keeper.said("batch_executed", len(keeper.all_said("batch_executed")) + 1)
        totals = await keeper.end()
    assert totals.batches > 1
    assert totals.profit > 0


async def test_keeper__committed_by_a_denied_owner__is_left(chain: Chain) -> None:
    await commit(chain, ahead=3)
    await chain.mine(4)
    settings = {"deny_owners": chain.owner.address}
    async with running_keeper(chain, chain.executor, **settings) as keeper:
        assert (await keeper.said("batch_skipped"))["reason"] == Verdict.ALL_DENIED


def reaches(signal: object, block: int) -> bool:
    return isinstance(signal, IndexAdvanced) and signal.block >= block
