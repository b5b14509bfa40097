"""The life of a job: one set of states in code, diagram and tests, and every arrow tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.pool.jobs import Result, Status

ROOT = Path(__file__).parents[3]
SUBMIT = "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string)"

ARROWS = {
    ("OPEN", "CLAIMED"),
    ("OPEN", "EXPIRED"),
    ("OPEN", "CANCELLED"),
    ("CLAIMED", "OPEN"),
    ("CLAIMED", "SUBMITTED"),
    ("SUBMITTED", "SETTLED"),
    ("SUBMITTED", "REJECTED"),
    ("SUBMITTED", "DISPUTED"),
    ("SUBMITTED", "REFUNDED"),
    ("REJECTED", "OPEN"),
    ("REJECTED", "REFUNDED"),
    ("DISPUTED", "SETTLED"),
    ("DISPUTED", "REFUNDED"),
}
# What everybody could try, and from which states it goes where.
ACTS = {
    "claim": {"OPEN": "CLAIMED"},
    "submit": {"CLAIMED": "SUBMITTED"},
    "accept": {"SUBMITTED": "SETTLED", "DISPUTED": "SETTLED"},
    "reject": {"SUBMITTED": "OPEN", "DISPUTED": "REFUNDED"},
    "dispute": {"SUBMITTED": "DISPUTED"},
    "cancel": {"OPEN": "CANCELLED"},
    "release in time": {},
    "release too late": {
        "OPEN": "EXPIRED",
        "CLAIMED": "EXPIRED",
        "SUBMITTED": "REFUNDED",
        "DISPUTED": "REFUNDED",
    },
}
STATES = (
    "OPEN", "CLAIMED", "SUBMITTED", "DISPUTED", "SETTLED", "REFUNDED", "EXPIRED", "CANCELLED",
)  # fmt: skip


@pytest.fixture
def bring(job, claim, submit, verifier, requester, at_time, now):
    """Bring the job into a state."""

    def to(state: str) -> None:
        pool = job.pool
        if state in ("CLAIMED", "SUBMITTED", "DISPUTED", "SETTLED", "REFUNDED"):
            claim(job)
        if state in ("SUBMITTED", "DISPUTED", "SETTLED", "REFUNDED"):
            submit(job)
        if state in ("DISPUTED", "REFUNDED"):
            pool.disputeTask(job.id, sender=verifier)
        if state in ("SETTLED", "REFUNDED"):
            pool.verifyAndPay(job.id, state == "SETTLED", sender=verifier)
        if state == "CANCELLED":
            pool.cancelTask(job.id, sender=requester)
        if state == "EXPIRED":
            at_time(job.deadline + 1)
            pool.releaseExpiredTask(job.id, sender=requester)
        assert job.status.name == state

    return to


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_transition__from_every_state__goes_where_it_may_or_is_refused(
    pool, job, bring, worker, verifier, requester, stranger, fund_bond, refusal, rpc, act, state
) -> None:
    bring(state)
    fund_bond(pool, worker)
    call, sender = {
        "claim": (("claimTaskForUser(address,uint256)", worker.address, job.id), worker),
        "submit": ((SUBMIT, worker.address, job.id, *Result().arguments()), worker),
        "accept": (("verifyAndPay(uint256,bool)", job.id, True), verifier),
        "reject": (("verifyAndPay(uint256,bool)", job.id, False), verifier),
        "dispute": (("disputeTask(uint256)", job.id), verifier),
        "cancel": (("cancelTask(uint256)", job.id), requester),
        "release in time": (("releaseExpiredTask(uint256)", job.id), stranger),
        "release too late": (("releaseExpiredTask(uint256)", job.id), stranger),
    }[act]
    at = job.deadline + 10**6 if act == "release too late" else None
    refused = refusal(pool, *call, sender=sender, at=at)
    target = ACTS[act].get(state)
    assert (refused is None) == (target is not None), refused

    if target is not None:
        if at is not None:
            rpc("evm_setNextBlockTimestamp", hex(at))
        from tests.support.rpc import calldata

        rpc.send(sender.address, pool.address, calldata(*call))
        assert job.status.name == target


def test_diagram__in_the_specification__has_exactly_these_arrows() -> None:
    text = (ROOT / "docs/specification.md").read_text(encoding="utf-8")
    diagram = next(part for part in text.split("```mermaid")[1:] if "Submitted" in part)
    found = re.findall(r"^\s*(\w+) --> (\w+)", diagram.split("```")[0], re.MULTILINE)
    assert {(a.upper(), b.upper()) for a, b in found} == ARROWS


def test_enum__in_the_contracts__has_exactly_these_states() -> None:
    text = (ROOT / "contracts/types/JobStatus.sol").read_text(encoding="utf-8")
    names = re.findall(r"^    (\w+),? //", text, re.MULTILINE)
    assert [name.upper() for name in names] == [status.name for status in Status]
