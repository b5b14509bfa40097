"""Quotes: measured by the node, or predicted without it."""

from __future__ import annotations

import pytest
import structlog

from keeper.providers.heads import read_head
from keeper.providers.manager import ManagerReader
from keeper.providers.pool import open_endpoints
from keeper.signals import Signals
from keeper.simulator import Simulator
from keeper.types import Quote, Reading
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, Gas, TaskHash
from tests.support.chain import Chain, bump
from tests.support.gateway import running_gateway

pytestmark = pytest.mark.integration

GAS = Gas(5_000_000)
READING = Reading(timeout_s=5.0, poll_interval_s=0.05, max_lag=2)


async def quote(chain: Chain, url: str, call: Call | None = None) -> Quote:
    async with open_endpoints([url], READING, Signals()) as endpoints:
        reader = ManagerReader(endpoints, chain.manager.address)
        head = await endpoints.ask(read_head)
        due = await reader.due(head.number, head.number, 100)
        wanted = call or chain.manager.calls.execute_queued_tasks(50_000)
        executor = Address(chain.executor.address)
        return await Simulator(reader).quote(wanted, due, sender=executor, gas=GAS, head=head)


async def test_quote__prediction__has_the_margin_of_the_measurement(chain: Chain) -> None:
    for _ in range(4):
        await chain.schedule(chain.counter, bump(), ahead=20)
    await chain.mine(25)

    measured = await quote(chain, chain.url)
    async with running_gateway(chain.url) as (gateway, url):
        gateway.unknown.add("eth_simulateV1")
        predicted = await quote(chain, url)

    assert measured.executed == predicted.executed == 4
    # Per gas they agree; in size the prediction is the upper bound.
    per_gas = measured.payout / measured.gas_used
    assert predicted.payout / predicted.gas_used == pytest.approx(per_gas, rel=0.15)
    assert predicted.payout > measured.payout


async def test_quote__measured__says_what_each_task_brings(chain: Chain) -> None:
    hashes = [await chain.schedule(chain.counter, bump(), ahead=20) for _ in range(2)]
    await chain.mine(25)
    found = await quote(chain, chain.url)
    assert [result.task_hash for result in found.results] == hashes
    assert sum(result.amount for result in found.results) == found.payout
    assert all(result.gas_used for result in found.results)


@pytest.mark.parametrize("unknown", [(), ("eth_simulateV1",)])
async def test_quote__nothing_due__brings_nothing(chain: Chain, unknown: tuple[str, ...]) -> None:
    async with running_gateway(chain.url) as (gateway, url):
        gateway.unknown.update(unknown)
        found = await quote(chain, url)
    assert (found.executed, found.failed, found.payout) == (0, 0, 0)


@pytest.mark.parametrize("unknown", [(), ("eth_simulateV1",)])
async def test_quote__batch_would_revert__brings_nothing_and_says_why(
    chain: Chain, unknown: tuple[str, ...]
) -> None:
    call = chain.manager.calls.cancel_task(TaskHash("0x" + "00" * 32))
    with structlog.testing.capture_logs() as said:
        async with running_gateway(chain.url) as (gateway, url):
            gateway.unknown.update(unknown)
            found = await quote(chain, url, call)
    assert found.payout == 0
    assert "TaskManager_UnknownTask" in said[-1]["reason"]
