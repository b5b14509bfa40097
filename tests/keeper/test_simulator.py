"""Quotes: measured by the node, or predicted without it."""

from __future__ import annotations

import pytest
import structlog

from keeper.simulator import Simulator
from keeper.types import Quote
from keeper.watcher import read_head
from taskwork.chain.rpc import connect
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.types import Address, BlockNumber, Gas, TaskHash
from tests.support.chain import Chain, bump
from tests.support.gateway import running_gateway

pytestmark = pytest.mark.integration

GAS = Gas(5_000_000)


async def quote(manager: TaskManagerClient, executor: Address) -> Quote:
    head = await read_head(manager.web3)
    due = await manager.get_tasks_in_range(BlockNumber(0), head.number)
    call = manager.calls.execute_queued_tasks(50_000)
    return await Simulator(manager).quote(call, due, sender=executor, gas=GAS, head=head)


async def test_quote__prediction__has_the_margin_of_the_measurement(chain: Chain) -> None:
    for _ in range(4):
        await chain.schedule(chain.counter, bump(), ahead=20)
    await chain.mine(25)
    executor = Address(chain.executor.address)

    measured = await quote(chain.manager, executor)
    async with running_gateway(chain.url) as (gateway, url), connect(url) as web3:
        gateway.unknown.add("eth_simulateV1")
        predicted = await quote(TaskManagerClient(web3, chain.manager.address), executor)

    assert measured.executed == predicted.executed == 4
    # Per gas they agree; in size the prediction is the upper bound.
    per_gas = measured.payout / measured.gas_used
    assert predicted.payout / predicted.gas_used == pytest.approx(per_gas, rel=0.15)
    assert predicted.payout > measured.payout


async def test_quote__nothing_due__brings_nothing(chain: Chain) -> None:
    found = await quote(chain.manager, Address(chain.executor.address))
    assert (found.executed, found.failed, found.payout) == (0, 0, 0)


async def test_quote__batch_would_revert__brings_nothing_and_says_why(chain: Chain) -> None:
    head = await read_head(chain.web3)
    call = chain.manager.calls.cancel_task(TaskHash("0x" + "00" * 32))
    with structlog.testing.capture_logs() as said:
        found = await Simulator(chain.manager).quote(
            call, [], sender=Address(chain.executor.address), gas=GAS, head=head
        )
    assert found.payout == 0
    assert "TaskManager_UnknownTask" in said[0]["reason"]
