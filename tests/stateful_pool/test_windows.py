"""Windows partition time: at every second either people may act on a job, or time may end it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stateful_pool import calls, plans
from tests.stateful_pool.compiled import contracts
from tests.stateful_pool.driver import Driver, Send, Wait
from tests.stateful_pool.machine import Stage
from tests.stateful_pool.state import Job, Status
from tests.stateful_pool.world import FIRST_TERMS, OWNER, REQUESTER, STRANGER, VERIFIER, WORKER

pytestmark = pytest.mark.integration

BESIDE = (-2, -1, 0, 1, 2)  # seconds from the last one of a window


class Plan(NamedTuple):
    """A job that is brought to a state, and looked at around the end of its window."""

    status: Status
    claim_window: int
    verify_window: int
    dispute_window: int
    ahead: int  # seconds to the job's deadline
    beside: int


every_plan = st.builds(
    Plan,
    status=st.sampled_from((Status.OPEN, Status.CLAIMED, Status.SUBMITTED, Status.DISPUTED)),
    claim_window=st.integers(10, 400),
    verify_window=st.integers(10, 400),
    dispute_window=st.integers(10, 400),
    ahead=st.integers(20, 600),
    beside=st.sampled_from(BESIDE),
)


@pytest.fixture(scope="module")
def stage() -> Stage:
    pytest.importorskip("pyrevm", reason="pyrevm has no wheels for Python 3.13")
    from tests.stateful.revm import Revm

    return Stage.on(Revm(), contracts())


@settings(max_examples=300, deadline=None)
@given(plan=every_plan)
def test_windows__any_second_around_their_ends__belong_to_people_or_to_time(stage, plan):
    stage.reset()
    driver = Driver(stage.engine, stage.worlds[0])
    job = bring(driver, plan)
    assert job.status == plan.status
    driver.play(Wait(job.until + plan.beside - stage.engine.time))

    people = {legal(stage, driver, sender, call) for sender, call in acts_on(job)}
    time = legal(stage, driver, STRANGER, calls.Release(job.id))
    assert people == {plan.beside <= 0}, "people may act until the last second, and not after it"
    assert time == (plan.beside > 0), "time may end what people may not act on any more"


@settings(max_examples=100, deadline=None)
@given(plan=every_plan)
def test_windows__one_after_the_other__leave_no_job_without_a_way_on(stage, plan):
    """From any state, as time passes, releases alone bring a job to its end."""
    stage.reset()
    driver = Driver(stage.engine, stage.worlds[0])
    job = bring(driver, plan)
    for _ in range(2):  # a claim that is over leaves an open job at most
        if job.status.is_live:
            driver.play(Wait(job.until + 1 - stage.engine.time))
            driver.play(Send(STRANGER, calls.Release(job.id)))
    assert not job.status.is_live
    assert driver.model.owed == sum(driver.model.credits.values())


def bring(driver: Driver, plan: Plan) -> Job:
    """A job in the state of the plan."""
    windows = {
        "claim_window": plan.claim_window,
        "verify_window": plan.verify_window,
        "dispute_window": plan.dispute_window,
    }
    driver.play(Send(OWNER, calls.SetTerms(tuple(FIRST_TERMS._replace(**windows)))))
    driver.play(Send(WORKER, calls.Deposit(WORKER, 1000), 1000))
    deadline = driver.engine.time + plan.ahead
    columns = ((500,), (7,), ("model",), ("input",), (deadline,), (0, 1, 0))
    driver.play(Send(REQUESTER, calls.Post(*columns), 500))
    job = driver.model.jobs[1]
    if plan.status >= Status.CLAIMED:
        driver.play(Send(WORKER, calls.Claim(WORKER, job.id)))
    if plan.status >= Status.SUBMITTED:
        driver.play(Send(WORKER, plans.result(job, 3, WORKER)))
    if plan.status == Status.DISPUTED:
        driver.play(Send(VERIFIER, calls.Dispute(job.id)))
    return job


def acts_on(job: Job) -> list[tuple[int, calls.Call]]:
    """What people may do in the job's state, by who may."""
    judge: list[tuple[int, calls.Call]] = [
        (VERIFIER, calls.Verify(job.id, True)),
        (VERIFIER, calls.Verify(job.id, False)),
    ]
    return {
        Status.OPEN: [(WORKER, calls.Claim(WORKER, job.id)), (REQUESTER, calls.Cancel(job.id))],
        Status.CLAIMED: [(WORKER, plans.result(job, 3, WORKER))],
        Status.SUBMITTED: [*judge, (VERIFIER, calls.Dispute(job.id))],
        Status.DISPUTED: judge,
    }[job.status]


def legal(stage: Stage, driver: Driver, sender: int, call: calls.Call) -> bool:
    """Whether a call goes through now; it is taken back."""
    mark = stage.engine.mark()
    answer = stage.engine.send(sender, driver.world.pool, call.encode())
    stage.engine.undo(mark)
    return answer.ok
