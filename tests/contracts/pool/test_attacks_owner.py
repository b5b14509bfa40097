"""Attacks of pool owners and posters: what they may change, and whom it reaches."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import (
    BOND,
    BUCKET_SECONDS,
    CLAIM_WINDOW,
    ETHER,
    HIGH,
    REWARD,
    VERIFY_WINDOW,
    NewJob,
    Options,
    Status,
    Terms,
    columns,
)


@pytest.fixture
def harsh(verifier) -> Terms:
    """Terms that a job's worker never agreed to."""
    return Terms(
        verifier=str(verifier), claim_window=1, verify_window=1, dispute_window=0,
        claim_bond=ETHER, forfeit_bps=10_000, caller_share_bps=1000, max_attempts=1,
    )  # fmt: skip


def test_owner__lowers_windows_and_raises_bonds_mid_job__its_jobs_keep_theirs(
    pool, post, claim, submit, worker, verifier, requester, harsh, fund_bond
):
    open_, claimed, submitted = post(pool, 3)
    fund_bond(pool, worker, 2 * BOND)
    pool.claimTaskForUser(worker, submitted.id, sender=worker)
    submit(submitted)
    pool.claimTaskForUser(worker, claimed.id, sender=worker)
    until = [job.info.until for job in (open_, claimed, submitted)]

    pool.setTerms(harsh, sender=requester)
    assert [job.info.until for job in (open_, claimed, submitted)] == until
    assert {job.info.termsVersion for job in (open_, claimed, submitted)} == {1}
    pool.verifyAndPay(submitted.id, False, sender=verifier)
    assert pool.creditOf(worker) == BOND * 3 // 4  # a quarter is forfeited, not all of it
    submit(claimed)
    pool.verifyAndPay(claimed.id, True, sender=verifier)
    assert claimed.status == Status.SETTLED


def test_owner__raises_the_bond_before_a_claim_by_id__takes_the_old_one(
    pool, job, worker, requester, harsh, fund_bond, now
):
    fund_bond(pool, worker, 2 * ETHER)
    pool.setTerms(harsh, sender=requester)
    pool.claimTaskForUser(worker, job.id, sender=worker)
    assert pool.creditOf(worker) == 2 * ETHER - BOND
    assert job.info.until == now() + CLAIM_WINDOW


def test_owner__posts_a_trap_before_a_claim_of_the_next__only_credit_is_at_stake(
    pool, job, post, worker, requester, harsh, fund_bond
):
    """Who claims whatever comes next takes its terms: no more can be lost than was deposited."""
    fund_bond(pool, worker, BOND)
    pool.setTerms(harsh, sender=requester)
    (trap,) = post(pool, options=Options(priority=HIGH))
    error = pool.TaskPool_InsufficientCredit
    with ape.reverts(error, account=worker, credit=BOND, required=ETHER):
        pool.claimTaskForUser(worker, sender=worker)
    assert pool.claimTaskForUser(worker, job.id, sender=worker)
    assert trap.status == Status.OPEN


def test_owner__deactivates_mid_job__every_job_goes_on_to_its_end(
    pool, post, claim, submit, worker, verifier, requester, stranger, at_time, now
):
    first, second, third = post(pool, 3)
    claim(first)
    pool.deactivatePool(sender=requester)
    with ape.reverts(pool.TaskPool_Inactive):
        pool.addAITasks(*columns([NewJob(now() + 60)]), sender=requester, value=REWARD)
    submit(first)
    pool.verifyAndPay(first.id, True, sender=verifier)
    claim(second)
    at_time(third.deadline + 1)
    pool.releaseExpiredTasks([second.id, third.id], sender=stranger)
    assert [job.status for job in (first, second, third)] == [
        Status.SETTLED, Status.EXPIRED, Status.EXPIRED,
    ]  # fmt: skip
    assert pool.getPoolStats().live == 0


def test_owner__unnames_the_verifier_mid_job__the_named_one_still_judges(
    pool, submitted, requester, verifier, worker
):
    pool.setZKPVerifier("0x" + "00" * 20, sender=requester)
    before = worker.balance
    pool.verifyAndPay(submitted.id, True, sender=verifier)
    assert worker.balance == before + REWARD


def test_owner__drains_the_time_budget_while_jobs_are_live__reverts(
    pool, job, requester, stranger, manager
):
    pool.fundTimeBudget(sender=stranger, value=ETHER)
    with ape.reverts(pool.TaskPool_JobsLive, live=1):
        pool.withdrawTimeBudget(ETHER, sender=requester)
    with ape.reverts(pool.Unauthorized):
        pool.withdrawTimeBudget(ETHER, sender=stranger)
    pool.cancelTask(job.id, sender=requester)
    before = pool.balance
    pool.withdrawTimeBudget(ETHER // 2, sender=requester)
    assert pool.balance == before
    assert manager.bondOf(pool)[0] == ETHER // 2


def test_owner__takes_the_budget_for_funds__gets_nothing(pool, job, requester, stranger):
    pool.fundTimeBudget(sender=stranger, value=ETHER)
    with ape.reverts(pool.InsufficientFunds):
        pool.withdrawFunds(1, sender=requester)


def test_poster__burns_the_time_budget__callers_still_end_every_job(
    make_pool, post, stranger, requester, at_time, now
):
    """Where posting is open, a stranger's jobs use up what was paid for calls; time goes on."""
    pool = make_pool(open_posting=True)
    pool.fundTimeBudget(sender=requester, value=ETHER // 8)
    deadline = now() + 10 * BUCKET_SECONDS
    posted = [NewJob(deadline + place * BUCKET_SECONDS, 1) for place in range(12)]
    jobs = post(pool, jobs=posted, sender=stranger)
    scheduled = [pool.bucketState(pool.bucketOf(job.deadline)[0])[2] for job in jobs]
    assert any(scheduled)
    assert not all(scheduled), "the budget was meant to be used up"
    at_time(jobs[-1].deadline + 1)
    pool.releaseExpiredTasks([job.id for job in jobs], sender=requester)
    assert pool.getPoolStats().live == 0


def test_verifier__lies__pays_or_refuses_and_takes_nothing_for_itself(
    pool, post, claim, submit, verifier, worker, requester
):
    """Whoever works under a verifier's terms trusts it to judge; it cannot enrich itself."""
    good, bad = post(pool, 2)
    for job in (good, bad):
        claim(job)
        submit(job)
    before = pool.creditOf(verifier)
    pool.verifyAndPay(good.id, False, sender=verifier)
    pool.verifyAndPay(bad.id, True, sender=verifier)
    assert pool.creditOf(verifier) == before
    assert (good.status, bad.status) == (Status.OPEN, Status.SETTLED)
    assert pool.creditOf(worker) == 2 * BOND - BOND // 4
    assert pool.creditOf(requester) == BOND // 4


def test_verifier__judges_before_the_submission__reverts(pool, claimed, verifier):
    for is_valid in (True, False):
        with ape.reverts(pool.TaskPool_WrongStatus, taskId=claimed.id, status=Status.CLAIMED):
            pool.verifyAndPay(claimed.id, is_valid, sender=verifier)


def test_verifier__silent_for_ever__worker_has_its_bond_and_requester_the_reward(
    pool, submitted, worker, requester, stranger, at_time
):
    at_time(submitted.info.until + 10 * VERIFY_WINDOW)
    pool.releaseExpiredTask(submitted.id, sender=stranger)
    share = REWARD // 100
    assert pool.creditOf(worker) == BOND
    assert (pool.creditOf(requester), pool.creditOf(stranger)) == (REWARD - share, share)


def test_claim__of_a_cancelled_or_ended_job__reverts(pool, post, worker, requester, fund_bond):
    (job,) = post(pool)
    pool.cancelTask(job.id, sender=requester)
    fund_bond(pool, worker)
    with ape.reverts(pool.TaskPool_WrongStatus, taskId=job.id, status=Status.CANCELLED):
        pool.claimTaskForUser(worker, job.id, sender=worker)
    with ape.reverts(pool.TaskNotFound):
        pool.claimTaskForUser(worker, sender=worker)


def test_credit__paid_to_the_pool_itself__is_lost_by_nobody_else(
    pool, job, worker, requester, fund_bond
):
    """Who names the pool as receiver gives it away; nothing is owed twice."""
    fund_bond(pool, worker, BOND)
    pool.withdraw(BOND, pool, sender=worker)
    stats = pool.getPoolStats()
    assert (pool.creditOf(worker), stats.owed, stats.free) == (0, REWARD, BOND)
    pool.withdrawFunds(sender=requester)
    assert pool.balance == REWARD


def test_post__of_300_jobs_in_a_call__are_all_there_or_none(make_pool, post, requester, now):
    """As many as fit a block; a thousand do not, and leave nothing behind."""
    pool = make_pool(data_mode=1, bucket_seconds=0)
    deadline = now() + 10_000
    post(pool, jobs=[NewJob(deadline, 1) for _ in range(300)])
    assert pool.getPoolStats()[:3] == (300, 300, 300)
    assert pool.getOpenTasks(1, 0, 1000) == list(range(1, 301))
