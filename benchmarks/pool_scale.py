"""What acts cost beside ten and beside ten thousand pools, jobs and workers: the same."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.pool_world import BOND, REQUESTER, REWARD, PoolWorld, used_pool
from benchmarks.world import account
from taskwork.chain.pool_factory import TaskPoolFactoryCalls
from taskwork.chain.types import Wei

SIZES = (10, 10_000)
KINDS = ("pools", "jobs", "workers")
ACTS = ("make a pool", "post", "claim", "submit", "accept")
PER_BLOCK = 100
JOBS_A_CALL = 100


def measure_all() -> dict[str, int]:
    """Each kind of crowd on a chain of its own."""
    found: dict[str, int] = {}
    for kind, crowd in zip(KINDS, (crowd_of_pools, crowd_of_jobs, crowd_of_workers), strict=True):
        with used_pool() as world:
            there = 0
            for size in SIZES:
                crowd(world, there, size)
                there = size
                found |= {f"{act} beside {size} {kind}": gas for act, gas in acts(world).items()}
    return found


def acts(world: PoolWorld) -> dict[str, int]:
    """The gas of each act, which then has not happened."""
    with world.chain.rewinding():
        made = world.make_pool().gas
        posted = world.post().gas
        job, claimed = world.claim()
        gas = (made, posted, claimed, world.submit(job), world.verify(job))
    return dict(zip(ACTS, gas, strict=True))


def crowd_of_pools(world: PoolWorld, there: int, wanted: int) -> None:
    call = TaskPoolFactoryCalls(world.factory).create_pool("llm", "")
    in_blocks(world, wanted - there, lambda _: world.chain.submit(REQUESTER, call))


def crowd_of_jobs(world: PoolWorld, there: int, wanted: int) -> None:
    missing = wanted - there
    while missing:
        count = min(missing, JOBS_A_CALL)
        call = world.calls.add_ai_tasks([world.job(32)] * count, value=Wei(count * REWARD))
        world.chain.run(REQUESTER, call)
        missing -= count


def crowd_of_workers(world: PoolWorld, there: int, wanted: int) -> None:
    """Each has paid in a bond, and so is known to the pool."""

    def join(number: int) -> None:
        worker = account(f"worker {there + number}")
        call = world.calls.deposit_credit(worker, BOND, value=BOND)
        world.chain.submit(REQUESTER, call)

    in_blocks(world, wanted - there, join)


def in_blocks(world: PoolWorld, count: int, act: Callable[[int], object]) -> None:
    """Do something so often, many times to a block."""
    for number in range(count):
        act(number)
        if number % PER_BLOCK == PER_BLOCK - 1 or number == count - 1:
            world.chain.mine()
