"""What to do about a transaction that is not mined."""

from __future__ import annotations

from keeper.types import Flight, SendState, Step, TxKind
from taskwork.chain.types import BlockNumber, Wei


def next_step(flight: Flight, head: BlockNumber, *, patience: int, private_blocks: int) -> Step:
    """Wait for it, send the same again, show it to everybody, or urge it with a higher fee."""
    if flight.newest.is_private and head - flight.attempts[0].sent_at >= private_blocks:
        return Step.PUBLISH
    if flight.newest.state is SendState.SIGNED:
        return Step.RESEND  # perhaps the process ended before it was sent
    if head - flight.newest.sent_at >= patience:
        return Step.URGE
    return Step.WAIT


def replacement_kind(flight: Flight, profit: Wei, min_profit: Wei) -> TxKind:
    """By what an overdue transaction is replaced that would now earn `profit`."""
    if flight.newest.kind is not TxKind.BATCH:
        return flight.newest.kind
    return TxKind.BATCH if profit >= min_profit else TxKind.CANCEL
