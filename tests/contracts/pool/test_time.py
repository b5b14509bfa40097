"""What time makes due, anyone may do: for a share, once, and not a second early."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import (
    BOND,
    BUCKET_SECONDS,
    CALLER_SHARE_BPS,
    HOUR,
    NORMAL,
    REWARD,
    NewJob,
    Result,
    Status,
)


def share(amount: int) -> int:
    return amount * CALLER_SHARE_BPS // 10_000


def test_release__expired_claim__gives_the_bond_to_the_requester_and_opens_the_job(
    pool, claimed, worker, requester, stranger, at_time, said
) -> None:
    at_time(claimed.info.until + 1)
    receipt = pool.releaseExpiredTask(claimed.id, sender=stranger)

    assert claimed.status == Status.OPEN
    assert pool.getOpenTasks(NORMAL, 0, 9) == [claimed.id]
    assert pool.creditOf(worker) == 0
    assert pool.creditOf(stranger) == share(BOND)
    assert pool.creditOf(requester) == BOND - share(BOND)
    assert [event.name for event in said(receipt, pool)] == [
        "BondSlashed", "JobReopened", "CallerPaid", "CreditAdded", "CreditAdded",
    ]  # fmt: skip
    reopened = said(receipt, pool)[1].args
    assert reopened == {"taskId": claimed.id, "worker": worker.address, "from": Status.CLAIMED}


def test_release__expired_claim_of_an_expired_job__ends_it(
    pool, job, claim, worker, requester, stranger, fund_bond, at_time, said
) -> None:
    fund_bond(pool, worker)
    at_time(job.deadline - 10)
    claim(job)
    at_time(job.deadline + 1)
    receipt = pool.releaseExpiredTask(job.id, sender=stranger)

    due = BOND + REWARD
    assert job.status == Status.EXPIRED
    assert pool.creditOf(stranger) == share(due)
    assert pool.creditOf(requester) == due - share(due)
    names = [event.name for event in said(receipt, pool)]
    assert names[:3] == ["BondSlashed", "JobReopened", "JobEnded"]


def test_release__expired_job__refunds_the_requester(
    pool, job, requester, stranger, at_time, said
) -> None:
    at_time(job.deadline + 1)
    receipt = pool.releaseExpiredTask(job.id, sender=stranger)

    assert job.status == Status.EXPIRED
    assert pool.getOpenTasks(NORMAL, 0, 9) == []
    assert pool.creditOf(stranger) == share(REWARD)
    assert pool.creditOf(requester) == REWARD - share(REWARD)
    assert said(receipt, pool)[1].args == {
        "taskId": job.id,
        "caller": stranger.address,
        "amount": share(REWARD),
    }


def test_release__silent_verifier__refunds_the_requester_and_returns_the_bond(
    pool, submitted, worker, requester, stranger, at_time
) -> None:
    at_time(submitted.info.until + 1)
    pool.releaseExpiredTask(submitted.id, sender=stranger)

    assert submitted.status == Status.REFUNDED
    assert pool.creditOf(worker) == BOND
    assert pool.creditOf(stranger) == share(REWARD)
    assert pool.creditOf(requester) == REWARD - share(REWARD)


def test_release__pool_without_callers_share__credits_the_requester_alone(
    make_pool, post, requester, stranger, at_time
) -> None:
    pool = make_pool(caller_share_bps=0)
    job = post(pool)[0]
    at_time(job.deadline + 1)
    pool.releaseExpiredTask(job.id, sender=stranger)
    assert (pool.creditOf(requester), pool.creditOf(stranger)) == (REWARD, 0)


@pytest.mark.parametrize("state", ["job", "claimed", "submitted", "disputed"])
def test_release__in_the_last_second__reverts(pool, request, stranger, at_time, state) -> None:
    job = request.getfixturevalue(state)
    info = job.info
    at_time(info.until)
    with ape.reverts(
        pool.TaskPool_NotOverdue, taskId=job.id, status=int(info.status), deadline=info.until
    ):
        pool.releaseExpiredTask(job.id, sender=stranger)


@pytest.mark.parametrize("unknown", [0, 2, 2**256 - 1])
def test_release__unknown_job__reverts(pool, job, stranger, unknown) -> None:
    with ape.reverts(pool.TaskNotFound):
        pool.releaseExpiredTask(unknown, sender=stranger)


def test_release__many__passes_over_what_is_not_due(
    make_pool, post, claim, submit, worker, stranger, now, at_time
) -> None:
    pool = make_pool(max_claims=3)
    jobs = post(pool, 4)
    for job in jobs[:2]:
        claim(job)
    submit(jobs[1])
    at_time(jobs[0].info.until + 1)
    receipt = pool.releaseExpiredTasks([9, 1, 2, 3, 1, 4, 0], sender=stranger)

    assert receipt.return_value == 1
    assert [job.status for job in jobs] == [
        Status.OPEN, Status.SUBMITTED, Status.OPEN, Status.OPEN,
    ]  # fmt: skip


def test_release__in_every_state_at_the_end_of_time__leaves_nothing_live(
    make_pool, post, claim, submit, verifier, requester, worker, stranger, at_time
) -> None:
    pool = make_pool(max_claims=5)
    jobs = post(pool, 6)
    for job in jobs[:5]:
        claim(job)
    for job in jobs[:4]:
        submit(job)
    pool.verifyAndPay(1, True, sender=verifier)
    pool.verifyAndPay(2, False, sender=verifier)
    pool.disputeTask(3, sender=verifier)
    at_time(jobs[0].deadline + 10 * HOUR)
    pool.releaseExpiredTasks([1, 2, 3, 4, 5, 6], sender=stranger)

    assert [job.status for job in jobs] == [
        Status.SETTLED, Status.EXPIRED, Status.REFUNDED, Status.REFUNDED, Status.EXPIRED,
        Status.EXPIRED,
    ]  # fmt: skip
    stats = pool.getPoolStats()
    assert (stats.live, stats.open) == (0, 0)
    for account in (requester, worker, stranger):
        pool.withdraw(sender=account)
    assert (pool.balance, pool.getPoolStats().owed) == (0, 0)


# Buckets, by hand


def test_bucket__its_time_has_come__settles_its_jobs_for_the_callers_share(
    pool, post, now, requester, stranger, at_time
) -> None:
    deadline = (now() // BUCKET_SECONDS + 2) * BUCKET_SECONDS
    jobs = post(pool, 30, jobs=[NewJob(deadline - n % 600) for n in range(30)])
    bucket, due = pool.bucketOf(deadline)
    assert due == deadline + 1
    assert pool.bucketState(bucket) == (30, 0, False)

    at_time(due)
    receipt = pool.settleBucket(bucket, 100, sender=stranger)
    assert receipt.return_value == 30
    assert {job.status for job in jobs} == {Status.EXPIRED}
    assert pool.creditOf(stranger) == 30 * share(REWARD)
    assert pool.bucketState(bucket) == (30, 30, False)


def test_bucket__with_a_limit__goes_on_where_it_stopped(pool, post, now, stranger, at_time) -> None:
    deadline = now() + HOUR
    post(pool, 14, deadline=deadline)
    bucket, due = pool.bucketOf(deadline)
    at_time(due)
    for limit, done in ((0, 0), (6, 6), (6, 12), (6, 14)):
        pool.settleBucket(bucket, limit, sender=stranger)
        assert pool.bucketState(bucket)[1] == done


def test_bucket__with_little_gas__stops_in_time(pool, post, now, stranger, at_time) -> None:
    deadline = now() + HOUR
    post(pool, 14, deadline=deadline)
    bucket, due = pool.bucketOf(deadline)
    at_time(due)
    pool.settleBucket(bucket, 14, sender=stranger, gas=600_000)
    done = pool.bucketState(bucket)[1]
    assert 0 < done < 14


def test_bucket__before_its_time__reverts(pool, job, stranger, at_time) -> None:
    bucket, due = pool.bucketOf(job.deadline)
    at_time(due - 1)
    with ape.reverts(pool.TaskPool_BucketNotDue, bucket=bucket, dueFrom=due):
        pool.settleBucket(bucket, 1, sender=stranger)


def test_bucket__empty__reverts(pool, job, stranger) -> None:
    with ape.reverts(pool.TaskPool_BucketEmpty, bucket=5):
        pool.settleBucket(5, 1, sender=stranger)
    with ape.reverts(pool.TaskPool_BucketEmpty, bucket=5):
        pool.scheduleBucket(5, sender=stranger)


def test_bucket__of_a_submitted_job__moves_it_to_its_verify_window(
    pool, claimed, submit, worker, requester, stranger, at_time
) -> None:
    claim_bucket, due = pool.bucketOf(claimed.info.until)
    submit(claimed)
    until = claimed.info.until
    at_time(due)
    pool.settleBucket(claim_bucket, 9, sender=stranger)
    assert claimed.status == Status.SUBMITTED

    bucket, due = pool.bucketOf(until)
    assert pool.bucketState(bucket) == (1, 0, False)
    at_time(due)
    pool.settleBucket(bucket, 9, sender=stranger)
    assert claimed.status == Status.REFUNDED
    assert pool.creditOf(worker) == BOND


def test_bucket__of_a_claim__releases_it(pool, claimed, stranger, at_time) -> None:
    bucket, due = pool.bucketOf(claimed.info.until)
    at_time(due)
    pool.settleBucket(bucket, 9, sender=stranger)
    assert claimed.status == Status.OPEN


def test_bucket__pool_without_buckets__reverts(make_pool, post, requester, stranger) -> None:
    pool = make_pool(bucket_seconds=0)
    job = post(pool)[0]
    assert job.status == Status.OPEN
    for call in (
        lambda: pool.scheduleBucket(1, sender=stranger),
        lambda: pool.fundTimeBudget(sender=stranger, value=1),
        lambda: pool.bucketOf(job.deadline),
    ):
        with ape.reverts(pool.TaskPool_NotTimed):
            call()


# Windows partition time


@pytest.mark.parametrize("offset", [-100, -2, -1, 0, 1, 2, 100])
@pytest.mark.parametrize("state", ["job", "claimed", "submitted", "disputed"])
def test_windows__around_every_boundary__exactly_one_of_act_and_expiry_is_legal(
    pool, request, worker, verifier, stranger, fund_bond, refusal, state, offset
) -> None:
    job = request.getfixturevalue(state)
    fund_bond(pool, worker)
    at = job.info.until + offset
    submission = "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string)"
    call, sender = {
        "job": (("claimTaskForUser(address,uint256)", worker.address, job.id), worker),
        "claimed": ((submission, worker.address, job.id, *Result().arguments()), worker),
        "submitted": (("verifyAndPay(uint256,bool)", job.id, True), verifier),
        "disputed": (("verifyAndPay(uint256,bool)", job.id, False), verifier),
    }[state]
    act = refusal(pool, *call, sender=sender, at=at)
    expiry = refusal(pool, "releaseExpiredTask(uint256)", job.id, sender=stranger, at=at)

    assert (act is None) == (offset <= 0)
    assert (expiry is None) == (offset > 0)
