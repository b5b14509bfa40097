"""Executes what is due: sees through what is out, then sends the next batch."""

from __future__ import annotations

import asyncio

import structlog

from keeper.appraiser import Appraiser, Offer, Purse
from keeper.bots.base import Bot
from keeper.providers.heads import HeadStream
from keeper.providers.manager import ManagerReader
from keeper.sender import TRANSFER_GAS, Delivery, Order, Sender, empty_call
from keeper.services.alarms import day_start, is_low, unprofitable_for
from keeper.services.fees import choose_fees, price_paid, replacement_fees
from keeper.services.flights import next_step, replacement_kind
from keeper.services.nonces import choose_nonce, missing_nonces
from keeper.services.profit import profit_at
from keeper.settings import Settings
from keeper.signals import BalanceSeen, BatchSkipped, Signals, Unprofitable
from keeper.store import books, journal
from keeper.store.database import Store
from keeper.tracker import Tracker
from keeper.types import Flight, Head, NonceState, Step, TxKind, Verdict
from taskwork.chain.transactions import Fees
from taskwork.chain.types import Wei

log = structlog.get_logger()


class Executor(Bot):
    """Has one batch out at most, so that each is simulated on what the chain really is."""

    NAME = "executor"

    def __init__(
        self,
        heads: HeadStream,
        *,
        manager: ManagerReader,
        appraiser: Appraiser,
        tracker: Tracker,
        sender: Sender,
        store: Store,
        settings: Settings,
        signals: Signals,
    ) -> None:
        super().__init__(heads, timeout_s=settings.block_timeout_s, signals=signals)
        self.accepts_work = True
        self.idle = asyncio.Event()  # nothing is out
        self._manager = manager
        self._appraiser = appraiser
        self._tracker = tracker
        self._sender = sender
        self._store = store
        self._settings = settings
        self._limits = settings.limits
        self._busy = asyncio.Lock()  # during a round
        self._unprofitable = 0  # blocks in a row
        self._was_low = False

    async def on_head(self, head: Head) -> None:
        """See through what is out; when nothing is, look for work."""
        async with self._busy:
            await self._deal_with(head)

    async def settled(self) -> None:
        """Wait until nothing is out; at once when nothing was, even if no node answers."""
        async with self._busy:
            out = await self.hashes_out()
        if out:
            await self.idle.wait()

    async def _deal_with(self, head: Head) -> None:
        flights = await self._tracker.follow(head)
        out = [flight for flight in flights if flight.is_out]
        for flight in out:
            await self._see_through(flight, head, out)
        self._note_idle(is_idle=not out)
        # On a head from before our last batch, its tasks would seem to be due still.
        if self.accepts_work and not out and head.number >= self._tracker.newest:
            await self._look_for_work(head, flights)

    async def hashes_out(self) -> list[str]:
        """What is out, perhaps: everything signed for nonces that are open."""
        me = self._sender.address
        flights = await self._store.read(lambda db: journal.open_flights(db, me))
        out = (flight for flight in flights if flight.is_out)
        return [attempt.tx_hash for flight in out for attempt in flight.attempts]

    def _note_idle(self, *, is_idle: bool) -> None:
        if is_idle:
            self.idle.set()
        else:
            self.idle.clear()

    # What is out

    async def _see_through(self, flight: Flight, head: Head, out: list[Flight]) -> None:
        step = next_step(
            flight,
            head.number,
            patience=self._settings.bump_blocks,
            private_blocks=self._settings.private_blocks,
        )
        newest = flight.newest
        if step is Step.RESEND:
            delivery = await self._sender.resend(newest)
            log.info("transaction_resent", tx=newest.tx_hash, delivery=delivery.value)
        elif step is Step.PUBLISH:
            delivery = await self._sender.publish(newest)
            log.info("transaction_published", tx=newest.tx_hash, delivery=delivery.value)
        elif step is Step.URGE:
            await self._close_gap(flight, head, out)
            await self._urge(flight, head)
        else:
            log.debug("transaction_pending", tx=newest.tx_hash, block=head.number)

    async def _urge(self, flight: Flight, head: Head) -> None:
        newest = flight.newest
        fees = replacement_fees(newest.fees, head.next_base_fee, self._limits.max_fee)
        if fees is None:
            log.warning("fee_limit_reached", tx=newest.tx_hash, max_fee=self._limits.max_fee)
            await self._sender.resend(newest)  # it may have been dropped
            return
        order = await self._replacement(flight, head, fees)
        attempt, delivery = await self._sender.send(
            order, head.number, is_replacement=True, is_private=newest.is_private
        )
        if delivery is Delivery.REFUSED:
            log.warning("replacement_refused", tx=newest.tx_hash)
            return
        log.info(
            "transaction_replaced",
            kind=order.kind.value,
            tx=attempt.tx_hash,
            nonce=order.nonce,
            max_fee=fees.max_fee,
        )

    async def _replacement(self, flight: Flight, head: Head, fees: Fees) -> Order:
        newest = flight.newest
        price = price_paid(fees, head.next_base_fee)
        profit = Wei(0)
        if newest.kind is TxKind.BATCH:
            quote = await self._appraiser.quote(newest.call, newest.gas, head)
            profit = profit_at(quote, price)
        kind = replacement_kind(flight, profit, self._limits.min_profit)
        if kind is TxKind.BATCH:
            return Order(flight.nonce, kind, newest.call, newest.gas, fees, profit)
        cost = Wei(-TRANSFER_GAS * price)
        call = empty_call(self._sender.address)
        return Order(flight.nonce, kind, call, TRANSFER_GAS, fees, cost)

    async def _close_gap(self, flight: Flight, head: Head, out: list[Flight]) -> None:
        """Fill the nonces below that nobody knows a transaction for: they hold this one up."""
        known = [other.nonce for other in out]
        missing = missing_nonces(self._tracker.mined, known, flight.nonce)
        if missing is None:
            await self._give_up(flight)
            return
        for nonce in missing:
            fees = choose_fees(head.next_base_fee, flight.newest.fees.tip, self._limits.max_fee)
            call = empty_call(self._sender.address)
            order = Order(nonce, TxKind.FILL, call, TRANSFER_GAS, fees)
            attempt, delivery = await self._sender.send(
                order, head.number, is_replacement=False, is_private=False
            )
            log.warning("nonce_gap", nonce=nonce, tx=attempt.tx_hash, delivery=delivery.value)

    async def _give_up(self, flight: Flight) -> None:
        me, nonce = self._sender.address, flight.nonce
        await self._store.write(lambda db: journal.settle(db, me, nonce, NonceState.VOID))
        log.error("nonce_unreachable", nonce=nonce, mined=self._tracker.mined)

    # What comes next

    async def _look_for_work(self, head: Head, refused: list[Flight]) -> None:
        offer = await self._appraiser.appraise(head, await self._purse(head))
        self._watch_profit(offer)
        if offer is None:
            log.debug("nothing_due", block=head.number)
        elif offer.bid.verdict is Verdict.RUN:
            await self._send(offer, head, refused)
        else:
            self._skip(offer, head)

    async def _send(self, offer: Offer, head: Head, refused: list[Flight]) -> None:
        order = Order(
            nonce=refused[0].nonce if refused else await self._next_nonce(),
            kind=TxKind.BATCH,
            call=offer.call,
            gas=offer.gas,
            fees=offer.bid.fees,
            expected_profit=offer.bid.profit,
        )
        attempt, delivery = await self._sender.send(
            order, head.number, is_replacement=False, is_private=True
        )
        if delivery is Delivery.REFUSED:
            log.warning("batch_refused", tx=attempt.tx_hash, nonce=order.nonce)
            return
        self.idle.clear()
        log.info(
            "batch_sent",
            tx=attempt.tx_hash,
            due=len(offer.due),
            expected_profit=offer.bid.profit,
            max_fee=order.fees.max_fee,
            tip=order.fees.tip,
            nonce=order.nonce,
        )

    async def _next_nonce(self) -> int:
        me = self._sender.address
        pending = await self._manager.nonce_counts(me, "pending")
        ledger = await self._store.read(lambda db: journal.next_nonce(db, me))
        return choose_nonce(self._tracker.mined, pending, ledger)

    async def _purse(self, head: Head) -> Purse:
        me, today = self._sender.address, day_start(head.timestamp)
        balance = await self._manager.balance(me)
        low = is_low(balance, Wei(self._settings.low_balance))
        self._signals.emit(BalanceSeen(balance, low))
        if low and not self._was_low:
            log.warning("balance_low", balance=balance, wanted=self._settings.low_balance)
        self._was_low = low
        spent = await self._store.read(lambda db: books.spent_since(db, me, today))
        return Purse(balance, spent)

    def _skip(self, offer: Offer, head: Head) -> None:
        verdict = offer.bid.verdict
        self._signals.emit(BatchSkipped(verdict.value, offer.bid.profit))
        log.info(
            "batch_skipped",
            reason=verdict.value,
            block=head.number,
            due=len(offer.due),
            profit=offer.bid.profit,
            payout=offer.quote.payout,
            gas=offer.quote.gas_used,
            base_fee=head.next_base_fee,
        )

    def _watch_profit(self, offer: Offer | None) -> None:
        verdict = offer.bid.verdict if offer else None
        self._unprofitable = unprofitable_for(self._unprofitable, verdict)
        alarming = self._unprofitable >= self._settings.unprofitable_blocks
        self._signals.emit(Unprofitable(self._unprofitable, alarming))
        if self._unprofitable == self._settings.unprofitable_blocks:
            log.warning("unprofitable", blocks=self._unprofitable)
