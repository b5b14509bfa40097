"""Turns what was drawn into calls that fit the moment: which job, how much, and who."""

from __future__ import annotations

from tests.stateful_pool import calls
from tests.stateful_pool.drawing import Outline
from tests.stateful_pool.driver import Driver, Send
from tests.stateful_pool.model import MAX_HORIZON
from tests.stateful_pool.state import Job, Status, Terms
from tests.stateful_pool.world import OWNER, REGISTRY, STRANGER, VERIFIER


def post(driver: Driver, poster: int, outline: Outline) -> Send:
    """Post jobs as they were outlined, each flaw in one place."""
    flaw, now = outline.flaw, driver.engine.time
    count = 0 if flaw == "no jobs" else outline.count
    deadlines = [now + outline.ahead + place * outline.apart for place in range(count)]
    rewards = [outline.reward] * count
    if flaw == "deadline now":
        deadlines = [*deadlines[1:], now]
    if flaw == "deadline too far":
        deadlines = [(now + MAX_HORIZON) * 1000, *deadlines[1:]]
    if flaw == "no reward" and rewards:
        rewards[-1] = 0
    expected = len(driver.model.terms) - (2 if flaw == "terms" else 1) or 99
    number = len(driver.model.jobs)
    call = calls.Post(
        rewards=tuple(rewards),
        request_ids=tuple(range(number, number + count)),
        model_ids=tuple(f"model-{place}" for place in range(count)),
        inputs=tuple("x" * outline.size for _ in range(count + (flaw == "lengths"))),
        deadlines=tuple(deadlines),
        options=(0, outline.priority, expected if flaw == "terms" else 0),
    )
    return Send(poster, call, value_of(driver, sum(rewards), flaw))


def value_of(driver: Driver, total: int, flaw: str) -> int:
    """The native coin to send with a posting."""
    if driver.world.config.asset != 0:
        return 1 if flaw == "value above" else 0
    if flaw == "from free funds":
        return 0
    return max(0, total + {"value short": -1, "value above": 1}.get(flaw, 0))


def picked(driver: Driver, pick: int, *wanted: Status) -> Job | None:
    """A job, of those in a state if there are any; the latest is 0."""
    jobs = list(driver.model.jobs.values())
    fitting = [job for job in jobs if job.status in wanted] or jobs
    return fitting[-1 - pick % len(fitting)] if fitting else None


def amount(has: int, which: str) -> int:
    return {"none": 0, "one": 1, "some": has // 3, "all": has, "too much": has + 1}[which]


def result(job: Job, size: int, user: int) -> calls.Submit:
    return calls.Submit(
        user=user,
        task_id=job.id,
        result_hash=f"0x{size:02x}",
        proof=b"\x01" * (size % 40),
        public_input=job.id,
        public_result=size,
        result="y" * size,
    )


def with_judge(drawn: Terms, judge: str, hook: int) -> Terms:
    """Terms under which somebody judges: an account, a hook, nobody, or the owner itself."""
    if judge == "hook":
        return drawn._replace(verifier=hook, is_hook=True, hook_gas=100_000)
    accounts = {"verifier": VERIFIER, "owner": OWNER, "stranger": STRANGER, "nobody": 0}
    return drawn._replace(verifier=accounts[judge])


def poster(driver: Driver, seat: int, entitled: bool) -> int:
    """Who posts."""
    if not entitled:
        return STRANGER
    if driver.world.config.open_posting:
        return driver.world.requesters[seat]
    return (OWNER, OWNER, REGISTRY)[seat]
