"""What the keeper does at each head: land the transaction that is out, else send the next batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from keeper.books import outcome_of
from keeper.ledger import Ledger
from keeper.sender import Sender
from keeper.services.fees import (
    choose_fees,
    is_overdue,
    next_step,
    price_paid,
    replacement_fees,
)
from keeper.services.plan import batch_gas, is_too_small, landing_block
from keeper.services.profit import bid_for, profit_at
from keeper.settings import Settings
from keeper.simulator import Simulator
from keeper.types import Bid, Head, InFlight, Quote, Verdict
from taskwork.chain.events import Event
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, BlockNumber, Gas, TaskHash, Wei
from taskwork.errors import NodeRefused

log = structlog.get_logger()

# Executes in the simulations of a dry run; nobody has its key.
NOBODY = Address(to_checksum_address(keccak(text="taskwork.keeper.dry-run")[12:]))

_MOST_DUE_READ = 200  # more than fit a batch


@dataclass(frozen=True, slots=True)
class Offer:
    """A batch, and what is thought of it."""

    call: Call
    gas: Gas
    quote: Quote
    bid: Bid


class Runner:
    """Acts over one connection; what must outlive it is in `sender` and `ledger`."""

    def __init__(
        self,
        web3: Web3,
        manager: Address,
        settings: Settings,
        sender: Sender | None,
        ledger: Ledger,
    ) -> None:
        self._web3 = web3
        self._manager = TaskManagerClient(web3, manager)
        self._simulator = Simulator(self._manager)
        self._settings = settings
        self._limits = settings.limits
        self._sender = sender
        self._ledger = ledger

    async def on_block(self, head: Head, *, accept_work: bool) -> None:
        """Do what `head` calls for, once."""
        if self._sender and self._sender.flight:
            await self._see_through(self._sender, self._sender.flight, head)
        if accept_work and not (self._sender and self._sender.flight):
            await self._look_for_work(head)

    async def _look_for_work(self, head: Head) -> None:
        due = await self._due(head)
        if not due:
            log.debug("nothing_due", block=head.number)
            return
        offer = await self._appraise(due, head)
        if offer is None:
            return
        if offer.bid.verdict is not Verdict.RUN:
            self._skip(offer, due, head)
        elif self._sender is None:
            self._ledger.foresee(due, landing_block(head.number), offer.quote, offer.bid)
        else:
            await self._send(self._sender, offer, due, head)

    async def _appraise(self, due: Sequence[TaskHash], head: Head) -> Offer | None:
        tip = await self._usual_tip()
        highest = choose_fees(head.next_base_fee, tip, self._limits.max_fee).max_fee
        wanted, reserve = Gas(self._settings.gas_limit), self._settings.gas_reserve
        gas = batch_gas(wanted, head.gas_limit, await self._balance(), highest)
        if is_too_small(gas, reserve):
            log.warning("balance_too_low", affordable_gas=gas, max_fee=highest)
            return None
        call = self._manager.calls.execute_queued_tasks(reserve)
        quote = await self._quote(call, due, gas, head)
        return Offer(call, gas, quote, bid_for(quote, head.next_base_fee, tip, self._limits))

    def _skip(self, offer: Offer, due: Sequence[TaskHash], head: Head) -> None:
        log.info(
            "batch_skipped",
            reason=offer.bid.verdict.value,
            block=head.number,
            due=len(due),
            profit=offer.bid.profit,
            payout=offer.quote.payout,
            gas=offer.quote.gas_used,
            base_fee=head.next_base_fee,
        )

    async def _send(
        self, sender: Sender, offer: Offer, due: Sequence[TaskHash], head: Head
    ) -> None:
        try:
            flight = await sender.launch(self._web3, offer.call, offer.gas, offer.bid.fees, head)
        except NodeRefused as error:
            log.warning("batch_refused", reason=str(error))
            return
        log.info(
            "batch_sent",
            tx=flight.hashes[-1],
            due=len(due),
            expected_profit=offer.bid.profit,
            max_fee=flight.fees.max_fee,
            tip=flight.fees.tip,
            nonce=flight.nonce,
        )

    async def _see_through(self, sender: Sender, flight: InFlight, head: Head) -> None:
        # Asked first: when it is mined between the two questions, there is a receipt.
        is_nonce_used = await sender.is_nonce_used(self._web3, flight)
        receipt = await sender.land(self._web3)
        if receipt is not None:
            events = self._manager.events_in(receipt, Event)
            self._ledger.book(outcome_of(receipt, events, sender.address), events)
        elif not is_overdue(flight, head.number, self._settings.bump_blocks):
            log.debug("transaction_pending", tx=flight.hashes[-1], block=head.number)
        elif is_nonce_used:
            sender.forget()
            log.warning("nonce_taken", nonce=flight.nonce, hashes=flight.hashes)
        else:
            await self._urge(sender, flight, head)

    async def _urge(self, sender: Sender, flight: InFlight, head: Head) -> None:
        fees = replacement_fees(flight.fees, head.next_base_fee, self._limits.max_fee)
        if fees is None:
            log.warning("fee_limit_reached", tx=flight.hashes[-1], max_fee=self._limits.max_fee)
            return
        quote = await self._quote(flight.call, await self._due(head), flight.gas, head)
        price = price_paid(fees, head.next_base_fee)
        step = next_step(flight, profit_at(quote, price), self._limits.min_profit)
        try:
            risen = await sender.replace(self._web3, flight, fees, head, step)
        except NodeRefused as error:
            log.warning("replacement_refused", tx=flight.hashes[-1], reason=str(error))
            return
        log.info("transaction_replaced", step=step.value, tx=risen.hashes[-1], max_fee=fees.max_fee)

    async def _due(self, head: Head) -> list[TaskHash]:
        start, end = BlockNumber(0), landing_block(head.number)
        return await self._manager.get_tasks_in_range(start, end, limit=_MOST_DUE_READ)

    async def _quote(self, call: Call, due: Sequence[TaskHash], gas: Gas, head: Head) -> Quote:
        sender = self._sender.address if self._sender else NOBODY
        return await self._simulator.quote(call, due, sender=sender, gas=gas, head=head)

    async def _usual_tip(self) -> Wei:
        with node_errors():
            return Wei(await self._web3.eth.max_priority_fee)

    async def _balance(self) -> Wei | None:
        if self._sender is None:
            return None
        with node_errors():
            return Wei(await self._web3.eth.get_balance(self._sender.address))
