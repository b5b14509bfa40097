"""Restarts, reorganisations and strangers: nothing is executed twice, forgotten, or miscounted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from keeper.sender import TRANSFER_GAS
from keeper.signals import EntryBooked, NonceTaken, TransactionSent
from keeper.store import books, journal
from keeper.store.database import Store
from keeper.types import EntryState, NonceState
from taskwork.chain.transactions import Call, Fees, sign
from taskwork.chain.types import Address, Gas, TaskStatus, Wei
from tests.keeper.support import RunningKeeper, running_keeper, until
from tests.support.chain import GWEI, Chain, rich_account
from tests.support.faults.faults import AnswerLost, Hang, RequestLost
from tests.support.faults.proxy import running_proxy

pytestmark = pytest.mark.integration

SEND = "eth_sendRawTransaction"


async def profit_in(store: Path, executor: str) -> int:
    opened = await Store.open(str(store))
    found = await opened.read(lambda db: books.listed(db, executor=Address(executor)))
    await opened.close()
    return sum(entry.profit - entry.credited for entry in found)


async def states_in(store: Path, executor: str) -> list[NonceState]:
    def read(db: Connection) -> list[NonceState]:
        found = (journal.find_nonce(db, Address(executor), nonce) for nonce in range(20))
        return [entry.state for entry in found if entry is not None]

    opened = await Store.open(str(store))
    states = await opened.read(read)
    await opened.close()
    return states


@pytest.mark.parametrize("fault", [RequestLost(), AnswerLost(), Hang(60)])
async def test_restart__died_while_broadcasting__sends_the_same_bytes_once(
    chain: Chain, tmp_path: Path, fault: Any
) -> None:
    task_hash = await chain.schedule_due()
    store, before = tmp_path / "keeper.db", await chain.balance(chain.executor.address)
    with running_proxy(chain.url) as proxy:
        with proxy.program.during(fault, SEND) as rule:
            usual = {"rpc": proxy.http, "store": str(store), "stop_timeout_s": 0.1}
            async with running_keeper(chain, chain.executor, **usual, request_timeout_s=1) as first:
                await until(lambda: rule.hit > 0)
                first.task.cancel()
                await asyncio.wait([first.task])
        async with running_keeper(chain, chain.executor, rpc=proxy.http, store=str(store)) as again:
            executed = await again.said("batch_executed")

    assert await chain.manager.get_task_status(task_hash) is TaskStatus.COMPLETED
    assert await chain.web3.eth.get_transaction_count(Address(chain.executor.address)) == 1
    gained = await chain.balance(chain.executor.address) - before
    assert executed["profit"] == gained == await profit_in(store, chain.executor.address)


async def test_restart__journaled_and_never_sent__is_sent(chain: Chain, tmp_path: Path) -> None:
    await chain.schedule_due()
    store = tmp_path / "keeper.db"
    with running_proxy(chain.url) as proxy, proxy.program.during(RequestLost(), SEND):
        async with running_keeper(
            chain, chain.executor, rpc=proxy.http, store=str(store), stop_timeout_s=0.1
        ) as first:
            left = await first.said("batch_sent")
    assert await chain.web3.eth.get_transaction_count(Address(chain.executor.address)) == 0

    async with running_keeper(chain, chain.executor, store=str(store)) as again:
        executed = await again.said("batch_executed")
    assert executed["tx_hash"] == left["tx"]


async def test_reorg__batch_dropped__is_rolled_back_and_executed_again(
    chain: Chain, tmp_path: Path
) -> None:
    task_hash = await chain.schedule_due()
    await chain.mine(3)
    store, before = tmp_path / "keeper.db", await chain.balance(chain.executor.address)
    async with running_keeper(chain, chain.executor, store=str(store)) as keeper:
        await keeper.said("batch_executed")
        await chain.mine(2)
        await chain.rpc("anvil_reorg", 4, [])
        rolled_back = await keeper.said("batch_rolled_back")
        await keeper.said("transaction_resent")
        await chain.mine()
        executed = await keeper.said("batch_executed", 2)
        totals = await keeper.end()

    assert executed["tx_hash"] == rolled_back["tx_hash"]
    assert await chain.manager.get_task_status(task_hash) is TaskStatus.COMPLETED
    gained = await chain.balance(chain.executor.address) - before
    assert totals.executed == 1
    assert gained == totals.profit == await profit_in(store, chain.executor.address)


async def test_reorg__batch_in_another_block__is_booked_there(chain: Chain, tmp_path: Path) -> None:
    await chain.schedule_due()
    await chain.mine(3)
    store, before = tmp_path / "keeper.db", await chain.balance(chain.executor.address)
    async with running_keeper(chain, chain.executor, store=str(store)) as keeper:
        executed = await keeper.said("batch_executed")
        raw = await chain.rpc("eth_getRawTransactionByHash", executed["tx_hash"])
        await chain.mine(2)
        await chain.rpc("anvil_reorg", 4, [[raw, 0]])
        moved = await keeper.said("batch_executed", 2)
        totals = await keeper.end()

    assert moved["tx_hash"] == executed["tx_hash"]
    assert totals.batches == 1
    assert await chain.balance(chain.executor.address) - before == totals.profit


async def test_books__deep_enough__are_confirmed_and_equal_the_chains(
    chain: Chain, tmp_path: Path
) -> None:
    store, before = tmp_path / "keeper.db", await chain.balance(chain.executor.address)
    await chain.schedule_due()
    settings = {"store": str(store), "confirmations": 3}
    async with running_keeper(chain, chain.executor, **settings) as keeper:
        await keeper.said("batch_executed")
        await chain.mine(4)
        await keeper.said("entry_confirmed")

    opened = await Store.open(str(store))
    (entry,) = await opened.read(books.listed)
    await opened.close()
    assert entry.state is EntryState.CONFIRMED
    assert entry.profit == await chain.balance(chain.executor.address) - before
    assert await states_in(store, chain.executor.address) == [NonceState.FINAL]


async def test_key_used_by_a_stranger__nonce_is_taken__work_goes_on(
    chain: Chain, tmp_path: Path
) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)
    store = tmp_path / "keeper.db"
    settings = {"store": str(store), "confirmations": 2}
    async with running_keeper(chain, chain.executor, **settings) as keeper:
        sent = await keeper.said("batch_sent")
        await chain.rpc("anvil_dropTransaction", sent["tx"])
        await chain.rpc("evm_setAutomine", True)
        await pay(chain, nonce=0)
        await keeper.said("nonce_taken")
        await keeper.said("batch_executed")
        await chain.mine(4)
        await keeper.said("entry_confirmed")

    assert NonceTaken(0) in keeper.signals
    assert await states_in(store, chain.executor.address) == [NonceState.LOST, NonceState.FINAL]


async def test_gap__stranger_left_a_nonce_out__is_filled(chain: Chain) -> None:
    """Ours waits behind a pending transaction that vanishes: the gap is closed by nothing."""
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)
    stranger = await pay(chain, nonce=0)
    async with running_keeper(chain, chain.executor) as keeper:
        sent = await keeper.said("batch_sent")
        await chain.rpc("anvil_dropTransaction", stranger)
        await chain.mine(3)
        gap = await keeper.said("nonce_gap")
        await chain.mine()
        filled = await keeper.said("empty_transaction_mined")
        await chain.mine()
        executed = await keeper.said("batch_executed")

    assert sent["nonce"] == 1
    assert gap["nonce"] == 0
    assert filled["tx_hash"] == gap["tx"]
    assert executed["executed"] == 1


async def test_stop__node_away_and_nothing_out__ends_at_once(chain: Chain) -> None:
    with running_proxy(chain.url) as proxy:
        settings = {"rpc": proxy.http, "stop_timeout_s": 600, "request_timeout_s": 1}
        async with running_keeper(chain, chain.executor, **settings) as keeper:
            await keeper.said("keeper_started")
            with proxy.away():
                await keeper.said("endpoint_lost")
                await keeper.end()
    assert not keeper.all_said("transaction_left_behind")


async def test_store__cannot_be_written__sends_nothing(chain: Chain, tmp_path: Path) -> None:
    await chain.schedule_due(data=None)
    store = tmp_path / "keeper.db"
    async with running_keeper(chain, chain.executor, store=str(store)) as keeper:
        await keeper.said("batch_executed")
        blocker = await Store.open(str(store))
        held = asyncio.Event()
        loop = asyncio.get_running_loop()
        release = asyncio.Event()

        def hold(_: Connection) -> None:
            loop.call_soon_threadsafe(held.set)
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result(60)

        holding = asyncio.create_task(blocker.write(hold))
        await held.wait()
        await chain.schedule_due()
        count = await chain.web3.eth.get_transaction_count(Address(chain.executor.address))
        failed = await keeper.said("cycle_failed")
        same = await chain.web3.eth.get_transaction_count(Address(chain.executor.address))
        release.set()
        await holding
        await blocker.close()
        await keeper.said("batch_executed", 2)

    assert count == same == 1
    assert failed["bot"] in {"executor", "indexer"}


async def test_private_endpoint__not_mined_from_there__is_shown_to_everybody(
    chain: Chain,
) -> None:
    await chain.schedule_due()
    with (
        running_proxy(chain.url) as private,
        running_proxy(chain.url) as public,
        private.program.during(RequestLost(), SEND),
    ):
        settings = {"rpc": public.http, "private_rpc": private.http, "private_blocks": 2}
        async with running_keeper(chain, chain.executor, **settings) as keeper:
            await keeper.said("batch_sent")
            assert SEND not in public.program.requests
            await chain.mine()
            await keeper.said("transaction_resent")
            await chain.mine()
            await keeper.said("transaction_published")
            executed = await keeper.said("batch_executed")

    assert executed["executed"] == 1
    assert SEND in public.program.requests
    assert set(private.program.requests) <= {SEND, "eth_chainId"}


async def test_race__two_keepers_two_keys__loser_pays_25k_gas_at_most(chain: Chain) -> None:
    """Both are sent before either is mined; the task runs once, whoever comes second."""
    rival = await rich_account(chain.web3)
    task_hash = await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)
    async with (
        running_keeper(chain, chain.executor) as one,
        running_keeper(chain, rival) as other,
    ):
        await until(lambda: has_sent(one) and has_sent(other))
        await chain.mine()
        await until(lambda: has_booked(one) and has_booked(other))
        totals = [await one.end(), await other.end()]

    winner, loser = sorted(totals, key=lambda each: -each.executed)
    info = await chain.manager.get_task_info(task_hash)
    assert (winner.executed, loser.executed) == (1, 0)
    assert info.metrics.executions == 1
    assert TRANSFER_GAS < loser.gas_used <= 25_000
    assert winner.profit > 0


def has_sent(keeper: RunningKeeper) -> bool:
    return any(isinstance(signal, TransactionSent) for signal in keeper.signals)


def has_booked(keeper: RunningKeeper) -> bool:
    return any(isinstance(signal, EntryBooked) for signal in keeper.signals)


async def pay(chain: Chain, *, nonce: int) -> str:
    """A transaction that the keeper's key signed elsewhere."""
    tx = Call(Address(chain.owner.address), b"", Wei(1)).as_tx(Address(chain.executor.address))
    tx.update({"gas": Gas(21_000), "nonce": nonce, "chainId": 31337})
    signed = sign(chain.executor, tx, Fees(Wei(9 * GWEI), Wei(GWEI)))
    return str(await chain.rpc(SEND, f"0x{signed.raw.hex()}"))
