"""What the operator allows: whose tasks, how much in a day, and when to wait."""

from __future__ import annotations

import pytest

from keeper.signals import BatchSkipped, Unprofitable
from keeper.types import Verdict
from taskwork.chain.types import Address, BlockNumber, TaskStatus
from tests.keeper.support import running_keeper, until
from tests.support.chain import ETHER, GWEI, Chain, bump, refuse
from tests.support.gateway import running_gateway

pytestmark = pytest.mark.integration


async def test_denied_target__other_task_due__runs_only_the_other(chain: Chain) -> None:
    denied = await chain.schedule(chain.reverter, refuse(), ahead=12)
    wanted = await chain.schedule(chain.counter, bump(), ahead=12)
    await chain.mine(20)

    settings = {"deny_targets": chain.reverter.lower()}
    async with running_keeper(chain, chain.executor, **settings) as keeper:
        executed = await keeper.said("batch_executed")
        skipped = await keeper.said("batch_skipped")
        totals = await keeper.end()

    assert (executed["executed"], executed["failed"]) == (1, 0)
    assert skipped["reason"] == Verdict.ALL_DENIED
    assert totals.profit == executed["profit"] > 0
    assert await chain.manager.get_task_status(wanted) is TaskStatus.COMPLETED
    assert await chain.manager.get_task_status(denied) is TaskStatus.QUEUED


async def test_denied_owner__its_task_due__is_left_to_others(chain: Chain) -> None:
    await chain.schedule_due()
    settings = {"deny_owners": chain.owner.address}
    async with running_keeper(chain, chain.executor, **settings) as keeper:
        await keeper.said("batch_skipped")
        totals = await keeper.end()
    assert totals.batches == 0
    assert BatchSkipped(Verdict.ALL_DENIED, 0) in keeper.signals  # type: ignore[arg-type]


async def test_daily_limit__reached__sends_no_more_that_day(chain: Chain) -> None:
    await chain.schedule_due()
    async with running_keeper(chain, None) as dry:
        foreseen = await dry.said("batch_would_execute")
    most = foreseen["gas_used"] * 3 * GWEI  # enough for one batch, whatever it pays per gas

    async with running_keeper(chain, chain.executor, daily_limit=most) as keeper:
        executed = await keeper.said("batch_executed")
        await chain.schedule_due()
        skipped = await keeper.said("batch_skipped")
        totals = await keeper.end()

    assert skipped["reason"] == Verdict.DAILY_LIMIT
    assert totals.cost == executed["cost"] <= most


@pytest.mark.parametrize("unknown", [(), ("eth_simulateV1",)])
async def test_premium_rises__rivals_unlikely__waits_until_it_is_late_enough(
    chain: Chain, unknown: tuple[str, ...]
) -> None:
    call = chain.manager.calls.set_price_terms(
        ceiling=50 * GWEI, tip=0, premium_cap=32 * GWEI, failure_limit=5
    )
    await chain.manager.send(chain.owner, call)
    task_hash = await chain.schedule_due()
    due = (await chain.manager.get_task_info(task_hash)).metrics.next_block

    async with running_gateway(chain.url) as (gateway, url):
        gateway.unknown.update(unknown)
        settings = {"rpc": url, "max_wait": 4, "rival_risk": 5}
        async with running_keeper(chain, chain.executor, **settings) as keeper:
            while not keeper.all_said("batch_executed"):
                head = await chain.head()
                assert head < due + 50, "it never sends"
                await until(lambda: any(e.get("block", 0) >= head for e in keeper.events))  # noqa: B023
                if not keeper.all_said("batch_sent"):
                    await chain.mine()
            waits = [e for e in keeper.all_said("batch_skipped") if e["reason"] == Verdict.WAITING]
            executed = keeper.all_said("batch_executed")[0]

    assert len(waits) >= 2
    assert due + 2 <= executed["block"] <= due + 5


async def test_unprofitable__for_long__raises_the_alarm_and_takes_it_back(chain: Chain) -> None:
    await chain.schedule_due()
    settings = {"min_profit": 10**15, "unprofitable_blocks": 3}
    async with running_keeper(chain, chain.executor, **settings) as keeper:
        for blocks in range(1, 4):
            await until(lambda: Unprofitable(blocks, blocks == 3) in keeper.signals)  # noqa: B023
            await chain.mine()
        alarm = await keeper.said("unprofitable")
    assert alarm["blocks"] == 3


async def test_base_fee__ten_times_within_blocks__costs_no_more_than_allowed(chain: Chain) -> None:
    """Sent at 1 gwei, then the base fee leaps: it is replaced within limits, or cancelled."""
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)
    limit = 60 * GWEI
    async with running_keeper(chain, chain.executor, max_fee=limit) as keeper:
        await keeper.said("batch_sent")
        fee = GWEI
        for _ in range(4):
            fee *= 3
            await chain.mine(base_fee=min(fee, 20 * GWEI))
        await keeper.said("transaction_replaced")
        while not (keeper.all_said("batch_executed") + keeper.all_said("empty_transaction_mined")):
            await chain.mine(base_fee=20 * GWEI)
            count = len(keeper.events)
            await until(lambda: len(keeper.events) > count)  # noqa: B023
        totals = await keeper.end()

    replaced = keeper.all_said("transaction_replaced")
    assert all(each["max_fee"] <= limit for each in replaced)
    assert totals.cost <= limit * totals.gas_used
    assert totals.executed == 1


async def test_contract_without_funds__owner_withdrew_everything__executes_nothing(
    chain: Chain,
) -> None:
    """What is queued is reserved: all that can be taken away is what pays for no run."""
    task_hash = await chain.schedule_due()
    bond = await chain.manager.bond_of(Address(chain.owner.address))
    await chain.manager.send(chain.owner, chain.manager.calls.withdraw_bond(bond.free))
    async with running_keeper(chain, chain.executor) as keeper:
        executed = await keeper.said("batch_executed")
        await keeper.end()
    assert executed["profit"] > 0
    assert await chain.manager.get_task_status(task_hash) is TaskStatus.COMPLETED
    left = await chain.manager.get_tasks_in_range(BlockNumber(0), await chain.head())
    assert left == []
    assert ETHER > bond.total > bond.free
