"""What Hypothesis draws from: few, telling values rather than all."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from tests.stateful import limits
from tests.stateful.engine import AMPLE_GAS, ETHER, GWEI
from tests.stateful.state import Mode

BEHAVIOURS = (
    "good", "good", "good", "witness", "witness", "own run", "own run", "own run", "stranger",
    "reverts", "reverts", "reverts with nothing", "burns", "answers 20 kB", "reverts with 20 kB",
    "codeless", "precompile", "somebody's envoy", "no function", "manager",
)  # fmt: skip
FLAWS = (
    "none", "none", "none", "none", "none", "none", "none", "none",
    "nonce", "from", "gas 0", "gas too high", "start now", "start too far", "interval 99",
    "interval too long", "no run", "too many runs", "deadline before start", "deadline too far",
    "data too long",
)  # fmt: skip


class Outline(NamedTuple):
    """A task to be, before anybody knows which blocks are near."""

    behaviour: str
    gas: int
    size: int  # of the calldata, at least
    start: int  # blocks ahead; 0 for where the others are
    interval: int
    executions: int
    active: bool
    deadline: int  # blocks after the start; negative for none
    flaw: str


outlines = st.builds(
    Outline,
    behaviour=st.sampled_from(BEHAVIOURS),
    gas=st.sampled_from((100_000, 100_000, 100_001, 250_000, 750_000, 750_000, 1, 24_000)),
    size=st.sampled_from((0, 0, 0, 0, 33, 500, 24_000)),
    start=st.sampled_from((0, 0, 0, 0, 0, 1, 2, 3, 7, 40, 255, 256, 70_000, limits.MAX_DISTANCE)),
    interval=st.sampled_from((100, 100, 101, 128, 1000, limits.MAX_DISTANCE, 0)),
    executions=st.sampled_from((1, 2, 3, 3, limits.FOREVER, limits.FOREVER)),
    active=st.sampled_from((True, True, True, True, False)),
    deadline=st.sampled_from((-1, -1, -1, -1, 0, 1, 99, 100, 250)),
    flaw=st.sampled_from(FLAWS),
)

kinds = st.sampled_from((False, False, True))  # whether a task is committed
ways = st.sampled_from((True,) * 9 + (False,))  # whether a task is told of as its kind is
picks = st.integers(0, 15)  # which task: the latest is 0
multitudes = st.sampled_from((2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 80))
rescues = st.sampled_from((0, 1, ETHER, ETHER))
values = st.sampled_from((0, 0, 0, 1, ETHER // 100, ETHER))
gas_limits = st.one_of(
    st.just(AMPLE_GAS),
    st.just(AMPLE_GAS),
    st.integers(limits.MIN_EXECUTION_GAS // 1000, 1500).map(lambda thousands: thousands * 1000),
)
reserves = st.sampled_from((0, 0, 0, 1, 50_000, 300_000, 10**7, 2**256 - 1))
base_fees = st.sampled_from((GWEI, GWEI, 0, 1, 7 * GWEI, 30 * GWEI, 60 * GWEI, 900 * GWEI))
ceilings = st.sampled_from((50 * GWEI, 50 * GWEI, 20 * GWEI, 5 * GWEI, 100 * GWEI, 1, 2**52))
tips = st.sampled_from((0, GWEI // 10, 3 * GWEI + 1, 2**52 - 1, 2**52))
premium_caps = st.sampled_from((0, 4 * GWEI, GWEI + 1, 50 * GWEI))
failure_limits = st.sampled_from((0, 1, 2, 5, 15, 16))
amounts = st.sampled_from(("none", "one", "some", "all", "too much"))
modes = st.sampled_from((Mode.ACCEPT, Mode.ACCEPT, Mode.REFUSE, Mode.BURN, Mode.BOMB, Mode.PLAY))
acts = st.sampled_from(
    (
        "nothing", "cancel", "cancel", "update", "update", "pause", "schedule", "schedule at once",
        "schedule committed", "execute committed",
        "deposit", "withdraw", "reactivate", "reactivate", "terms", "execute", "execute these",
        "execute one", "credit", "fees",
    )
)  # fmt: skip
