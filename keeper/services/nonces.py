"""Which nonce is next, and which are missing."""

from __future__ import annotations

from collections.abc import Sequence

from keeper.errors import NoncesDisagree

MAX_GAP = 16  # nonces that honest endpoints can differ by, and that are filled


def credible_count(counts: Sequence[int], final: int) -> int:
    """How many transactions the account has made, by the most advanced honest endpoint.

    `final` is one past the last nonce that the ledger saw mined for good, 0 when it knows of none:
    whoever says less is behind. Whoever is far ahead of the least of the others is not believed.
    Raises `NoncesDisagree` when nobody is left, or when there is no telling who lies.
    """
    honest = [count for count in counts if count >= final]
    if not honest or (final == 0 and max(honest) - min(honest) > MAX_GAP):
        raise NoncesDisagree(counts, final)
    least = min(honest)
    return max(count for count in honest if count - least <= MAX_GAP)


def choose_nonce(mined: int, pending: Sequence[int], ledger_next: int) -> int:
    """The nonce for a new transaction: past what is mined, pending, or in the ledger."""
    near = [count for count in pending if mined <= count <= mined + MAX_GAP]
    return max([mined, ledger_next, *near])


def missing_nonces(mined: int, known: Sequence[int], wanted: int) -> list[int] | None:
    """The nonces before `wanted` that nobody knows a transaction for; None when too many."""
    if wanted - mined > MAX_GAP:
        return None
    return [nonce for nonce in range(mined, wanted) if nonce not in known]
