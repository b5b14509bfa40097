"""Gas of a pool's operations: whole transactions, in a pool that has been in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from eth_utils.crypto import keccak

from benchmarks.chain import Receipt
from benchmarks.pool_world import BOND, BUCKET_SECONDS, KIB, REQUESTER, WORKER, PoolWorld, used_pool
from taskwork.chain.pool_types import JobId

JOB_POSTED = (
    "0x" + keccak(text="JobPosted(uint256,address,uint256,uint256,uint256,uint8,bytes32)").hex()
)
BATCH = 50
A_BUCKET = 10  # jobs


@dataclass(frozen=True)
class PoolOperation:
    """Something that people do with a pool, and how its gas is found."""

    key: str
    title: str
    measure: Callable[[PoolWorld], int]


def measure_all(chosen: Iterable[PoolOperation]) -> dict[str, int]:
    """Measure on one chain, each operation from the same state."""
    figures = {}
    with used_pool() as world:
        pool = world.pool
        for operation in chosen:
            with world.chain.rewinding():
                figures[operation.key] = operation.measure(world)
            world.choose(pool)
    return figures


def post(world: PoolWorld) -> int:
    return world.post().gas


def post_10(world: PoolWorld) -> int:
    return world.post(10).gas // 10


def post_code(world: PoolWorld) -> int:
    world.choose(world.create(logged=False))
    world.use()
    return world.post().gas


def claim(world: PoolWorld) -> int:
    return world.claim()[1]


def submit(world: PoolWorld) -> int:
    job, _ = world.claim()
    return world.submit(job)


def submit_long(world: PoolWorld) -> int:
    job, _ = world.claim()
    return world.submit(job, size=4 * KIB, proof=2 * KIB)


def submit_longest(world: PoolWorld) -> int:
    job, _ = world.claim()
    return world.submit(job, size=16 * KIB, proof=4 * KIB)


def submit_code(world: PoolWorld) -> int:
    world.choose(world.create(logged=False))
    world.use()
    return submit_long(world)


def verify(world: PoolWorld) -> int:
    return world.verify(world.deliver(1)[0])


def reject(world: PoolWorld) -> int:
    return world.verify(world.deliver(1)[0], is_valid=False)


def verify_batch(world: PoolWorld) -> int:
    world.post(BATCH, size=32)
    return world.verify_all(world.deliver(BATCH)) // BATCH


def deliver(world: PoolWorld) -> int:
    return submit(world) + verify(world)


def deliver_50(world: PoolWorld) -> int:
    return submit(world) + verify_batch(world)


def cancel(world: PoolWorld) -> int:
    job = posted(world, world.post())[0]
    return world.chain.run(REQUESTER, world.calls.cancel_task(job)).gas


def deposit(world: PoolWorld) -> int:
    return world.chain.run(WORKER, world.calls.deposit_credit(WORKER, BOND, value=BOND)).gas


def withdraw(world: PoolWorld) -> int:
    return world.chain.run(WORKER, world.calls.withdraw(BOND, WORKER)).gas


def on_time(count: int) -> Callable[[PoolWorld], int]:
    """What it costs each of so many jobs in a bucket that somebody looks after them."""
    return lambda world: looking_after(world, count) // count


def looking_after(world: PoolWorld, count: int) -> int:
    """Enrolment, the manager's task and the keeper, for jobs that end before their time.

    Beside as many jobs in a pool that nobody calls. The manager has other tasks in these blocks.
    """
    deadline = world.near_deadline()
    world.post(deadline=deadline + BUCKET_SECONDS)
    receipt = world.post(count, deadline=deadline)
    for job in posted(world, receipt):
        world.chain.run(REQUESTER, world.calls.cancel_task(job))
    looked_after, timed = receipt.gas, world.pool
    world.choose(world.create(bucket_seconds=0))
    world.use(budget=False)
    alone = world.post(count, deadline=deadline).gas
    world.choose(timed)
    world.pass_by(deadline + 2)
    return looked_after - alone + world.execute(receipt).gas


def expire_on_time(world: PoolWorld) -> int:
    """A keeper ends ten jobs that nobody claimed."""
    deadline = world.near_deadline()
    receipt = world.post(A_BUCKET, deadline=deadline)
    world.pass_by(deadline + 2)
    return world.execute(receipt).gas // A_BUCKET


def expire_by_hand(world: PoolWorld) -> int:
    deadline = world.near_deadline()
    jobs = posted(world, world.post(A_BUCKET, deadline=deadline))
    world.pass_by(deadline + 2)
    return world.chain.run(WORKER, world.calls.release_expired_tasks(jobs)).gas // A_BUCKET


def make_pool(world: PoolWorld) -> int:
    return world.make_pool().gas


def posted(world: PoolWorld, receipt: Receipt) -> list[JobId]:
    """The jobs that a transaction posted."""
    own = (log for log in receipt.logs if log["address"].lower() == world.pool.lower())
    return [JobId(int(log["topics"][1], 16)) for log in own if log["topics"][0] == JOB_POSTED]


POOL_OPERATIONS = (
    PoolOperation("post_1k", "Post a job of 1 KiB", post),
    PoolOperation("post_1k_10", "  ten by one call, each", post_10),
    PoolOperation("post_1k_code", "  its bytes kept as code", post_code),
    PoolOperation("claim", "Claim the next job", claim),
    PoolOperation("submit_1k", "Submit 1 KiB", submit),
    PoolOperation("submit_4k_2k", "  4 KiB and a proof of 2 KiB", submit_long),
    PoolOperation("submit_4k_2k_code", "  the same, kept as code", submit_code),
    PoolOperation("submit_16k_4k", "  16 KiB and a proof of 4 KiB", submit_longest),
    PoolOperation("verify", "Accept and pay", verify),
    PoolOperation("verify_50", "  50 by one call, each", verify_batch),
    PoolOperation("deliver", "Submit 1 KiB and be paid", deliver),
    PoolOperation("deliver_50", "  paid with 49 others, each", deliver_50),
    PoolOperation("reject", "Reject", reject),
    PoolOperation("cancel", "Cancel", cancel),
    PoolOperation("deposit", "Deposit credit", deposit),
    PoolOperation("withdraw", "Withdraw credit", withdraw),
    PoolOperation("on_time_10", "Being looked after, 10 in a bucket, each", on_time(A_BUCKET)),
    PoolOperation("on_time_50", "  50 in a bucket, each", on_time(BATCH)),
    PoolOperation("expire_on_time_10", "Ten expired jobs ended by a keeper, each", expire_on_time),
    PoolOperation("expire_by_hand_10", "  by hand, each", expire_by_hand),
    PoolOperation("make_pool", "Make a pool", make_pool),
)
