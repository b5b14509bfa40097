"""Posting: who may, what is refused, what is reserved."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import (
    ETHER,
    HIGH,
    JOB_SECONDS,
    LOW,
    NORMAL,
    REWARD,
    NewJob,
    Options,
    Status,
    columns,
)

FOUR_YEARS = 1461 * 24 * 3600


@pytest.fixture
def new_job(now):
    return NewJob(now() + JOB_SECONDS)


@pytest.fixture
def ahead(now, at_time):
    """Fix the time of the next block, and tell it."""

    def fix() -> int:
        at_time(now() + 10)
        return now() + 10

    return fix


def test_post__two_jobs__are_reserved_and_announced(pool, requester, now, said) -> None:
    jobs = [
        NewJob(now() + 3600, ETHER, 5, "m", "one"),
        NewJob(now() + 7200, 2 * ETHER, 6, "n", "2"),
    ]
    receipt = pool.addAITasks(*columns(jobs), sender=requester, value=3 * ETHER)

    stats = pool.getPoolStats()
    assert (stats.posted, stats.open, stats.live, stats.owed) == (2, 2, 2, 3 * ETHER)
    assert pool.balance == 3 * ETHER
    *posted, added = said(receipt, pool)
    assert added.name == "TasksAdded"
    assert added.args == {"taskIds": (1, 2), "requestIds": (5, 6), "modelIds": ("m", "n")}
    for index, event in enumerate(posted):
        assert event.name == "JobPosted"
        assert event.args == {
            "taskId": index + 1,
            "requester": requester.address,
            "reward": jobs[index].reward,
            "deadline": jobs[index].deadline,
            "termsVersion": 1,
            "priority": NORMAL,
            "jobHash": jobs[index].hash,
        }


def test_post__by_a_stranger__reverts(pool, stranger, new_job) -> None:
    with ape.reverts(pool.Unauthorized):
        pool.addAITasks(*columns([new_job]), sender=stranger, value=REWARD)


def test_post__by_the_model_registry__is_its_own_job(make_pool, stranger, post) -> None:
    pool = make_pool(model_registry=stranger)
    job = post(pool, sender=stranger)[0]

    assert job.info.requester == stranger


def test_post__where_posting_is_open__anyone_may(make_pool, stranger, post) -> None:
    pool = make_pool(open_posting=True)
    assert post(pool, sender=stranger)[0].info.requester == stranger


def test_post__for_somebody_else__that_one_is_the_requester(pool, post, other_worker) -> None:
    job = post(pool, options=Options(requester=str(other_worker)))[0]
    assert job.info.requester == other_worker

    pool.cancelTask(job.id, sender=other_worker)
    assert pool.creditOf(other_worker) == REWARD


def test_post__with_options__returns_the_first_id(pool, post, requester, new_job) -> None:
    post(pool)
    receipt = pool.addAITasks(
        *columns([new_job] * 2), Options(), sender=requester, value=2 * REWARD
    )
    assert receipt.return_value == 2


def test_post__under_other_terms_than_expected__reverts(pool, requester, new_job) -> None:
    with ape.reverts(pool.TaskPool_TermsChanged, expected=2, inForce=1):
        pool.addAITasks(
            *columns([new_job]), Options(terms_version=2), sender=requester, value=REWARD
        )


def test_post__under_the_terms_expected__is_taken(pool, post) -> None:
    assert post(pool, options=Options(terms_version=1))[0].status == Status.OPEN


def test_post__inactive_pool__reverts(pool, requester, new_job) -> None:
    pool.deactivatePool(sender=requester)
    with ape.reverts(pool.TaskPool_Inactive):
        pool.addAITasks(*columns([new_job]), sender=requester, value=REWARD)


def test_post__on_the_implementation__reverts(pool_world, requester, new_job, refusal) -> None:
    call = "addAITasks(uint256[],uint256[],string[],string[],uint256[])"
    face = pool_world.implementation
    refused = refusal(face, call, *columns([new_job]), sender=requester, value=REWARD)
    assert refused.name == "TaskPool_Inactive"


def test_post__without_a_verifier__reverts(make_pool, requester, new_job) -> None:
    pool = make_pool(verifier="0x" + "00" * 20)
    with ape.reverts(pool.TaskPool_NoVerifier):
        pool.addAITasks(*columns([new_job]), sender=requester, value=REWARD)


def test_post__no_job__reverts(pool, requester) -> None:
    with ape.reverts(pool.TaskPool_NoJobs):
        pool.addAITasks([], [], [], [], [], sender=requester)


@pytest.mark.parametrize("place", [1, 2, 3, 4])
@pytest.mark.parametrize("given", [0, 1, 3])
def test_post__arrays_of_different_lengths__reverts(pool, requester, new_job, place, given) -> None:
    arrays = list(columns([new_job] * 2))
    arrays[place] = (arrays[place] * 2)[:given]

    with ape.reverts(pool.TaskPool_LengthMismatch, expected=2, given=given):
        pool.addAITasks(*arrays, sender=requester, value=2 * REWARD)


def test_post__reward_of_zero__reverts(pool, requester, now) -> None:
    jobs = [NewJob(now() + 3600), NewJob(now() + 3600, reward=0)]
    with ape.reverts(pool.TaskPool_ZeroReward, index=1):
        pool.addAITasks(*columns(jobs), sender=requester, value=REWARD)


def test_post__reward_that_does_not_fit__reverts(pool, requester, now) -> None:
    with ape.reverts(pool.TaskPool_AmountTooLarge, amount=2**96, max=2**96 - 1):
        pool.addAITasks(*columns([NewJob(now() + 3600, reward=2**96)]), sender=requester)


def test_post__more_than_the_pool_can_owe__reverts(
    make_pool, project, deployer, requester, now
) -> None:
    token = deployer.deploy(project.TokenDouble)
    pool = make_pool(asset=token.address)
    most = 2**96 - 1
    token.mint(requester, 2 * most, sender=deployer)
    token.approve(pool, 2 * most, sender=requester)
    pool.addAITasks(*columns([NewJob(now() + 3600, reward=most - 5)]), sender=requester)

    with ape.reverts(pool.TaskPool_AmountTooLarge, amount=6, max=5):
        pool.addAITasks(*columns([NewJob(now() + 3600, reward=6)]), sender=requester)


@pytest.mark.parametrize(
    "offset", [0, -1, FOUR_YEARS + 1, 10**13, 2**255], ids=["now", "past", "far", "ms", "huge"]
)
def test_post__deadline_out_of_range__reverts(pool, requester, ahead, offset) -> None:
    time = ahead()
    with ape.reverts(
        pool.TaskPool_DeadlineOutOfRange,
        deadline=time + offset,
        earliest=time + 1,
        latest=time + FOUR_YEARS,
    ):
        pool.addAITasks(*columns([NewJob(time + offset)]), sender=requester, value=REWARD)


@pytest.mark.parametrize("offset", [1, FOUR_YEARS])
def test_post__first_and_last_deadline__are_taken(pool, requester, ahead, offset) -> None:
    time = ahead()
    pool.addAITasks(*columns([NewJob(time + offset)]), sender=requester, value=REWARD)
    assert pool.getJob(1).deadline == time + offset


def test_post__milliseconds_for_seconds__reverts(pool, requester, now) -> None:
    with ape.reverts(pool.TaskPool_DeadlineOutOfRange):
        pool.addAITasks(*columns([NewJob(1000 * now() + 3600)]), sender=requester, value=REWARD)


def test_post__too_little_value__reverts(pool, requester, new_job) -> None:
    with ape.reverts(pool.InsufficientFunds):
        pool.addAITasks(*columns([new_job]), sender=requester, value=REWARD - 1)


def test_post__too_much_value__reverts(pool, requester, new_job) -> None:
    with ape.reverts(pool.TaskPool_ValueMismatch, given=REWARD + 1, expected=REWARD):
        pool.addAITasks(*columns([new_job]), sender=requester, value=REWARD + 1)


def test_post__no_value_by_the_owner__takes_what_nothing_is_owed_for(
    pool, requester, stranger, post
) -> None:
    stranger.transfer(pool, REWARD)
    job = post(pool, value=0)[0]

    assert job.status == Status.OPEN
    assert pool.getPoolStats().free == 0


def test_post__no_value_and_nothing_free__reverts(pool, requester, new_job, post, stranger) -> None:
    post(pool)  # what is owed is not free
    stranger.transfer(pool, REWARD - 1)
    with ape.reverts(pool.InsufficientFunds):
        pool.addAITasks(*columns([new_job]), sender=requester)


def test_post__no_value_by_another_requester__takes_nothing_of_the_owners(
    make_pool, stranger, new_job
) -> None:
    pool = make_pool(open_posting=True)
    stranger.transfer(pool, ETHER)
    with ape.reverts(pool.InsufficientFunds):
        pool.addAITasks(*columns([new_job]), sender=stranger)


@pytest.mark.parametrize("priority", [LOW, NORMAL, HIGH])
def test_post__with_a_priority__waits_in_its_queue(pool, post, priority) -> None:
    post(pool, 3, options=Options(priority=priority))
    assert [pool.getOpenTasks(p, 0, 10) for p in (LOW, NORMAL, HIGH)] == [
        [1, 2, 3] if p == priority else [] for p in (LOW, NORMAL, HIGH)
    ]


def test_post__many_in_one_call__all_wait_in_order(pool, post) -> None:
    post(pool)
    post(pool, 60)
    assert pool.getOpenTasks(NORMAL, 0, 100) == list(range(1, 62))


@pytest.mark.parametrize("field", ["model_id", "input_data"])
def test_post__string_too_long__reverts(pool, requester, now, field) -> None:
    most = {"model_id": 256, "input_data": 24_000}[field]
    job = NewJob(now() + 3600, **{field: "x" * (most + 1)})
    with ape.reverts(pool.TaskPool_DataTooLong, length=most + 1, max=most):
        pool.addAITasks(*columns([job]), sender=requester, value=REWARD)


def test_post__100_kilobytes__reverts(pool, requester, now) -> None:
    job = NewJob(now() + 3600, input_data="x" * 100_000)
    with ape.reverts(pool.TaskPool_DataTooLong, length=100_000, max=24_000):
        pool.addAITasks(*columns([job]), sender=requester, value=REWARD)


def test_post__longest_strings__are_kept(pool, post) -> None:
    post(pool, model_id="m" * 256, input_data="é" * 12_000, request_id=2**256 - 1)
    task = pool.getTask(1)
    assert (task.modelId, task.inputData) == ("m" * 256, "é" * 12_000)
    assert task.requestId == 2**256 - 1


def test_post__empty_strings__are_kept(pool, post) -> None:
    post(pool, model_id="", input_data="")
    task = pool.getTask(1)
    assert (task.modelId, task.inputData, task.requestId) == ("", "", 7)


# Cancelling


def test_cancel__open_job__credits_the_requester(pool, job, requester, said) -> None:
    receipt = pool.cancelTask(job.id, sender=requester)

    assert job.status == Status.CANCELLED
    assert pool.creditOf(requester) == REWARD
    assert [(event.name, event.args) for event in said(receipt, pool)] == [
        ("JobEnded", {"taskId": job.id, "status": Status.CANCELLED}),
        ("CreditAdded", {"account": requester.address, "amount": REWARD}),
    ]


@pytest.mark.parametrize("place", range(5))
def test_cancel__anywhere_in_the_queue__the_others_keep_their_order(
    pool, post, requester, place
) -> None:
    post(pool, 5)
    pool.cancelTask(place + 1, sender=requester)
    assert pool.getOpenTasks(NORMAL, 0, 10) == [i for i in range(1, 6) if i != place + 1]

    post(pool, 2)
    assert pool.getOpenTasks(NORMAL, 0, 10)[-2:] == [6, 7]


def test_cancel__by_a_stranger__reverts(pool, job, stranger) -> None:
    with ape.reverts(pool.Unauthorized):
        pool.cancelTask(job.id, sender=stranger)


def test_cancel__unknown_job__reverts(pool, job, requester) -> None:
    for unknown in (0, job.id + 1, 2**256 - 1):
        with ape.reverts(pool.TaskNotFound):
            pool.cancelTask(unknown, sender=requester)


def test_cancel__after_the_deadline__reverts(pool, job, requester, at_time) -> None:
    at_time(job.deadline + 1)
    with ape.reverts(pool.TaskExpired):
        pool.cancelTask(job.id, sender=requester)


def test_cancel__in_the_last_second__is_taken(pool, job, requester, at_time) -> None:
    at_time(job.deadline)
    pool.cancelTask(job.id, sender=requester)
    assert job.status == Status.CANCELLED
