"""The executor without a key: says, and books, what it would have done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from keeper.appraiser import Appraiser, Offer, Purse
from keeper.bots.base import Bot
from keeper.ledger import Ledger
from keeper.providers.heads import HeadStream
from keeper.services.plan import landing_block
from keeper.signals import BatchSkipped, Signals
from keeper.types import BlockRef, EntryState, Head, LedgerEntry, TxKind, Verdict
from taskwork.chain.types import Address, TaskHash, Wei

log = structlog.get_logger()

# Executes in the simulations of a dry run; nobody has its key.
NOBODY = Address(to_checksum_address(keccak(text="taskwork.keeper.dry-run")[12:]))


class Rehearser(Bot):
    """Foresees batches; the same due tasks count once."""

    NAME = "rehearser"

    def __init__(
        self,
        heads: HeadStream,
        *,
        appraiser: Appraiser,
        ledger: Ledger,
        timeout_s: float,
        signals: Signals,
    ) -> None:
        super().__init__(heads, timeout_s=timeout_s, signals=signals)
        self._appraiser = appraiser
        self._ledger = ledger
        self._foreseen: Sequence[TaskHash] = ()

    async def on_head(self, head: Head) -> None:
        """Appraise what is due."""
        offer = await self._appraiser.appraise(head, Purse(None, Wei(0)))
        if offer is None or offer.due == self._foreseen:
            return
        if offer.bid.verdict is Verdict.RUN:
            self._foreseen = offer.due
            await self._ledger.foresee(_entry(offer, head))
        else:
            verdict = offer.bid.verdict.value
            self._signals.emit(BatchSkipped(verdict, offer.bid.profit))
            log.info("batch_skipped", reason=verdict, due=len(offer.due), block=head.number)


def _entry(offer: Offer, head: Head) -> LedgerEntry:
    """What the batch would have come to; its name stands for the tasks and the block."""
    landing = landing_block(head.number)
    preimage: Any = f"{head.hash}{offer.due}"
    return LedgerEntry(
        tx_hash=f"0x{keccak(text=preimage).hex()}",
        executor=NOBODY,
        nonce=0,
        kind=TxKind.BATCH,
        block=BlockRef(landing, ""),
        timestamp=head.timestamp,
        reverted=False,
        executed=offer.quote.executed,
        failed=offer.quote.failed,
        gas_used=offer.quote.gas_used,
        cost=Wei(offer.quote.payout - offer.bid.profit),
        reimbursed=offer.quote.payout,
        credited=Wei(0),
        expected_profit=offer.bid.profit,
        state=EntryState.FORESEEN,
    )
