"""Where the chain and what is remembered of it part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from keeper.types import SeenBlock


def is_linked(blocks: Sequence[SeenBlock]) -> bool:
    """Whether each block, in order of numbers, builds on the one before."""
    return all(
        later.parent_hash == earlier.hash and later.number == earlier.number + 1
        for earlier, later in pairwise(blocks)
    )


def extends(blocks: Sequence[SeenBlock], tip: SeenBlock | None) -> bool:
    """Whether the first block builds on `tip`; if it is not the next one there is no telling."""
    if tip is None or not blocks or blocks[0].number != tip.number + 1:
        return True
    return blocks[0].parent_hash == tip.hash
