"""Which endpoint to ask, and which head to believe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taskwork.chain.types import BlockNumber

_TOO_MANY_ERRORS = 3  # in a row: asked last from then on
_ERROR_WEIGHT = 4  # blocks of lag that an error weighs
_LATENCY_WEIGHT = 0.5  # blocks of lag that a second weighs


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint did lately."""

    head: BlockNumber | None = None  # None before it ever answered
    errors_in_row: int = 0
    latency_s: float = 0.0  # a moving average


def after_answer(health: Health, seconds: float) -> Health:
    """An answer: whatever went wrong before is forgiven."""
    return Health(health.head, 0, 0.8 * health.latency_s + 0.2 * seconds)


def after_error(health: Health) -> Health:
    """No answer, or nonsense."""
    return Health(health.head, health.errors_in_row + 1, health.latency_s)


def reference_head(heads: Sequence[BlockNumber]) -> BlockNumber:
    """The head to measure lag by: the highest of two, the second highest of more.

    So that of three endpoints a single one that invents blocks makes nobody look late.
    """
    return max(heads) if len(heads) <= 2 else sorted(heads)[-2]


def lag(health: Health, reference: BlockNumber) -> int:
    """Blocks behind; an endpoint that never answered is behind all of them."""
    return max(0, reference - health.head) if health.head is not None else reference + 1


def is_usable(health: Health, reference: BlockNumber, max_lag: int) -> bool:
    """Whether what the endpoint says is to be acted on."""
    return health.errors_in_row < _TOO_MANY_ERRORS and lag(health, reference) <= max_lag


def penalty(health: Health, reference: BlockNumber) -> float:
    """What speaks against an endpoint, in blocks of lag."""
    errors, seconds = health.errors_in_row * _ERROR_WEIGHT, health.latency_s * _LATENCY_WEIGHT
    return lag(health, reference) + errors + seconds


def rank(healths: Mapping[str, Health], max_lag: int) -> list[str]:
    """The usable endpoints, best first; equal ones as the operator listed them."""
    heads = [health.head for health in healths.values() if health.head is not None]
    if not heads:
        return []
    reference = reference_head(heads)
    usable = [name for name, one in healths.items() if is_usable(one, reference, max_lag)]
    return sorted(usable, key=lambda name: _step(penalty(healths[name], reference)))


def _step(penalty_blocks: float) -> int:
    """Differences below a block do not change who is asked: nobody flaps for milliseconds."""
    return int(penalty_blocks)
