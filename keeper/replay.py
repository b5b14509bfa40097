"""Decides about past blocks again, by the present settings. Sends nothing, writes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any

from keeper.appraiser import Appraiser, Offer, Purse
from keeper.bots.rehearser import NOBODY
from keeper.providers.manager import ManagerReader
from keeper.providers.pool import open_endpoints
from keeper.queues import Queues
from keeper.services.hindsight import Comparison, Decision, compare, newly_done
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.startup import find_manager
from keeper.store import books
from keeper.store.database import Store
from keeper.types import Head, LedgerEntry, Verdict
from taskwork.chain.types import BlockNumber, Gas, TaskHash, Wei
from taskwork.errors import InvalidInput
from taskwork.units import short


async def decide_again(settings: Settings, first: BlockNumber, last: BlockNumber) -> list[Decision]:
    """What would have been decided for each block; needs a node that has their states.

    Base fees are those of then; what others tip is known of today only.
    """
    return [decision async for decision in _decisions(settings, first, last)]


def as_json(decisions: list[Decision]) -> dict[str, Any]:
    """For programs: amounts in wei."""
    told = [asdict(decision) for decision in decisions]
    return {"decisions": told, "comparison": asdict(compare(decisions))}


def in_words(decisions: list[Decision]) -> str:
    """For people: blocks in which there was something to decide or to earn, and the sum."""
    told = [_line(decision) for decision in decisions if decision.due or decision.did]
    return "\n".join([*told, _sum(compare(decisions))])


async def _decisions(
    settings: Settings, first: BlockNumber, last: BlockNumber
) -> AsyncIterator[Decision]:
    if not 0 < first <= last:
        raise InvalidInput("--from", first, f"must be at least 1, and not after --to {last}")
    async with AsyncExitStack() as stack:
        store = await Store.open(settings.store.get_secret_value())
        stack.push_async_callback(store.close)
        endpoints = open_endpoints(settings.endpoints, settings.reading, Signals())
        await stack.enter_async_context(endpoints)
        about = await find_manager(endpoints, settings)
        manager = ManagerReader(endpoints, about.manager)
        queues = Queues(manager, store, of_the_past=True)
        appraiser = Appraiser(manager, NOBODY, settings, Signals(), queues)
        earned = _by_block(await store.read(books.listed))
        done: set[TaskHash] = set()
        for number in range(first, last + 1):
            head = await _head_before(manager, number)
            offer = await appraiser.appraise(head, Purse(None, Wei(0)))
            yield _decide(BlockNumber(number), offer, done, earned.get(number, Wei(0)))


def _decide(block: BlockNumber, offer: Offer | None, done: set[TaskHash], did: Wei) -> Decision:
    """Decide about one block; `done` is what earlier decisions did and the chain did not yet."""
    if offer is None:
        done.clear()
        return Decision(block, 0, "nothing_due", 0, Wei(0), did)
    done.intersection_update(offer.due)
    verdict = offer.bid.verdict
    if verdict is not Verdict.RUN:
        return Decision(block, len(offer.due), verdict.value, 0, Wei(0), did)
    cost = Wei(offer.quote.payout - offer.bid.profit)
    executed, profit = newly_done(offer.quote, offer.due, done, cost)
    done.update(result.task_hash for result in offer.quote.results)
    if not offer.quote.results:
        done.update(offer.due)
    return Decision(block, len(offer.due), verdict.value, executed, profit, did)


def _line(decision: Decision) -> str:
    would = f"{decision.executed} of {decision.due} for {short(decision.profit)}"
    did = f", earned {short(decision.did)}" if decision.did else ""
    return f"block {decision.block}: {decision.verdict}, {would}{did}"


def _sum(comparison: Comparison) -> str:
    would, did = comparison.would_have_earned, comparison.did_earn
    batches = f"{comparison.batches} batches, {comparison.executed} tasks"
    return f"{batches}: would have earned {would} wei, did earn {did} wei"


async def _head_before(manager: ManagerReader, number: int) -> Head:
    """The head as it was, and what the next block's base fee then really was."""
    block = await manager.block(BlockNumber(number - 1))
    landed = await manager.block(BlockNumber(number))
    return Head(
        number=BlockNumber(block["number"]),
        hash=f"0x{block['hash'].hex()}",
        parent_hash=f"0x{block['parentHash'].hex()}",
        timestamp=int(block["timestamp"]),
        gas_limit=Gas(block["gasLimit"]),
        next_base_fee=Wei(landed["baseFeePerGas"]),
    )


def _by_block(entries: Sequence[LedgerEntry]) -> dict[int, Wei]:
    """Profit as booked."""
    earned: dict[int, Wei] = {}
    for entry in entries:
        earned[entry.block.number] = Wei(earned.get(entry.block.number, 0) + entry.profit)
    return earned
