"""Signs, journals and broadcasts, in this order: what is not on disk is not sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog
from web3.types import Nonce, TxParams
from web3.types import Wei as Web3Wei

from keeper.protocols import Lease, Signer
from keeper.providers.endpoint import Endpoint
from keeper.providers.pool import Endpoints
from keeper.services.refusals import Refusal, read_refusal
from keeper.signals import Signals, TransactionSent
from keeper.store import journal
from keeper.store.database import Store
from keeper.types import SendState, SignedAttempt, TxKind
from taskwork.chain.rpc import Web3
from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import NO_VALUE, Address, BlockNumber, Gas, Wei
from taskwork.errors import ChainError, NodeRefused

log = structlog.get_logger()

TRANSFER_GAS = Gas(21_000)


class Delivery(StrEnum):
    """How a broadcast went."""

    TAKEN = "taken"  # by a node at least
    REFUSED = "refused"  # by every node that answered
    UNKNOWN = "unknown"  # nobody answered: it may be out


@dataclass(frozen=True, slots=True)
class Order:
    """A transaction to be made."""

    nonce: int
    kind: TxKind
    call: Call
    gas: Gas
    fees: Fees
    expected_profit: Wei = NO_VALUE


class Sender:
    """Sends for one account."""

    def __init__(
        self,
        signer: Signer,
        endpoints: Endpoints,
        *,
        chain_id: int,
        private: Endpoint | None,
        store: Store,
        lease: Lease,
        signals: Signals,
    ) -> None:
        self.address = signer.address
        self._signer = signer
        self._chain_id = chain_id
        self._endpoints = endpoints
        self._private = private
        self._store = store
        self._lease = lease
        self._signals = signals

    async def send(
        self, order: Order, head: BlockNumber, *, is_replacement: bool, is_private: bool
    ) -> tuple[SignedAttempt, Delivery]:
        """Sign, journal and broadcast a new transaction."""
        await self._lease.check()
        is_private = is_private and self._private is not None
        attempt = await self._sign(order, head, is_private=is_private)
        await self._store.write(lambda db: journal.add_attempt(db, attempt))
        delivery = await self.resend(attempt)
        if delivery is not Delivery.REFUSED:
            self._signals.emit(
                TransactionSent(
                    kind=order.kind,
                    nonce=order.nonce,
                    max_fee=order.fees.max_fee,
                    tip=order.fees.tip,
                    is_replacement=is_replacement,
                    is_private=is_private,
                )
            )
        return attempt, delivery

    async def resend(self, attempt: SignedAttempt) -> Delivery:
        """Broadcast what is journaled; the same bytes can be mined only once."""
        await self._lease.check()
        delivery = await self._broadcast(attempt)
        known = {Delivery.TAKEN: SendState.SENT, Delivery.REFUSED: SendState.REFUSED}
        if (state := known.get(delivery)) is not None:
            await self._store.write(lambda db: journal.mark(db, attempt.tx_hash, state))
        return delivery

    async def publish(self, attempt: SignedAttempt) -> Delivery:
        """Show a private transaction to everybody."""
        await self._store.write(lambda db: journal.publish(db, attempt.tx_hash))
        return await self.resend(replace(attempt, is_private=False))

    async def _sign(self, order: Order, head: BlockNumber, *, is_private: bool) -> SignedAttempt:
        tx: TxParams = order.call.as_tx(self.address)
        tx.update({"gas": order.gas, "nonce": Nonce(order.nonce), "chainId": self._chain_id})
        tx["maxFeePerGas"] = Web3Wei(order.fees.max_fee)
        tx["maxPriorityFeePerGas"] = Web3Wei(order.fees.tip)
        signed = await self._signer.sign(tx)
        return SignedAttempt(
            tx_hash=signed.tx_hash,
            executor=self.address,
            nonce=order.nonce,
            kind=order.kind,
            raw=signed.raw,
            call=order.call,
            gas=order.gas,
            fees=order.fees,
            sent_at=head,
            state=SendState.SIGNED,
            is_private=is_private,
            expected_profit=order.expected_profit,
        )

    async def _broadcast(self, attempt: SignedAttempt) -> Delivery:
        if attempt.is_private and self._private is not None:
            return _sum_up(attempt, [await _hand_over(self._private, attempt.raw)])
        asked = self._endpoints.usable() or self._endpoints.all
        answers = await asyncio.gather(*(_hand_over(one, attempt.raw) for one in asked))
        return _sum_up(attempt, answers)


async def _hand_over(endpoint: Endpoint, raw: bytes) -> ChainError | None:
    """None when the node has the transaction now."""

    async def work(web3: Web3) -> None:
        await web3.eth.send_raw_transaction(raw)

    try:
        await endpoint.ask(work)
    except NodeRefused as error:
        return None if read_refusal(str(error)) is Refusal.KNOWN else error
    except ChainError as error:
        return error
    return None


def _sum_up(attempt: SignedAttempt, answers: list[ChainError | None]) -> Delivery:
    if None in answers:
        return Delivery.TAKEN
    reasons = [str(answer) for answer in answers]
    if all(isinstance(answer, NodeRefused) for answer in answers):
        log.warning("transaction_refused", tx=attempt.tx_hash, kind=attempt.kind, reason=reasons[0])
        return Delivery.REFUSED
    log.warning("transaction_maybe_sent", tx=attempt.tx_hash, kind=attempt.kind, reason=reasons[0])
    return Delivery.UNKNOWN


def empty_call(executor: Address) -> Call:
    """What cancels, or fills a gap: nothing, sent to oneself."""
    return Call(executor, b"")
