"""Winding a pool up without its owner and its verifiers, by nothing but what anybody can do."""

from __future__ import annotations

from tests.stateful.engine import Engine
from tests.stateful_pool.calls import Call, ReleaseMany, Withdraw, encoded
from tests.stateful_pool.driver import Driver
from tests.stateful_pool.state import Status, Transfer
from tests.stateful_pool.world import OPERATOR, STRANGER, balance_of, forward, must, read

CENTURY = 100 * 365 * 86_400
HEIR = 0xACC2000  # who takes what accounts are owed


def wind_up(driver: Driver) -> None:
    """End every job and pay every credit, in a future that is taken back afterwards."""
    mark = driver.engine.mark()
    driver.engine.wait_until(driver.engine.time + CENTURY)
    try:
        end_all_jobs(driver)
        pay_all_credits(driver)
    finally:
        driver.engine.undo(mark)


def end_all_jobs(driver: Driver) -> None:
    ids = tuple(driver.model.jobs)
    send(driver, STRANGER, ReleaseMany(ids))
    for job in driver.model.jobs.values():
        (status,) = read(driver.engine, driver.world.pool, "getJobStatus(uint256)", job.id)
        assert not Status(status).is_live, f"{job} does not end"
    assert stats(driver)[2] == 0, "jobs are counted as live that are not"


def pay_all_credits(driver: Driver) -> None:
    """To the last base unit, wherever its holder wants it."""
    world, engine = driver.world, driver.engine
    make_token_honest(driver)
    before, owed = balance_of(engine, world.config.asset, HEIR), stats(driver)[4]
    for account in {*world.everybody, *driver.model.credits, *requesters(driver)}:
        (credit,) = read(engine, world.pool, "creditOf(address)", account)
        if credit:
            send(driver, account, Withdraw(credit, HEIR))
    paid = balance_of(engine, world.config.asset, HEIR) - before
    assert paid == owed, f"{owed} were owed, {paid} were to be had"
    assert stats(driver)[4] == 0


def requesters(driver: Driver) -> set[int]:
    return {job.requester for job in driver.model.jobs.values()}


def make_token_honest(driver: Driver) -> None:
    """What a token does is not the pool's to promise."""
    token = driver.world.config.asset
    if token == 0:
        return
    must(driver.engine, OPERATOR, token, encoded("setMode(uint8)", int(Transfer.HONEST)))
    for account in (*driver.model.doubles.blocked, HEIR, driver.world.pool):
        must(driver.engine, OPERATOR, token, encoded("setBlocked(address,bool)", account, False))


def stats(driver: Driver) -> tuple[int, ...]:
    return read(driver.engine, driver.world.pool, "getPoolStats()")


def send(driver: Driver, sender: int, call: Call) -> None:
    engine: Engine = driver.engine
    if sender in driver.world.contracts:
        must(engine, OPERATOR, sender, forward(driver.world.pool, call.encode()))
    else:
        must(engine, sender, driver.world.pool, call.encode())
