"""Judging: who may, when, and who gets what."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import (
    BOND,
    DISPUTE_WINDOW,
    FORFEIT_BPS,
    NORMAL,
    REWARD,
    Status,
)

FORFEITED = BOND * FORFEIT_BPS // 10_000


def test_verify__accepted__pays_reward_and_returns_bond(
    pool, submitted, worker, verifier, said
) -> None:
    before = worker.balance
    receipt = pool.verifyAndPay(submitted.id, True, sender=verifier)

    assert worker.balance == before + REWARD
    assert pool.creditOf(worker) == BOND
    assert submitted.status == Status.SETTLED
    stats = pool.getPoolStats()
    assert (stats.live, stats.rewarded, stats.owed) == (0, REWARD, BOND)
    assert [(event.name, event.args) for event in said(receipt, pool)] == [
        ("CreditAdded", {"account": worker.address, "amount": BOND}),
        ("TaskVerified", {"taskId": submitted.id, "isValid": True, "reward": REWARD}),
        (
            "RewardPaid",
            {"user": worker.address, "taskId": submitted.id, "amount": REWARD},
        ),
    ]


def test_verify__rejected__shares_the_bond_and_opens_the_job(
    pool, submitted, worker, requester, verifier, said
) -> None:
    receipt = pool.verifyAndPay(submitted.id, False, sender=verifier)

    info = submitted.info
    assert (info.status, info.rejections, info.submittedAt) == (Status.OPEN, 1, 0)
    assert info.worker == "0x" + "00" * 20
    assert pool.getOpenTasks(NORMAL, 0, 9) == [submitted.id]
    assert pool.creditOf(requester) == FORFEITED
    assert pool.creditOf(worker) == BOND - FORFEITED
    assert [(event.name, event.args) for event in said(receipt, pool)] == [
        ("TaskVerified", {"taskId": submitted.id, "isValid": False, "reward": 0}),
        (
            "BondSlashed",
            {"taskId": submitted.id, "worker": worker.address, "amount": FORFEITED},
        ),
        ("CreditAdded", {"account": worker.address, "amount": BOND - FORFEITED}),
        (
            "JobReopened",
            {"taskId": submitted.id, "worker": worker.address, "from": Status.REJECTED},
        ),
        ("CreditAdded", {"account": requester.address, "amount": FORFEITED}),
    ]


def test_verify__rejected_as_often_as_the_terms_allow__refunds(
    pool, submitted, claim, submit, requester, verifier, said
) -> None:
    pool.verifyAndPay(submitted.id, False, sender=verifier)
    claim(submitted)
    submit(submitted)
    receipt = pool.verifyAndPay(submitted.id, False, sender=verifier)

    assert (submitted.status, submitted.info.rejections) == (Status.REFUNDED, 2)
    assert pool.creditOf(requester) == REWARD + 2 * FORFEITED
    assert "JobEnded" in [event.name for event in said(receipt, pool)]


def test_verify__rejected_without_bonds__never_uses_up_the_attempts(
    make_pool, post, claim, submit, verifier
) -> None:
    pool = make_pool(claim_bond=0, max_attempts=1)
    job = post(pool)[0]
    for _ in range(3):
        claim(job)
        submit(job)
        pool.verifyAndPay(job.id, False, sender=verifier)
        assert job.status == Status.OPEN
    assert job.info.rejections == 3


def test_verify__rejected_after_the_deadline__refunds(
    pool, job, claim, submit, worker, requester, verifier, fund_bond, at_time
) -> None:
    fund_bond(pool, worker)
    at_time(job.deadline - 10)
    claim(job)
    submit(job)
    at_time(job.deadline + 1)
    pool.verifyAndPay(job.id, False, sender=verifier)

    assert job.status == Status.REFUNDED
    assert pool.creditOf(requester) == REWARD + FORFEITED


@pytest.mark.parametrize("bps", [0, 1, 9_999, 10_000])
def test_verify__any_forfeit_share__is_the_requesters(
    make_pool, post, claim, submit, worker, requester, verifier, bps
) -> None:
    pool = make_pool(forfeit_bps=bps, claim_bond=10_001)
    job = post(pool)[0]
    claim(job)
    submit(job)
    pool.verifyAndPay(job.id, False, sender=verifier)

    forfeited = 10_001 * bps // 10_000
    assert (pool.creditOf(requester), pool.creditOf(worker)) == (forfeited, 10_001 - forfeited)


@pytest.mark.parametrize("who", ["stranger", "requester", "worker", "router"])
def test_verify__by_anyone_but_the_verifier__reverts(pool, submitted, request, who) -> None:
    with ape.reverts(pool.Unauthorized):
        pool.verifyAndPay(submitted.id, True, sender=request.getfixturevalue(who))


@pytest.mark.parametrize("unknown", [0, 2, 2**256 - 1])
def test_verify__unknown_job__reverts(pool, submitted, verifier, unknown) -> None:
    with ape.reverts(pool.TaskNotFound):
        pool.verifyAndPay(unknown, True, sender=verifier)
    with ape.reverts(pool.TaskNotFound):
        pool.disputeTask(unknown, sender=verifier)


@pytest.mark.parametrize("again", [True, False])
def test_verify__twice__reverts_and_pays_once(pool, submitted, worker, verifier, again) -> None:
    pool.verifyAndPay(submitted.id, True, sender=verifier)
    before = worker.balance, pool.creditOf(worker)
    with ape.reverts(pool.TaskPool_WrongStatus, taskId=submitted.id, status=int(Status.SETTLED)):
        pool.verifyAndPay(submitted.id, again, sender=verifier)
    assert (worker.balance, pool.creditOf(worker)) == before


def test_verify__by_the_former_verifier_after_a_swap__still_judges_its_jobs(
    pool, submitted, post, claim, submit, requester, stranger, verifier
) -> None:
    pool.setZKPVerifier(stranger, sender=requester)
    with ape.reverts(pool.Unauthorized):
        pool.verifyAndPay(submitted.id, True, sender=stranger)
    pool.verifyAndPay(submitted.id, True, sender=verifier)
    assert submitted.status == Status.SETTLED

    job = post(pool)[0]
    claim(job)
    submit(job)
    with ape.reverts(pool.Unauthorized):
        pool.verifyAndPay(job.id, True, sender=verifier)
    pool.verifyAndPay(job.id, True, sender=stranger)
    assert job.status == Status.SETTLED


def test_verify__in_the_last_second__is_taken(pool, submitted, verifier, at_time) -> None:
    at_time(submitted.info.until)
    pool.verifyAndPay(submitted.id, True, sender=verifier)
    assert submitted.status == Status.SETTLED


@pytest.mark.parametrize("state", ["submitted", "disputed"])
@pytest.mark.parametrize("is_valid", [True, False])
def test_verify__a_second_late__reverts(pool, request, verifier, at_time, state, is_valid) -> None:
    job = request.getfixturevalue(state)
    until = job.info.until
    at_time(until + 1)
    with ape.reverts(pool.TaskPool_WindowOver, taskId=job.id, deadline=until):
        pool.verifyAndPay(job.id, is_valid, sender=verifier)


def test_verify__after_the_jobs_deadline__is_within_its_window(
    pool, job, claim, submit, worker, verifier, fund_bond, at_time
) -> None:
    fund_bond(pool, worker)
    at_time(job.deadline - 10)
    claim(job)
    submit(job)
    at_time(job.info.until)
    assert job.info.until > job.deadline
    pool.verifyAndPay(job.id, True, sender=verifier)
    assert job.status == Status.SETTLED


# Batches


def test_batch__both_verdicts__each_as_alone(
    make_pool, post, claim, submit, worker, requester, verifier
) -> None:
    pool = make_pool(max_claims=3)
    jobs = post(pool, 3)
    for job in jobs:
        claim(job)
        submit(job)
    before = worker.balance
    pool.batchVerifyAndPay([1, 2, 3], [True, False, True], sender=verifier)

    assert [job.status for job in jobs] == [Status.SETTLED, Status.OPEN, Status.SETTLED]
    assert worker.balance == before + 2 * REWARD
    assert pool.creditOf(worker) == 3 * BOND - FORFEITED


def test_batch__lengths_differ__reverts(pool, submitted, verifier) -> None:
    with ape.reverts(pool.TaskPool_LengthMismatch, expected=1, given=2):
        pool.batchVerifyAndPay([submitted.id], [True, True], sender=verifier)


def test_batch__one_may_not_be_judged__reverts_as_a_whole(pool, submitted, post, verifier) -> None:
    other = post(pool)[0]
    with ape.reverts(pool.TaskPool_WrongStatus, taskId=other.id, status=int(Status.OPEN)):
        pool.batchVerifyAndPay([submitted.id, other.id], [True, True], sender=verifier)
    assert submitted.status == Status.SUBMITTED


def test_batch__same_job_twice__reverts(pool, submitted, verifier) -> None:
    with ape.reverts(pool.TaskPool_WrongStatus, taskId=submitted.id, status=int(Status.SETTLED)):
        pool.batchVerifyAndPay([submitted.id] * 2, [True, True], sender=verifier)


def test_batch__by_a_stranger__reverts(pool, submitted, stranger) -> None:
    with ape.reverts(pool.Unauthorized):
        pool.batchVerifyAndPay([submitted.id], [True], sender=stranger)


# Disputes


def test_dispute__submitted_job__gives_the_verifier_another_window(
    pool, submitted, verifier, now, said
) -> None:
    receipt = pool.disputeTask(submitted.id, sender=verifier)

    info = submitted.info
    assert (info.status, info.until) == (Status.DISPUTED, now() + DISPUTE_WINDOW)
    assert [(event.name, event.args) for event in said(receipt, pool)] == [
        ("JobDisputed", {"taskId": submitted.id, "deadline": info.until})
    ]


def test_dispute__decided_for_the_worker__settles(pool, disputed, worker, verifier) -> None:
    before = worker.balance
    pool.verifyAndPay(disputed.id, True, sender=verifier)
    assert disputed.status == Status.SETTLED
    assert worker.balance == before + REWARD


def test_dispute__decided_against_the_worker__refunds_at_once(
    pool, disputed, worker, requester, verifier
) -> None:
    pool.verifyAndPay(disputed.id, False, sender=verifier)
    assert disputed.status == Status.REFUNDED
    assert pool.creditOf(requester) == REWARD + FORFEITED
    assert pool.creditOf(worker) == BOND - FORFEITED


def test_dispute__never_decided__refunds_and_returns_the_bond(
    pool, disputed, worker, requester, at_time
) -> None:
    at_time(disputed.info.until + 1)
    pool.releaseExpiredTask(disputed.id, sender=requester)
    assert disputed.status == Status.REFUNDED
    assert (pool.creditOf(requester), pool.creditOf(worker)) == (REWARD, BOND)


def test_dispute__twice__reverts(pool, disputed, verifier) -> None:
    with ape.reverts(pool.TaskPool_WrongStatus, taskId=disputed.id, status=int(Status.DISPUTED)):
        pool.disputeTask(disputed.id, sender=verifier)


def test_dispute__by_a_stranger__reverts(pool, submitted, stranger) -> None:
    with ape.reverts(pool.Unauthorized):
        pool.disputeTask(submitted.id, sender=stranger)


def test_dispute__after_the_verify_window__reverts(pool, submitted, verifier, at_time) -> None:
    until = submitted.info.until
    at_time(until + 1)
    with ape.reverts(pool.TaskPool_WindowOver, taskId=submitted.id, deadline=until):
        pool.disputeTask(submitted.id, sender=verifier)
