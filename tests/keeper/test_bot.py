"""The keeper on a real chain: what it sends, what it refuses, and how it survives."""

from __future__ import annotations

import asyncio

import pytest

from keeper.signals import BalanceSeen
from keeper.types import Totals
from taskwork.chain.transactions import Call, Fees, send
from taskwork.chain.types import Address, BlockNumber, Gas, TaskStatus, Wei
from tests.keeper.support import PATIENCE_S, running_keeper
from tests.support.chain import ETHER, GWEI, Chain, bump, refuse
from tests.support.gateway import running_gateway

pytestmark = pytest.mark.integration


async def test_keeper__due_task__executes_it_and_books_the_profit(chain: Chain) -> None:
    task_hash = await chain.schedule_due()
    before = await chain.balance(chain.executor.address)

    async with running_keeper(chain, chain.executor) as keeper:
        await keeper.said("batch_executed")
        totals = await keeper.end()

    gained = await chain.balance(chain.executor.address) - before
    assert await chain.manager.get_task_status(task_hash) is TaskStatus.COMPLETED
    assert (totals.batches, totals.executed, totals.failed) == (1, 1, 0)
    assert totals.profit == gained > 0


async def test_keeper__websocket__executes_what_becomes_due(chain: Chain) -> None:
    url = chain.url.replace("http", "ws")
    async with running_keeper(chain, chain.executor, rpc=url) as keeper:
        await keeper.said("keeper_started")
        await chain.schedule_due()
        executed = await keeper.said("batch_executed")

    assert executed["executed"] == 1


async def test_keeper__batch_sent__earns_what_was_simulated(chain: Chain) -> None:
    for _ in range(3):
        await chain.schedule(chain.counter, b"\x00" * 4, ahead=20)
    await chain.mine(25)

    async with running_keeper(chain, None) as dry:
        foreseen = await dry.said("batch_would_execute")
    async with running_keeper(chain, chain.executor) as keeper:
        executed = await keeper.said("batch_executed")

    compared = ("executed", "failed", "gas_used", "reimbursed", "cost", "profit", "block")
    assert {name: executed[name] for name in compared} == {n: foreseen[n] for n in compared}


async def test_keeper__dry_run__sends_nothing_and_counts_a_batch_once(chain: Chain) -> None:
    await chain.schedule_due()
    before = await chain.head()

    async with running_keeper(chain, None) as keeper:
        await keeper.said("batch_would_execute")
        await chain.mine(3)
        totals = await keeper.end()

    assert await chain.head() == before + 3
    assert totals.batches == 1
    assert totals.profit > 0


async def test_keeper__target_reverts__is_paid_and_says_why(chain: Chain) -> None:
    task_hash = await chain.schedule_due(chain.reverter, refuse())

    async with running_keeper(chain, chain.executor) as keeper:
        failed = await keeper.said("task_failed")
        totals = await keeper.end()

    assert failed["task"] == task_hash
    assert failed["reason"] == "reverted: refused"
    assert totals.failed == 1
    assert totals.profit > 0


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"min_profit": ETHER}, "not_profitable"),
        ({"max_fee": GWEI // 4}, "base_fee_too_high"),
    ],
)
async def test_keeper__batch_below_its_limits__skips_it(
    chain: Chain, settings: dict[str, int], reason: str
) -> None:
    await chain.schedule_due()

    async with running_keeper(chain, chain.executor, **settings) as keeper:
        skipped = await keeper.said("batch_skipped")
        totals = await keeper.end()

    assert skipped["reason"] == reason
    assert totals == Totals()


async def test_keeper__poor_executor__says_so_and_waits(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("anvil_setBalance", chain.executor.address, hex(GWEI))

    async with running_keeper(chain, chain.executor) as keeper:
        assert (await keeper.said("batch_skipped"))["reason"] == "balance_too_low"
        low = await keeper.said("balance_low")
    assert low["balance"] == GWEI
    assert BalanceSeen(Wei(GWEI), is_low=True) in keeper.signals


async def test_keeper__transaction_vanished__replaces_it_for_more(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)

    async with running_keeper(chain, chain.executor) as keeper:
        sent = await keeper.said("batch_sent")
        await chain.rpc("anvil_dropTransaction", sent["tx"])
        await chain.mine(2)
        replaced = await keeper.said("transaction_replaced")
        await chain.mine()
        executed = await keeper.said("batch_executed")

    assert replaced["kind"] == "batch"
    assert replaced["max_fee"] * 1000 >= sent["max_fee"] * 1125
    assert executed["tx_hash"] == replaced["tx"]
    assert executed["executed"] == 1


async def test_keeper__batch_taken_by_another__cancels_its_transaction(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)

    async with running_keeper(chain, chain.executor) as keeper:
        sent = await keeper.said("batch_sent")
        await chain.rpc("anvil_dropTransaction", sent["tx"])
        await chain.rpc("evm_setAutomine", True)
        await chain.manager.send(
            chain.owner, chain.manager.calls.execute_queued_tasks(50_000), gas=Gas(2_000_000)
        )
        await chain.mine(2)
        replaced = await keeper.said("transaction_replaced")
        mined = await keeper.said("empty_transaction_mined")
        totals = await keeper.end()

    assert replaced["kind"] == "cancel"
    assert mined["profit"] == totals.profit < 0
    assert (totals.executed, totals.gas_used) == (0, 21_000)


async def test_keeper__nonce_taken__forgets_the_transaction_and_goes_on(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)

    async with running_keeper(chain, chain.executor) as keeper:
        sent = await keeper.said("batch_sent")
        await chain.rpc("anvil_dropTransaction", sent["tx"])
        await chain.rpc("evm_setAutomine", True)
        stranger = Call(Address(chain.owner.address), b"", Wei(1))
        await send(chain.web3, chain.executor, stranger, fees=Fees(Wei(9 * GWEI), Wei(GWEI)))
        await chain.mine(2)
        taken = await keeper.said("nonce_taken")
        executed = await keeper.said("batch_executed")

    assert taken["nonce"] == sent["nonce"]
    assert executed["executed"] == 1


async def test_keeper__node_away__connects_again_and_executes(chain: Chain) -> None:
    async with (
        running_gateway(chain.url) as (gateway, url),
        running_keeper(chain, chain.executor, rpc=url) as keeper,
    ):
        await keeper.said("keeper_started")
        gateway.is_open = False
        await chain.schedule_due()
        await keeper.said("endpoint_lost")
        gateway.is_open = True
        executed = await keeper.said("batch_executed")

    assert executed["executed"] == 1


async def test_keeper__answer_to_sending_lost__finds_the_transaction(chain: Chain) -> None:
    await chain.schedule_due()
    async with running_gateway(chain.url) as (gateway, url):
        gateway.deaf_after = "eth_sendRawTransaction"
        async with running_keeper(chain, chain.executor, rpc=url) as keeper:
            await keeper.said("transaction_maybe_sent")
            executed = await keeper.said("batch_executed")

    assert executed["executed"] == 1
    assert len(keeper.all_said("batch_executed")) == 1


async def test_keeper__node_cannot_simulate__predicts_and_executes(chain: Chain) -> None:
    await chain.schedule_due()
    async with running_gateway(chain.url) as (gateway, url):
        gateway.unknown.add("eth_simulateV1")
        async with running_keeper(chain, chain.executor, rpc=url) as keeper:
            await keeper.said("simulation_unavailable")
            executed = await keeper.said("batch_executed")

    assert executed["executed"] == 1
    assert executed["profit"] > 0


async def test_keeper__stopped_with_a_transaction_out__sees_it_through(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)

    async with running_keeper(chain, chain.executor) as keeper:
        await keeper.said("batch_sent")
        keeper.stop.set()
        await chain.mine()
        totals = await keeper.end()

    assert totals.executed == 1


async def test_keeper__stopped_while_nothing_is_mined__leaves_in_bounded_time(
    chain: Chain,
) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)

    async with running_keeper(chain, chain.executor, stop_timeout_s=0.2) as keeper:
        sent = await keeper.said("batch_sent")
        await keeper.end()
        left = await keeper.said("transaction_left_behind")

    await chain.rpc("anvil_dropAllTransactions")
    assert left["hashes"] == [sent["tx"]]


async def test_keeper__node_refuses_the_transaction__tries_again_with_the_next_block(
    chain: Chain,
) -> None:
    await chain.schedule_due()
    async with running_gateway(chain.url) as (gateway, url):
        gateway.refused.add("eth_sendRawTransaction")
        async with running_keeper(chain, chain.executor, rpc=url) as keeper:
            refused = await keeper.said("transaction_refused")
            gateway.refused.clear()
            await chain.mine()
            await keeper.said("batch_executed")

    assert refused["reason"] == "not now"


async def test_keeper__replacement_refused__keeps_following_what_is_out(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)
    async with (
        running_gateway(chain.url) as (gateway, url),
        running_keeper(chain, chain.executor, rpc=url) as keeper,
    ):
        sent = await keeper.said("batch_sent")
        gateway.refused.add("eth_sendRawTransaction")
        raw = await chain.rpc("eth_getRawTransactionByHash", sent["tx"])
        await chain.rpc("anvil_dropTransaction", sent["tx"])
        await chain.mine(2)
        await keeper.said("replacement_refused")
        await chain.rpc("eth_sendRawTransaction", raw)
        await chain.mine()
        executed = await keeper.said("batch_executed")

    assert executed["tx_hash"] == sent["tx"]


async def test_keeper__replacement_above_its_limit__sends_the_same_again(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)

    async with running_keeper(chain, chain.executor, max_fee=11 * GWEI // 5) as keeper:
        sent = await keeper.said("batch_sent")
        await chain.rpc("anvil_dropTransaction", sent["tx"])
        await chain.mine(2)
        await keeper.said("fee_limit_reached")
        await until_pending(chain, 1)
        await chain.mine()
        executed = await keeper.said("batch_executed")

    assert sent["max_fee"] == 11 * GWEI // 5
    assert executed["tx_hash"] == sent["tx"]


async def test_keeper__more_due_than_fits_a_batch__goes_on_until_nothing_is(chain: Chain) -> None:
    for _ in range(12):
        await chain.schedule(chain.counter, bump(), ahead=40)
    await chain.mine(60)

    async with running_keeper(chain, chain.executor, gas_limit=550_000) as keeper:
        while await chain.manager.get_tasks_in_range(BlockNumber(0), await chain.head()):
            await keeper.said("batch_executed", len(keeper.all_said("batch_executed")) + 1)
        totals = await keeper.end()

    assert totals.executed == 12
    assert totals.batches > 1
    assert totals.profit > 0


async def until_pending(chain: Chain, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while int((await chain.rpc("txpool_status"))["pending"], 16) < count:
            await asyncio.sleep(0.02)
