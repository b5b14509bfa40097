"""Deciding again about the past: each task counts once."""

from __future__ import annotations

import pytest

from keeper.services.hindsight import Comparison, Decision, compare, newly_done
from keeper.types import Quote, TaskResult
from taskwork.chain.types import BlockNumber, Gas, TaskHash, Wei

pytestmark = pytest.mark.unit

A, B = TaskHash("0xaa"), TaskHash("0xbb")
MEASURED = Quote(
    executed=2,
    failed=0,
    gas_used=Gas(400),
    payout=Wei(1_000),
    results=(TaskResult(A, Gas(100), Wei(300)), TaskResult(B, Gas(300), Wei(700))),
)
PREDICTED = Quote(executed=2, failed=0, gas_used=Gas(400), payout=Wei(1_000))


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (set(), (2, 600)),
        ({A}, (1, 400)),  # 700, less three quarters of the cost
        ({B}, (1, 200)),
        ({A, B}, (0, 0)),
    ],
)
def test_newly_done__measured__counts_what_is_new(
    done: set[TaskHash], expected: tuple[int, int]
) -> None:
    assert newly_done(MEASURED, [A, B], done, Wei(400)) == expected


@pytest.mark.parametrize(
    ("done", "expected"), [(set(), (2, 600)), ({A}, (2, 600)), ({A, B}, (0, 0))]
)
def test_newly_done__predicted__is_all_or_nothing(
    done: set[TaskHash], expected: tuple[int, int]
) -> None:
    assert newly_done(PREDICTED, [A, B], done, Wei(400)) == expected


def test_compare__some_blocks__sums_what_would_and_what_did() -> None:
    decisions = [
        Decision(BlockNumber(1), 2, "run", 2, Wei(600), Wei(0)),
        Decision(BlockNumber(2), 2, "run", 0, Wei(0), Wei(500)),
        Decision(BlockNumber(3), 0, "nothing_due", 0, Wei(0), Wei(-7)),
    ]
    assert compare(decisions) == Comparison(3, 1, 2, 600, 493)
