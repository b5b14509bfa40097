"""Which nonce is next, and which are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from keeper.errors import NoncesDisagree

MAX_GAP = 16  # nonces that honest endpoints can differ by, and that are filled


def credible_count(counts: Sequence[int], final: int) -> int:
    """How many transactions the account had made by a block, by what endpoints say of that block.

    Honest ones agree, and whoever has not seen the block says nothing. `final` is one past the last
    nonce that the ledger saw mined for good, 0 when it knows of none: whoever says less is wrong.
    Otherwise most are right, and of as many the lowest: too low a count makes the keeper wait, too
    high a one makes it send what cannot be mined.
    Raises `NoncesDisagree` when nobody is left, or when there is no telling who lies.
    """
    told = Counter(count for count in counts if count >= final)
    if not told:
        raise NoncesDisagree(counts, final)
    most = max(told.values())
    likely = [count for count, times in told.items() if times == most]
    if final == 0 and max(likely) - min(likely) > MAX_GAP:
        raise NoncesDisagree(counts, final)
    return min(likely)


def choose_nonce(mined: int, pending: Sequence[int], ledger_next: int) -> int:
    """The nonce for a new transaction: past what is mined, pending, or in the ledger."""
    near = [count for count in pending if mined <= count <= mined + MAX_GAP]
    return max([mined, ledger_next, *near])


def missing_nonces(mined: int, known: Sequence[int], wanted: int) -> list[int] | None:
    """The nonces before `wanted` that nobody knows a transaction for; None when too many."""
    if wanted - mined > MAX_GAP:
        return None
    return [nonce for nonce in range(mined, wanted) if nonce not in known]
