"""Buckets called through the task manager: on time, from the budget, without a share for anyone."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import (
    BOND,
    BUCKET_SECONDS,
    ETHER,
    HOUR,
    REWARD,
    NewJob,
    Status,
    columns,
)
from tests.support.abi import Named

BUCKET_TASK_GAS = 750_000
EXECUTE = "executeCommitted((address,uint64,address,bytes,uint64)[],uint256)"


@pytest.fixture
def timed(pool, requester):
    """A pool with a time budget."""
    pool.fundTimeBudget(sender=requester, value=ETHER)
    return pool


@pytest.fixture
def committed(manager, interface, world, rpc):
    """The definitions of the tasks that are committed, as the keeper finds them."""

    def read() -> list[Named]:
        topic = "0x" + interface.topic("TaskCommitted").hex()
        logs = rpc(
            "eth_getLogs",
            {"address": manager.address, "fromBlock": hex(world.block), "topics": [topic]},
        )
        return interface.decode_logs(logs, manager.address)

    return read


@pytest.fixture
def keep(manager, committed, executor, mine_to, at_time, height):
    """Do what a keeper does: run the bucket's task when it is due, at a time."""

    def run(index: int = -1, *, at: int | None = None):
        task, schedule = committed()[index]["definition"]
        if height() + 1 < schedule[0]:
            mine_to(schedule[0])
        if at is not None:
            at_time(at)
        return manager.executeCommitted([task], 0, sender=executor)

    return run


def test_on_time__first_job_of_a_bucket__schedules_its_call(
    timed, post, manager, committed
) -> None:
    job = post(timed)[0]
    bucket, _ = timed.bucketOf(job.deadline)

    assert timed.bucketState(bucket) == (1, 0, True)
    (event,) = committed()
    task, schedule = event["definition"]
    assert (task[0], task[2]) == (timed.address.lower(), timed.address.lower())
    assert task[1] == BUCKET_TASK_GAS
    assert schedule[2] == 1
    assert manager.bondOf(timed)[1] > 0


def test_on_time__more_jobs_of_the_bucket__schedule_nothing_more(
    timed, post, committed, now
) -> None:
    deadline = now() + HOUR
    for _ in range(3):
        post(timed, 4, deadline=deadline)
    assert len(committed()) == 1


def test_on_time__expired_jobs__are_refunded_in_full(
    timed, post, requester, executor, now, keep
) -> None:
    deadline = now() + HOUR
    jobs = post(timed, 3, deadline=deadline)
    bucket, due = timed.bucketOf(deadline)
    keep(at=due)

    assert {job.status for job in jobs} == {Status.EXPIRED}
    assert timed.creditOf(requester) == 3 * REWARD
    assert timed.creditOf(executor) == 0
    assert timed.bucketState(bucket) == (3, 3, True)


def test_on_time__stalled_worker__loses_its_bond_to_the_requester(
    timed, job, claim, requester, keep
) -> None:
    claim(job)
    bucket, due = timed.bucketOf(job.info.until)
    assert timed.bucketState(bucket) == (1, 0, True)
    keep(at=due)

    assert job.status == Status.OPEN
    assert timed.creditOf(requester) == BOND


def test_on_time__silent_verifier__is_noticed_in_the_bucket_of_its_window(
    timed, job, claim, submit, requester, worker, keep
) -> None:
    claim(job)
    _, first_due = timed.bucketOf(job.info.until)
    submit(job)
    until = job.info.until
    keep(at=first_due)
    assert job.status == Status.SUBMITTED

    bucket, due = timed.bucketOf(until)
    assert timed.bucketState(bucket) == (1, 0, True)
    keep(at=due)
    assert job.status == Status.REFUNDED
    assert timed.creditOf(requester) == REWARD
    assert timed.creditOf(worker) == BOND


def test_on_time__called_early__schedules_itself_again(
    timed, post, manager, committed, keep, now
) -> None:
    job = post(timed, deadline=now() + 2 * HOUR)[0]
    bucket, due = timed.bucketOf(job.deadline)
    keep(at=due - 100)
    assert job.status == Status.OPEN
    assert len(committed()) == 2
    assert timed.bucketState(bucket) == (1, 0, True)

    keep(at=due)
    assert job.status == Status.EXPIRED


def test_on_time__more_jobs_than_a_call_can_do__goes_on_in_the_next_block(
    timed, post, committed, keep, now
) -> None:
    deadline = now() + HOUR
    jobs = post(timed, 40, deadline=deadline)
    bucket, due = timed.bucketOf(deadline)
    keep(at=due)
    done = timed.bucketState(bucket)[1]
    assert 3 < done < 40

    runs = 1
    while timed.bucketState(bucket)[1] < 40:
        keep()
        runs += 1
    assert runs == len(committed()) <= 10
    assert {job.status for job in jobs} == {Status.EXPIRED}


def test_on_time__done_by_hand_before__leaves_the_call_nothing_to_do(
    timed, post, stranger, keep, now, at_time
) -> None:
    job = post(timed, deadline=now() + HOUR)[0]
    bucket, due = timed.bucketOf(job.deadline)
    at_time(due)
    timed.settleBucket(bucket, 1, sender=stranger)
    receipt = keep()
    assert not receipt.failed
    assert timed.bucketState(bucket) == (1, 1, True)


def test_on_time__budget_too_small__posts_all_the_same(
    pool, requester, said, now, interface
) -> None:
    pool.fundTimeBudget(sender=requester, value=1)
    deadline = now() + HOUR
    job = NewJob(deadline)
    receipt = pool.addAITasks(*columns([job]), sender=requester, value=REWARD)
    bucket, _ = pool.bucketOf(deadline)

    (event,) = [event for event in said(receipt, pool) if event.name == "BucketNotScheduled"]
    assert event["bucket"] == bucket
    assert event["reason"] == interface.selector("TaskManager_InsufficientBond")
    assert pool.bucketState(bucket) == (1, 0, False)


def test_on_time__budget_paid_later__anyone_schedules_the_bucket(
    pool, post, requester, stranger, said, keep, now
) -> None:
    job = post(pool, deadline=now() + HOUR)[0]
    bucket, due = pool.bucketOf(job.deadline)
    assert pool.bucketState(bucket) == (1, 0, False)
    pool.fundTimeBudget(sender=stranger, value=ETHER)
    receipt = pool.scheduleBucket(bucket, sender=stranger)

    assert [event.name for event in said(receipt, pool)] == ["BucketScheduled"]
    with ape.reverts(pool.TaskPool_BucketScheduled, bucket=bucket):
        pool.scheduleBucket(bucket, sender=stranger)
    keep(at=due)
    assert job.status == Status.EXPIRED


def test_on_time__base_fee_above_the_ceiling__posts_all_the_same(
    timed, requester, said, now, interface
) -> None:
    timed.setTimePrice(1, 0, 0, sender=requester)
    job = NewJob(now() + HOUR)
    receipt = timed.addAITasks(*columns([job]), sender=requester, value=REWARD)
    (event,) = [event for event in said(receipt, timed) if event.name == "BucketNotScheduled"]
    assert event["bucket"] == timed.bucketOf(job.deadline)[0]
    assert event["reason"] == interface.selector("TaskManager_BaseFeeAboveCeiling")
    assert timed.getJob(1).status == Status.OPEN


def test_on_time__starved_by_the_poster__is_refused_not_left_unscheduled(
    timed, requester, now, refusal
) -> None:
    jobs = [NewJob(now() + HOUR)]
    call = "addAITasks(uint256[],uint256[],string[],string[],uint256[])"
    seen = set()
    for gas in range(100_000, 900_000, 20_000):
        refused = refusal(timed, call, *columns(jobs), sender=requester, value=REWARD, gas=gas)
        seen.add(refused and refused.name)
    assert seen == {None, "0x", "TaskPool_InsufficientGas"}


def test_on_time__a_strangers_task__earns_the_callers_share_for_its_envoy(
    timed, post, manager, stranger, define, keep, now, at_time, mine_to, executor
) -> None:
    """Only the pool's own envoy calls on time: a stranger's is a caller like any other."""
    job = post(timed)[0]
    bucket, due = timed.bucketOf(job.deadline)
    data = timed.settleBucket.encode_input(bucket, 5)
    definition = define(owner=stranger, target=timed, data=data, gas=BUCKET_TASK_GAS)
    manager.scheduleTask(definition, sender=stranger, value=ETHER)
    mine_to(definition.schedule.start)
    at_time(due)
    manager.executeQueuedTasks(0, sender=executor)

    assert job.status == Status.EXPIRED
    assert timed.creditOf(manager.envoyOf(stranger)) == REWARD // 100


# The budget


def test_budget__paid_by_anyone__is_the_pools_bond(pool, manager, stranger, said) -> None:
    receipt = pool.fundTimeBudget(sender=stranger, value=5)
    assert manager.bondOf(pool) == (5, 0)
    assert said(receipt, pool)[0].name == "TimeBudgetFunded"
    assert said(receipt, pool)[0].args == {"payer": stranger.address, "amount": 5}


def test_budget__while_jobs_are_live__stays(timed, job, requester) -> None:
    with ape.reverts(timed.TaskPool_JobsLive, live=1):
        timed.withdrawTimeBudget(1, sender=requester)


def test_budget__when_no_job_is_live__returns_to_the_owner(timed, requester, manager, said) -> None:
    before = requester.balance
    receipt = timed.withdrawTimeBudget(ETHER, sender=requester)
    assert requester.balance > before + ETHER * 9 // 10
    assert manager.bondOf(timed) == (0, 0)
    assert [event.name for event in said(receipt, timed)] == ["TimeBudgetWithdrawn"]


def test_budget__by_a_stranger__reverts(timed, stranger) -> None:
    with ape.reverts(timed.Unauthorized):
        timed.withdrawTimeBudget(1, sender=stranger)
    with ape.reverts(timed.Unauthorized):
        timed.setTimePrice(1, 1, 1, sender=stranger)


def test_budget__of_a_pool_of_tokens__is_native(make_pool, project, deployer, requester) -> None:
    token = deployer.deploy(project.TokenDouble)
    pool = make_pool(asset=token.address)
    pool.fundTimeBudget(sender=requester, value=ETHER)
    before = requester.balance
    pool.withdrawTimeBudget(ETHER, sender=requester)
    assert requester.balance > before + ETHER * 9 // 10


def test_budget__price__is_the_pools_at_the_manager(timed, manager, requester, said) -> None:
    receipt = timed.setTimePrice(30, 20, 10, sender=requester)
    terms = manager.priceTermsOf(timed)
    assert (terms.ceiling, terms.tip, terms.premiumCap, terms.failureLimit) == (30, 20, 10, 0)
    assert said(receipt, timed)[0].name == "TimePriceSet"
    assert said(receipt, timed)[0].args == {"ceiling": 30, "tip": 20, "premiumCap": 10}


def test_bucket__boundaries__are_whole_lengths(pool) -> None:
    for bucket in (1, 1000):
        last = bucket * BUCKET_SECONDS
        assert pool.bucketOf(last) == (bucket, last + 1)
        assert pool.bucketOf(last - BUCKET_SECONDS + 1) == (bucket, last + 1)
        assert pool.bucketOf(last + 1)[0] == bucket + 1
