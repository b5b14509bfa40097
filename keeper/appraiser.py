"""Finds what is due, and makes the best offer of it: which call, which gas, which fees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from keeper.providers.manager import ManagerReader
from keeper.queues import Due, Queues
from keeper.services.fees import choose_fees
from keeper.services.plan import batch_gas, is_too_small
from keeper.services.profit import bid_for, pays_to_wait, within_daily_limit
from keeper.services.selection import allowed, handled, is_better_alone, paying
from keeper.settings import Settings
from keeper.signals import QueueSeen, Signals
from keeper.simulator import Simulator
from keeper.types import Bid, Head, Quote, Verdict
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import Address, Gas, TaskHash, Wei

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
        self,
        manager: ManagerReader,
        executor: Address,
        settings: Settings,
        signals: Signals,
        queues: Queues,
    ) -> None:
        self._manager = manager
        self._queues = queues
        self._simulator = Simulator(manager)
        self._calls = TaskManagerCalls(manager.address)
        self._executor = executor
        self._settings = settings
        self._limits = settings.limits
        self._signals = signals

    async def appraise(self, head: Head, purse: Purse) -> Offer | None:
        """The best that can be done in the next block; None when nothing is due."""
        found = [await self._queues.queued(head), await self._queues.committed(head)]
        count, late = sum(len(due.tasks) for due in found), max(due.late for due in found)
        self._signals.emit(QueueSeen(count, late))
        tip = await self._manager.usual_tip() if count else Wei(0)
        offers = [await self._offer(due, head, tip, purse) for due in found if due.tasks]
        return max(offers, key=_worth, default=None)

    async def quote(self, call: Call, gas: Gas, head: Head) -> Quote:
        """What a call that is already out would do now."""
        found = [await self._queues.queued(head), await self._queues.committed(head)]
        due = next((due for due in found if _is_of(call, due, self._calls)), found[0])
        return await self._quote(call, due, due.tasks, gas, head)

    async def _offer(self, due: Due, head: Head, tip: Wei, purse: Purse) -> Offer:
        denied = self._settings.denied
        chosen: Sequence[TaskHash] = due.tasks
        if denied.owners or denied.targets:
            chosen = allowed(await self._queues.definitions(due, head), denied)
        gas, reserve = self._gas(head, tip, purse), self._settings.gas_reserve
        call = due.call(self._calls, chosen, reserve)
        offer = Offer(due.tasks, due.late, call, gas, _NO_QUOTE, _refuse(Verdict.ALL_DENIED))
        if not chosen:
            return offer
        if is_too_small(gas, reserve):
            return replace(offer, bid=_refuse(Verdict.BALANCE_TOO_LOW))
        offer = await self._bid(offer, due, chosen, head, tip)
        offer = await self._leave_out(offer, due, chosen, head, tip)
        return await self._hold_back(offer, due, head, tip, purse)

    async def _leave_out(
        self, offer: Offer, due: Due, chosen: Sequence[TaskHash], head: Head, tip: Wei
    ) -> Offer:
        """Without what does not pay, and without committed tasks that there is no gas for."""
        price = Wei(head.next_base_fee + self._limits.min_tip)
        kept = chosen
        if due.committed and offer.quote.results:
            kept = handled(offer.quote, chosen)
        if offer.bid.verdict is Verdict.NOT_PROFITABLE and is_better_alone(offer.quote, price):
            kept = paying(offer.quote, price)
        if len(kept) == len(chosen):
            return offer
        return await self._bid(offer, due, kept, head, tip)

    async def _hold_back(self, offer: Offer, due: Due, head: Head, tip: Wei, purse: Purse) -> Offer:
        """Keep to the daily limit, and wait where waiting pays."""
        if offer.bid.verdict is not Verdict.RUN:
            return offer
        limit = self._settings.daily_limit
        today = Wei(limit) if limit is not None else None
        if not within_daily_limit(today, purse.spent_today, offer.quote, offer.bid.fees):
            return replace(offer, bid=replace(offer.bid, verdict=Verdict.DAILY_LIMIT))
        if offer.late < self._settings.max_wait and await self._gains_later(offer, due, head, tip):
            return replace(offer, bid=replace(offer.bid, verdict=Verdict.WAITING))
        return offer

    async def _gains_later(self, offer: Offer, due: Due, head: Head, tip: Wei) -> bool:
        later = await self._simulator.quote(
            offer.call,
            due.refs(due.tasks),
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
        self, offer: Offer, due: Due, chosen: Sequence[TaskHash], head: Head, tip: Wei
    ) -> Offer:
        call = due.call(self._calls, chosen, self._settings.gas_reserve)
        quote = await self._quote(call, due, chosen, offer.gas, head)
        bid = bid_for(quote, head.next_base_fee, tip, self._limits)
        return replace(offer, call=call, quote=quote, bid=bid)

    def _gas(self, head: Head, tip: Wei, purse: Purse) -> Gas:
        highest = choose_fees(head.next_base_fee, tip, self._limits.max_fee).max_fee
        wanted = Gas(self._settings.gas_limit)
        return batch_gas(wanted, head.gas_limit, purse.balance, highest)

    async def _quote(
        self, call: Call, due: Due, chosen: Sequence[TaskHash], gas: Gas, head: Head
    ) -> Quote:
        return await self._simulator.quote(
            call, due.refs(chosen), sender=self._executor, gas=gas, head=head
        )


def _worth(offer: Offer) -> tuple[bool, Wei]:
    return offer.bid.verdict is Verdict.RUN, offer.bid.profit


def _is_of(call: Call, due: Due, calls: TaskManagerCalls) -> bool:
    """Whether a call runs tasks of this kind."""
    return bool(due.tasks) and call.data[:4] == due.call(calls, due.tasks, 0).data[:4]


def _refuse(verdict: Verdict) -> Bid:
    return Bid(verdict, Fees(Wei(0), Wei(0)), Wei(0))
