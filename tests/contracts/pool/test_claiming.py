"""Claiming: who may, which job, for how long, for which bond."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import (
    BOND,
    CLAIM_WINDOW,
    HIGH,
    HOUR,
    LOW,
    NORMAL,
    NewJob,
    Options,
    Result,
    Status,
)


def test_claim__first_of_the_queue__locks_the_bond(
    pool, post, worker, fund_bond, now, said
) -> None:
    jobs = post(pool, 2)
    fund_bond(pool, worker, 3 * BOND)
    receipt = pool.claimTaskForUser(worker, sender=worker)

    info = jobs[0].info
    assert (info.status, info.worker, info.until) == (Status.CLAIMED, worker, now() + CLAIM_WINDOW)
    assert jobs[1].status == Status.OPEN
    assert pool.creditOf(worker) == 2 * BOND
    assert pool.getUserActiveTask(worker) == (1, jobs[0].reward, now() + CLAIM_WINDOW)
    assert [(event.name, event.args) for event in said(receipt, pool)] == [
        ("TaskClaimed", {"user": worker.address, "taskId": 1})
    ]


def test_claim__several_priorities__highest_first(make_pool, post, worker) -> None:
    pool = make_pool(claim_bond=0, max_claims=7)
    for priority in (LOW, NORMAL, HIGH, LOW, HIGH):
        post(pool, options=Options(priority=priority))
    claims = [pool.claimTaskForUser(worker, sender=worker).return_value for _ in range(5)]
    assert claims == [3, 5, 2, 1, 4]


def test_claim__named_job__leaves_those_before_it(pool, post, claim, worker) -> None:
    jobs = post(pool, 3)
    claim(jobs[1])
    assert pool.getOpenTasks(NORMAL, 0, 10) == [1, 3]
    assert pool.userActiveTask(worker) == 2


def test_claim__for_somebody_else__reverts(pool, job, worker, stranger) -> None:
    for call in ((worker,), (worker, job.id)):
        with ape.reverts(pool.Unauthorized):
            pool.claimTaskForUser(*call, sender=stranger)


def test_claim__by_the_router__is_the_users(pool, job, worker, router, fund_bond) -> None:
    fund_bond(pool, worker)
    receipt = pool.claimTaskForUser(worker, sender=router)
    assert receipt.return_value == job.id
    assert job.info.worker == worker


def test_claim__nothing_waits__reverts(pool, worker) -> None:
    with ape.reverts(pool.TaskNotFound):
        pool.claimTaskForUser(worker, sender=worker)


@pytest.mark.parametrize("unknown", [0, 2, 2**32 + 1, 2**256 - 1])
def test_claim__unknown_job__reverts(pool, job, worker, unknown) -> None:
    with ape.reverts(pool.TaskNotFound):
        pool.claimTaskForUser(worker, unknown, sender=worker)


def test_claim__with_an_active_one__reverts(pool, claimed, post, worker, fund_bond) -> None:
    other = post(pool)[0]
    fund_bond(pool, worker)
    for call in ((worker,), (worker, other.id)):
        with ape.reverts(pool.TaskAlreadyClaimed):
            pool.claimTaskForUser(*call, sender=worker)


def test_claim__somebody_elses_job__reverts(pool, claimed, other_worker, fund_bond) -> None:
    fund_bond(pool, other_worker)
    with ape.reverts(pool.TaskAlreadyClaimed):
        pool.claimTaskForUser(other_worker, claimed.id, sender=other_worker)


def test_claim__up_to_the_capacity__then_reverts(make_pool, post, worker) -> None:
    pool = make_pool(claim_bond=0, max_claims=3)
    post(pool, 4)
    for _ in range(3):
        pool.claimTaskForUser(worker, sender=worker)
    with ape.reverts(pool.TaskAlreadyClaimed):
        pool.claimTaskForUser(worker, sender=worker)
    assert pool.getUserActiveTasks(worker) == [1, 2, 3]


def test_claim__after_a_submission__has_room_again(make_pool, post, claim, submit, worker) -> None:
    pool = make_pool(claim_bond=0, max_claims=3)
    jobs = post(pool, 5)
    for job in jobs[:3]:
        claim(job)
    submit(jobs[1])
    assert pool.getUserActiveTasks(worker) == [1, 3]

    claim(jobs[4])
    assert pool.getUserActiveTasks(worker) == [1, 3, 5]
    assert pool.userActiveTask(worker) == 1


def test_claim__same_job_again__counts_once(make_pool, post, claim, worker, at_time) -> None:
    pool = make_pool(claim_bond=0, max_claims=2)
    job, other = post(pool, 2)
    claim(other)
    claim(job)
    at_time(job.info.until + 1)
    pool.releaseExpiredTask(job.id, sender=worker)
    claim(job)

    assert pool.getUserActiveTasks(worker) == [other.id, job.id]


@pytest.mark.parametrize("missing", [1, BOND])
def test_claim__too_little_credit__reverts(pool, job, worker, fund_bond, missing) -> None:
    if missing != BOND:
        fund_bond(pool, worker, BOND - missing)
    with ape.reverts(
        pool.TaskPool_InsufficientCredit, account=worker, credit=BOND - missing, required=BOND
    ):
        pool.claimTaskForUser(worker, sender=worker)


def test_claim__exactly_the_bond__leaves_nothing(pool, job, worker, fund_bond) -> None:
    fund_bond(pool, worker)
    pool.claimTaskForUser(worker, sender=worker)
    assert pool.creditOf(worker) == 0


def test_claim__shortly_before_the_deadline__ends_with_it(pool, job, claim, at_time) -> None:
    at_time(job.deadline - HOUR // 2)
    claim(job)
    assert job.info.until == job.deadline


def test_claim__last_second__is_taken(make_pool, post, worker, at_time) -> None:
    pool = make_pool(claim_bond=0)
    job = post(pool)[0]
    at_time(job.deadline)
    pool.claimTaskForUser(worker, sender=worker)
    assert job.info.until == job.deadline


def test_claim__after_the_deadline__reverts(pool, job, worker, fund_bond, at_time) -> None:
    fund_bond(pool, worker)
    at_time(job.deadline + 1)
    for call in ((worker,), (worker, job.id)):
        with ape.reverts(pool.TaskExpired):
            pool.claimTaskForUser(*call, sender=worker)


def test_claim__first_ones_expired__passes_over_them(make_pool, post, worker, now, at_time) -> None:
    pool = make_pool(claim_bond=0)
    soon, later = now() + HOUR, now() + 2 * HOUR
    post(pool, 5, deadline=soon)
    alive = post(pool, deadline=later)[0]
    at_time(soon + 1)
    assert pool.claimTaskForUser(worker, sender=worker).return_value == alive.id


def test_claim__too_many_expired_before__names_a_job(make_pool, post, worker, now, at_time) -> None:
    pool = make_pool(claim_bond=0)
    soon, later = now() + HOUR, now() + 2 * HOUR
    post(pool, 16, deadline=soon)
    alive = post(pool, deadline=later)[0]
    at_time(soon + 1)
    with ape.reverts(pool.TaskExpired):
        pool.claimTaskForUser(worker, sender=worker)
    pool.claimTaskForUser(worker, alive.id, sender=worker)
    assert pool.userActiveTask(worker) == alive.id


@pytest.mark.parametrize("state", ["submitted", "disputed"])
def test_claim__job_with_a_result__reverts(pool, request, other_worker, fund_bond, state) -> None:
    job = request.getfixturevalue(state)
    fund_bond(pool, other_worker)
    with ape.reverts(pool.TaskPool_WrongStatus, taskId=job.id, status=int(job.status)):
        pool.claimTaskForUser(other_worker, job.id, sender=other_worker)


def test_claim__job_of_an_inactive_pool__goes_on(
    pool, job, claim, submit, verifier, requester
) -> None:
    pool.deactivatePool(sender=requester)
    claim(job)
    submit(job)
    pool.verifyAndPay(job.id, True, sender=verifier)
    assert job.status == Status.SETTLED


def test_claim__and_hold__ends_with_the_claim_window(
    pool, claimed, other_worker, claim, at_time
) -> None:
    at_time(claimed.info.until + 1)
    pool.releaseExpiredTask(claimed.id, sender=other_worker)
    claim(claimed, by=other_worker)
    assert claimed.info.worker == other_worker


# Submitting


def test_submit__result_of_an_own_claim__waits_for_the_verifier(
    pool, claimed, submit, worker, now, said
) -> None:
    result = Result()
    receipt = submit(claimed, result=result)

    info = claimed.info
    assert (info.status, info.worker, info.submittedAt) == (Status.SUBMITTED, worker, now())
    assert info.resultHash == result.commitment
    assert pool.userActiveTask(worker) == 0
    assert pool.getUserActiveTask(worker) == (0, 0, 0)
    assert [(event.name, event.args) for event in said(receipt, pool)] == [
        (
            "TaskSubmitted",
            {"user": worker.address, "taskId": claimed.id, "resultHash": result.hash},
        )
    ]


def test_submit__by_the_router__is_the_users(pool, claimed, worker, router) -> None:
    pool.submitTaskForUser(worker, claimed.id, *Result().arguments(), sender=router)
    assert claimed.status == Status.SUBMITTED


def test_submit__by_a_stranger__reverts(pool, claimed, worker, stranger) -> None:
    with ape.reverts(pool.TaskNotClaimed):
        pool.submitTaskForUser(stranger, claimed.id, *Result().arguments(), sender=stranger)
    with ape.reverts(pool.Unauthorized):
        pool.submitTaskForUser(worker, claimed.id, *Result().arguments(), sender=stranger)


@pytest.mark.parametrize("unknown", [0, 2, 2**256 - 1])
def test_submit__unknown_job__reverts(pool, claimed, worker, unknown) -> None:
    with ape.reverts(pool.TaskNotFound):
        pool.submitTaskForUser(worker, unknown, *Result().arguments(), sender=worker)


def test_submit__unclaimed_job__reverts(pool, job, worker) -> None:
    with ape.reverts(pool.TaskNotClaimed):
        pool.submitTaskForUser(worker, job.id, *Result().arguments(), sender=worker)


def test_submit__twice__reverts(pool, submitted, worker) -> None:
    with ape.reverts(pool.TaskNotClaimed):
        pool.submitTaskForUser(worker, submitted.id, *Result().arguments(), sender=worker)


def test_submit__in_the_last_second__is_taken(claimed, submit, at_time) -> None:
    at_time(claimed.info.until)
    submit(claimed)
    assert claimed.status == Status.SUBMITTED


def test_submit__a_second_late__reverts(pool, claimed, worker, at_time) -> None:
    at_time(claimed.info.until + 1)
    with ape.reverts(pool.TaskExpired):
        pool.submitTaskForUser(worker, claimed.id, *Result().arguments(), sender=worker)


def test_submit__after_release__reverts(pool, claimed, worker, stranger, at_time) -> None:
    at_time(claimed.info.until + 1)
    pool.releaseExpiredTask(claimed.id, sender=stranger)
    with ape.reverts(pool.TaskNotClaimed):
        pool.submitTaskForUser(worker, claimed.id, *Result().arguments(), sender=worker)


@pytest.mark.parametrize(
    ("result", "length", "most"),
    [
        (Result(hash="x" * 257), 257, 256),
        (Result(data="x" * 24_001), 24_001, 24_000),
        (Result(data="x" * 20_000, proof=b"x" * 4_001), 24_001, 24_000),
    ],
)
def test_submit__bytes_too_long__reverts(pool, claimed, worker, result, length, most) -> None:
    with ape.reverts(pool.TaskPool_DataTooLong, length=length, max=most):
        pool.submitTaskForUser(worker, claimed.id, *result.arguments(), sender=worker)


@pytest.mark.parametrize(
    "result",
    [
        Result("", b"", 0, 0, ""),
        Result("h" * 256, b"\x00" * 8_000, 2**256 - 1, 2**256 - 1, "d" * 16_000),
        Result("h", b"", 1, 2, "d" * 24_000),
        Result("", b"\xff" * 24_000, 1, 2, ""),
    ],
    ids=["empty", "mixed", "data", "proof"],
)
def test_submit__bytes_of_any_length__are_kept(pool, claimed, submit, result) -> None:
    submit(claimed, result=result)
    task = pool.getTask(claimed.id)
    assert (task.resultHash, task.zkpProof, task.zkpPublicInput, task.zkpPublicResult) == (
        result.hash,
        result.proof,
        result.public_input,
        result.public_result,
    )
    assert task.resultData == result.data
    assert (task.isCompleted, task.isVerified) == (True, False)


def test_release__then_resubmission_by_another__shows_the_latest_result(
    pool, submitted, verifier, claim, submit, other_worker
) -> None:
    pool.verifyAndPay(submitted.id, False, sender=verifier)
    task = pool.getTask(submitted.id)
    assert (task.assignedTo, task.isCompleted, task.resultData) == ("0x" + "00" * 20, False, "")

    claim(submitted, by=other_worker)
    submit(submitted, by=other_worker, result=Result(data="Another."))
    task = pool.getTask(submitted.id)
    assert (task.assignedTo, task.resultData) == (other_worker, "Another.")


def test_logged__inputs_and_results__are_in_events_and_hashes_in_storage(
    make_pool, post, claim, worker, said, requester, now
) -> None:
    pool = make_pool(data_mode=1)
    job = NewJob(now() + HOUR, input_data="What is AI?")
    receipt = pool.addAITasks(
        [job.reward], [7], [job.model_id], [job.input_data], [job.deadline],
        sender=requester, value=job.reward,
    )  # fmt: skip
    assert said(receipt, pool)[0].args == {"taskId": 1, "inputData": "What is AI?"}
    assert said(receipt, pool)[0].name == "JobInputLogged"
    assert pool.getJob(1).jobHash == job.hash

    pool.depositCredit(worker, BOND, sender=worker, value=BOND)
    pool.claimTaskForUser(worker, sender=worker)
    result = Result(proof=b"proof")
    receipt = pool.submitTaskForUser(worker, 1, *result.arguments(), sender=worker)
    assert said(receipt, pool)[0].name == "JobResultLogged"
    assert said(receipt, pool)[0].args == {
        "taskId": 1,
        "zkpProof": b"proof",
        "zkpPublicInput": 123,
        "zkpPublicResult": 456,
        "resultData": result.data,
    }
    assert pool.getJob(1).resultHash == result.commitment
    task = pool.getTask(1)
    assert (task.requestId, task.modelId, task.inputData, task.resultData) == (0, "", "", "")
