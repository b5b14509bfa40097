"""What Hypothesis draws from: few, telling values rather than all."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from tests.stateful_pool import calls
from tests.stateful_pool.state import Judgement, Receiving, Terms, Transfer
from tests.stateful_pool.world import OWNER, REGISTRY, STRANGER, VERIFIER


class Outline(NamedTuple):
    """Jobs to be posted by one call."""

    count: int
    reward: int
    ahead: int  # seconds to the first deadline
    apart: int  # seconds between the deadlines
    priority: int
    size: int  # of the input
    flaw: str


FLAWS = (
    *["none"] * 12, "no jobs", "lengths", "no reward", "deadline now", "deadline too far",
    "value short", "value above", "terms", "from free funds",
)  # fmt: skip

outlines = st.builds(
    Outline,
    count=st.sampled_from((1, 1, 1, 2, 3, 9)),
    reward=st.sampled_from((1, 7, 100, 101, 10_000, 10**18)),
    ahead=st.sampled_from((1, 2, 30, 59, 60, 61, 90, 120, 200, 500, 1000)),
    apart=st.sampled_from((0, 0, 1, 60)),
    priority=st.sampled_from((0, 1, 1, 2)),
    size=st.sampled_from((0, 1, 31, 32, 33, 200)),
    flaw=st.sampled_from(FLAWS),
)
PLAIN = Outline(count=3, reward=500, ahead=300, apart=60, priority=1, size=3, flaw="none")

seats = st.integers(0, 2)
picks = st.integers(0, 11)  # which job: the latest is 0
often = st.sampled_from((True, True, True, True, False))  # whether it is as it should be
moments = st.sampled_from((-1, 0, 0, 1, 1, 2))  # seconds beside a boundary
amounts = st.sampled_from(("none", "one", "some", "all", "too much"))
terms = st.builds(
    Terms,
    verifier=st.just(0),
    hook_gas=st.just(0),
    dispute_window=st.sampled_from((0, 1, 50, 100)),
    claim_bond=st.sampled_from((0, 0, 1, 3, 1000)),
    claim_window=st.sampled_from((1, 30, 60, 61, 10_000)),
    verify_window=st.sampled_from((1, 40, 80, 3600)),
    forfeit_bps=st.sampled_from((0, 1, 3333, 10_000)),
    caller_share_bps=st.sampled_from((0, 1, 999, 1000)),
    max_attempts=st.sampled_from((1, 2, 255)),
    is_hook=st.just(False),
)
receiving = st.sampled_from((Receiving.ACCEPT, *Receiving))
transfers = st.sampled_from(
    (
        Transfer.HONEST, Transfer.HONEST, Transfer.RETURNS_FALSE, Transfer.RETURNS_NOTHING,
        Transfer.REVERTS, Transfer.BURNS_GAS,
    )
)  # fmt: skip
judgements = st.sampled_from((Judgement.PROVEN, Judgement.PROVEN, *Judgement))
signature_flaws = st.sampled_from(("none", "none", "none", "domain", "nonce", "signer", "task"))
submitters = st.sampled_from(("worker",) * 5 + ("router", "stranger", "another"))
receivers = st.sampled_from(("itself", "itself", "contract", "pool"))
judges = st.sampled_from(("verifier",) * 4 + ("hook", "hook", "owner", "nobody"))
owner_acts = st.sampled_from(
    (
        calls.Activate(), calls.Deactivate(), calls.SetVerifier(VERIFIER),
        calls.SetVerifier(OWNER), calls.SetRegistry(REGISTRY), calls.SetRegistry(STRANGER),
    )
)  # fmt: skip
