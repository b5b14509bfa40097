"""Finds what is due, and makes the best offer of it: which call, which gas, which fees."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from keeper.providers.manager import ManagerReader
from keeper.services.fees import choose_fees
from keeper.services.plan import batch_gas, is_too_small, landing_block
from keeper.services.profit import bid_for, pays_to_wait, within_daily_limit
from keeper.services.selection import allowed, blocks_late, is_better_alone, paying
from keeper.settings import Settings
from keeper.signals import QueueSeen, Signals
from keeper.simulator import Simulator
from keeper.types import Bid, DueTask, Head, Quote, Verdict
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import Address, Gas, TaskHash, Wei

log = structlog.get_logger()

_MOST_DUE_READ = 400  # more than fit a batch
_NO_QUOTE = Quote(executed=0, failed=0, gas_used=Gas(0), payout=Wei(0))


@dataclass(frozen=True, slots=True)
class Purse:
    """What the executor has, and has spent."""

    balance: Wei | None  # None in a dry run
    spent_today: Wei


@dataclass(frozen=True, slots=True)
class Offer:
    """A batch, and what is thought of it."""

    due: tuple[TaskHash, ...]
    late: int  # blocks, of the one that waits longest
    call: Call
    gas: Gas
    quote: Quote
    bid: Bid


class Appraiser:
    """Makes offers on behalf of one executor. Sends nothing."""

    def __init__(
        self, manager: ManagerReader, executor: Address, settings: Settings, signals: Signals
    ) -> None:
        self._manager = manager
        self._simulator = Simulator(manager)
        self._calls = TaskManagerCalls(manager.address)
        self._executor = executor
        self._settings = settings
        self._limits = settings.limits
        self._signals = signals
        self._known: dict[TaskHash, DueTask] = {}  # of the tasks due lately

    async def appraise(self, head: Head, purse: Purse) -> Offer | None:
        """The best that can be done in the next block; None when nothing is due."""
        landing = landing_block(head.number)
        due = await self._manager.due(head.number, landing, _MOST_DUE_READ)
        late = await self._lateness(due[:1], head)
        self._signals.emit(QueueSeen(len(due), late))
        if not due:
            return None
        tip = await self._manager.usual_tip()
        offer = await self._price(due, late, head, tip, purse)
        return await self._reconsider(offer, head, tip, purse)

    async def quote(self, call: Call, gas: Gas, head: Head) -> Quote:
        """What a call that is already out would do now."""
        due = await self._manager.due(head.number, landing_block(head.number), _MOST_DUE_READ)
        return await self._quote(call, due, gas, head)

    async def _price(
        self, due: Sequence[TaskHash], late: int, head: Head, tip: Wei, purse: Purse
    ) -> Offer:
        reserve, denied = self._settings.gas_reserve, self._settings.denied
        call = self._calls.execute_queued_tasks(reserve)
        chosen = await self._allowed(due, head) if denied.owners or denied.targets else due
        if len(chosen) < len(due):
            call = self._calls.execute_tasks(chosen, reserve)
        gas = self._gas(head, tip, purse)
        offer = Offer(tuple(due), late, call, gas, _NO_QUOTE, _refuse(Verdict.ALL_DENIED))
        if not chosen:
            return offer
        if is_too_small(gas, reserve):
            return replace(offer, bid=_refuse(Verdict.BALANCE_TOO_LOW))
        return await self._bid(offer, call, chosen, head, tip)

    async def _reconsider(self, offer: Offer, head: Head, tip: Wei, purse: Purse) -> Offer:
        """Leave out what does not pay, keep to the daily limit, wait where waiting pays."""
        price = Wei(head.next_base_fee + self._limits.min_tip)
        if offer.bid.verdict is Verdict.NOT_PROFITABLE and is_better_alone(offer.quote, price):
            chosen = paying(offer.quote, price)
            call = self._calls.execute_tasks(chosen, self._settings.gas_reserve)
            offer = await self._bid(offer, call, chosen, head, tip)
        if offer.bid.verdict is not Verdict.RUN:
            return offer
        limit = self._settings.daily_limit
        allowed_today = Wei(limit) if limit is not None else None
        if not within_daily_limit(allowed_today, purse.spent_today, offer.quote, offer.bid.fees):
            return replace(offer, bid=replace(offer.bid, verdict=Verdict.DAILY_LIMIT))
        if offer.late < self._settings.max_wait and await self._is_worth_waiting(offer, head, tip):
            return replace(offer, bid=replace(offer.bid, verdict=Verdict.WAITING))
        return offer

    async def _is_worth_waiting(self, offer: Offer, head: Head, tip: Wei) -> bool:
        later = await self._simulator.quote(
            offer.call,
            offer.due,
            sender=self._executor,
            gas=offer.gas,
            head=head,
            blocks_ahead=1,
        )
        return pays_to_wait(
            offer.bid.profit,
            bid_for(later, head.next_base_fee, tip, self._limits).profit,
            late=offer.late,
            max_wait=self._settings.max_wait,
            rival_risk=self._settings.rival_risk,
        )

    async def _bid(
        self, offer: Offer, call: Call, chosen: Sequence[TaskHash], head: Head, tip: Wei
    ) -> Offer:
        quote = await self._quote(call, chosen, offer.gas, head)
        bid = bid_for(quote, head.next_base_fee, tip, self._limits)
        return replace(offer, call=call, quote=quote, bid=bid)

    def _gas(self, head: Head, tip: Wei, purse: Purse) -> Gas:
        highest = choose_fees(head.next_base_fee, tip, self._limits.max_fee).max_fee
        wanted = Gas(self._settings.gas_limit)
        return batch_gas(wanted, head.gas_limit, purse.balance, highest)

    async def _quote(self, call: Call, due: Sequence[TaskHash], gas: Gas, head: Head) -> Quote:
        return await self._simulator.quote(call, due, sender=self._executor, gas=gas, head=head)

    async def _allowed(self, due: Sequence[TaskHash], head: Head) -> list[TaskHash]:
        tasks = await asyncio.gather(*(self._task(one, head) for one in due))
        return allowed(tasks, self._settings.denied)

    async def _lateness(self, earliest: Sequence[TaskHash], head: Head) -> int:
        if not earliest:
            return 0
        blocks = await self._manager.read(
            lambda manager: manager.get_next_blocks_for_tasks(earliest, block=head.number)
        )
        return blocks_late(list(blocks.values()), landing_block(head.number))

    async def _task(self, task_hash: TaskHash, head: Head) -> DueTask:
        """Owner and target never change, so they are asked once."""
        if task_hash not in self._known:
            if len(self._known) > 10 * _MOST_DUE_READ:
                self._known.clear()
            self._known[task_hash] = await self._simulator.due_task(task_hash, head.number)
        return self._known[task_hash]


def _refuse(verdict: Verdict) -> Bid:
    return Bid(verdict, Fees(Wei(0), Wei(0)), Wei(0))
