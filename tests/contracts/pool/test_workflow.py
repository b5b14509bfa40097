"""The seed's workflow, word for word, and the cases that come with it."""

from __future__ import annotations

from tests.contracts.pool.jobs import BOND, ETHER, NewJob, Result, Status


def test_workflow__of_the_seed__pays_the_worker(
    pool, post, worker, verifier, fund_bond, now, said
) -> None:
    jobs = post(
        pool,
        jobs=[
            NewJob(now() + 3600, ETHER // 10, 1, "llm-chat-v1", "What is AI?"),
            NewJob(now() + 7200, ETHER // 5, 2, "image-classifier-v1", "Classify this image"),
        ],
    )
    fund_bond(pool, worker)
    receipt = pool.claimTaskForUser(worker, sender=worker)
    assert receipt.return_value == jobs[0].id == pool.userActiveTask(worker) == 1
    task = pool.tasks(1)
    assert (task.modelId, task.inputData, task.reward) == (
        "llm-chat-v1",
        "What is AI?",
        ETHER // 10,
    )

    result = Result("0x1234567890abcdef", bytes.fromhex("1234567890abcdef"), 123, 456, "A result.")
    pool.submitTaskForUser(worker, 1, *result.arguments(), sender=worker)
    before = worker.balance
    receipt = pool.verifyAndPay(1, True, sender=verifier)

    assert worker.balance == before + ETHER // 10
    assert pool.creditOf(worker) == BOND
    task = pool.getTask(1)
    assert tuple(task) == (
        1, worker.address, ETHER // 10, jobs[0].deadline, True, True, 1, "llm-chat-v1",
        "What is AI?", "A result.", "0x1234567890abcdef", result.proof, 123, 456,
    )  # fmt: skip
    assert tuple(pool.tasks(1)) == tuple(task)
    assert jobs[0].status == Status.SETTLED
    assert jobs[1].status == Status.OPEN
    assert [event.name for event in said(receipt, pool)] == [
        "CreditAdded", "TaskVerified", "RewardPaid",
    ]  # fmt: skip
