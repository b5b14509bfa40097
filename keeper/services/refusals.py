"""What a node means when it will not take a transaction. Each words it in its own way."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a node did not take a transaction."""

    KNOWN = "known"  # it has it already: as good as taken
    NONCE_USED = "nonce_used"  # something with this nonce is mined
    UNDERPRICED = "underpriced"  # it has another with this nonce, and prefers it
    OTHER = "other"


_WORDS = (
    (Refusal.KNOWN, ("already known", "already imported", "known transaction", "already in")),
    (Refusal.NONCE_USED, ("nonce too low", "nonce is too low", "old nonce", "already been used")),
    (Refusal.UNDERPRICED, ("underpriced", "replacement", "too low to replace")),
)


def read_refusal(message: str) -> Refusal:
    """Make out what was meant."""
    said = message.lower()
    for meaning, words in _WORDS:
        if any(word in said for word in words):
            return meaning
    return Refusal.OTHER
