"""The state machine: draws a history, and after every step compares the pool with the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.stateful.engine import Engine
from tests.stateful_pool import calls, drawing, plans
from tests.stateful_pool.checks import Checks
from tests.stateful_pool.compiled import Compiled
from tests.stateful_pool.driver import (
    Block,
    ClaimBySignature,
    Driver,
    Gift,
    Keep,
    Send,
    Step,
    Tell,
    Wait,
)
from tests.stateful_pool.state import Job, Judgement, Receiving, Status, Terms, Transfer
from tests.stateful_pool.winding import wind_up
from tests.stateful_pool.world import (
    FIRST_TERMS,
    OPERATOR,
    OWNER,
    ROUTER,
    STRANGER,
    VERIFIER,
    World,
    build,
)

READ_EVERY = 20  # steps: the views cost more than the rest
SAVINGS = 10_000  # what workers begin with as credit


@dataclass
class Stage:
    """An engine with a pool of native coin and one of tokens; every history starts from here."""

    engine: Engine
    worlds: tuple[World, World]
    mark: Any
    steps: int = 0

    @classmethod
    def on(cls, engine: Engine, code: Compiled) -> Stage:
        worlds = build(engine, code)
        return cls(engine, worlds, engine.mark())

    def reset(self) -> None:
        self.mark = self.engine.rewind(self.mark)


class PoolMachine(RuleBasedStateMachine):
    """Requesters, workers, verifiers and the owner do what they like; set `stage` in a subclass."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.stage.reset()
        self.driver = Driver(self.stage.engine, self.stage.worlds[0])
        self.checks = Checks(self.driver)

    @initialize(tokens=st.booleans())
    def begin(self, tokens: bool) -> None:
        self.driver = Driver(self.stage.engine, self.stage.worlds[tokens])
        self.checks = Checks(self.driver)
        for worker in self.driver.world.workers:
            self.deposit(worker, worker, SAVINGS)
        self.post(1, drawing.PLAIN, True)

    def play(self, step: Step) -> None:
        self.stage.steps += 1
        self.driver.play(step)
        if len(self.driver.history) % READ_EVERY == 0:
            self.checks.is_thorough = True

    def send(self, sender: int, call: calls.Call, value: int = 0) -> None:
        self.play(Send(sender, call, value))

    def deposit(self, payer: int, account: int, amount: int, beside: int = 0) -> None:
        value = amount + beside if self.driver.model.is_native else 0
        self.send(payer, calls.Deposit(account, amount), max(0, value))

    def worker(self, seat: int) -> int:
        return self.driver.world.workers[seat]

    def has(self, *statuses: Status) -> bool:
        return any(job.status in statuses for job in self.driver.model.jobs.values())

    def late(self) -> list[int]:
        """Jobs for which time has made something due."""
        jobs, now = self.driver.model.jobs.values(), self.stage.engine.time
        return [job.id for job in jobs if job.is_overdue(now)]

    def owed(self) -> list[int]:
        """Accounts that have credit."""
        return [one for one in self.driver.world.everybody if self.driver.model.credits[one]]

    # Requesters

    @rule(seat=drawing.seats, outline=drawing.outlines, entitled=drawing.often)
    def post(self, seat: int, outline: drawing.Outline, entitled: bool) -> None:
        poster = plans.poster(self.driver, seat, entitled)
        self.play(plans.post(self.driver, poster, outline))

    @rule(seat=drawing.seats, outline=drawing.outlines)
    def post_another(self, seat: int, outline: drawing.Outline) -> None:
        """Most jobs have no flaw."""
        self.post(seat, outline._replace(flaw="none"), True)

    @rule(pick=drawing.picks, own=drawing.often)
    def cancel(self, pick: int, own: bool) -> None:
        job = plans.picked(self.driver, pick, Status.OPEN)
        sender = job.requester if job and own else STRANGER
        self.send(sender, calls.Cancel(job.id if job else 1))

    # Workers

    @precondition(lambda self: self.has(Status.OPEN))
    @rule(seat=drawing.seats, pick=drawing.picks, saves=drawing.often)
    def claim(self, seat: int, pick: int, saves: bool) -> None:
        job, user = plans.picked(self.driver, pick, Status.OPEN), self.worker(seat)
        assert job
        missing = job.terms.claim_bond - self.driver.model.credits[user]
        if saves and missing > 0:
            self.deposit(user, user, missing)
        self.send(user, calls.Claim(user, job.id))

    @precondition(lambda self: self.has(Status.OPEN))
    @rule(seat=drawing.seats, by=st.sampled_from(("user", "user", "user", "router", "stranger")))
    def claim_next(self, seat: int, by: str) -> None:
        user = self.worker(seat)
        sender = {"user": user, "router": ROUTER, "stranger": STRANGER}[by]
        self.send(sender, calls.ClaimNext(user))

    @rule(seat=drawing.seats, pick=drawing.picks)
    def claim_anything(self, seat: int, pick: int) -> None:
        """Also what cannot be claimed, or was never posted."""
        user, job = self.worker(seat), plans.picked(self.driver, pick)
        self.send(user, calls.Claim(user, job.id if job else 7))

    @rule(
        signer=st.integers(0, 1), pick=drawing.picks, any_job=st.booleans(),
        lasts=st.sampled_from((0, 0, 1, -1)), flaw=drawing.signature_flaws,
        patience=st.integers(0, 3),
    )  # fmt: skip
    def claim_by_signature(
        self, signer: int, pick: int, any_job: bool, lasts: int, flaw: str, patience: int
    ) -> None:
        """Not often: a signature costs as much as twenty steps."""
        if patience == 0:
            job = plans.picked(self.driver, pick, Status.OPEN)
            task_id = 0 if any_job or job is None else job.id
            self.play(ClaimBySignature(signer, task_id, lasts, flaw))

    @precondition(lambda self: self.has(Status.CLAIMED))
    @rule(pick=drawing.picks, size=st.sampled_from((0, 1, 33, 200)), by=drawing.submitters)
    def submit(self, pick: int, size: int, by: str) -> None:
        job = plans.picked(self.driver, pick, Status.CLAIMED)
        assert job
        user = self.worker(pick % 3) if by == "another" else job.worker
        sender = {"router": ROUTER, "stranger": STRANGER}.get(by, user)
        self.send(sender, plans.result(job, size, user))

    @rule(pick=drawing.picks)
    def submit_anything(self, pick: int) -> None:
        """Also what is not claimed, or was never posted."""
        job, user = plans.picked(self.driver, pick), self.worker(pick % 3)
        if job:
            self.send(user, plans.result(job, 1, user))

    @precondition(lambda self: self.has(Status.OPEN, Status.CLAIMED))
    @rule(seat=drawing.seats, pick=drawing.picks, size=st.sampled_from((0, 1, 33)))
    def deliver(self, seat: int, pick: int, size: int) -> None:
        """As workers do: claim a job unless there is one, and submit."""
        user = self.worker(seat)
        if not self.driver.model.claims[user] and self.has(Status.OPEN):
            self.claim(seat, pick, True)
        for task_id in self.driver.model.claims[user][:1]:
            self.send(user, plans.result(self.driver.model.jobs[task_id], size, user))

    @rule(seat=drawing.seats, bonded=st.booleans(), ahead=st.sampled_from((90, 200)))
    def post_and_deliver(self, seat: int, bonded: bool, ahead: int) -> None:
        """A job comes as far as its verifier."""
        if bonded and self.driver.model.terms[-1].verifier == 0:
            self.send(OWNER, calls.SetTerms(tuple(FIRST_TERMS)))
        self.post(1, drawing.PLAIN._replace(count=1, ahead=ahead, priority=2), True)
        self.deliver(seat, 0, 1)

    # Verifiers

    @precondition(lambda self: self.has(Status.SUBMITTED, Status.DISPUTED))
    @rule(pick=drawing.picks, is_valid=st.booleans(), own=drawing.often)
    def verify(self, pick: int, is_valid: bool, own: bool) -> None:
        job = plans.picked(self.driver, pick, Status.SUBMITTED, Status.DISPUTED)
        assert job
        self.send(judge_of(job) if own else STRANGER, calls.Verify(job.id, is_valid))

    @precondition(lambda self: self.has(Status.SUBMITTED, Status.DISPUTED))
    @rule(valid=st.lists(st.booleans(), min_size=8, max_size=8), twice=st.sampled_from((0, 0, 1)))
    def verify_many(self, valid: list[bool], twice: int) -> None:
        waiting = [
            job.id
            for job in self.driver.model.jobs.values()
            if job.status in (Status.SUBMITTED, Status.DISPUTED) and job.terms.verifier == VERIFIER
        ][:7]
        ids = (*waiting, *waiting[:twice])
        self.send(VERIFIER, calls.VerifyMany(ids, tuple(valid[: len(ids)])))

    @precondition(lambda self: self.has(Status.SUBMITTED))
    @rule(pick=drawing.picks, own=drawing.often)
    def dispute(self, pick: int, own: bool) -> None:
        job = plans.picked(self.driver, pick, Status.SUBMITTED)
        assert job
        self.send(judge_of(job) if own else STRANGER, calls.Dispute(job.id))

    @rule(pick=drawing.picks, act=st.sampled_from(("verify", "dispute", "release", "cancel")))
    def act_on_anything(self, pick: int, act: str) -> None:
        """Also on what is not there, or not as it should be."""
        job = plans.picked(self.driver, pick)
        task_id = job.id if job and pick else len(self.driver.model.jobs) + 1
        call = {
            "verify": calls.Verify(task_id, True),
            "dispute": calls.Dispute(task_id),
            "release": calls.Release(task_id),
            "cancel": calls.Cancel(task_id),
        }[act]
        self.send(judge_of(job) if job else STRANGER, call)

    # Time

    @rule(seconds=st.sampled_from((1, 7, 59, 60, 61)))
    def wait(self, seconds: int) -> None:
        self.play(Wait(seconds))

    @rule(pick=drawing.picks, beside=drawing.moments)
    def wait_for_boundary(self, pick: int, beside: int) -> None:
        """To the last second of what a job waits for, or next to it."""
        ends = sorted({job.until for job in self.driver.model.jobs.values() if job.status.is_live})
        ends = [end for end in ends if end + beside >= self.stage.engine.time]
        if ends:
            end = ends[min(pick // 4, len(ends) - 1)]
            self.play(Wait(end + beside - self.stage.engine.time))

    @precondition(lambda self: self.has(Status.OPEN, Status.CLAIMED, Status.SUBMITTED))
    @rule(pick=drawing.picks, beside=st.sampled_from((0, 0, 1)), by_time=st.booleans())
    def end_of_window(self, pick: int, beside: int, by_time: bool) -> None:
        """In the last second of what a job waits for, or in the next, somebody acts."""
        job = plans.picked(self.driver, pick, Status.CLAIMED, Status.SUBMITTED, Status.DISPUTED)
        assert job
        if job.status.is_live and job.until + beside >= self.stage.engine.time:
            self.play(Wait(job.until + beside - self.stage.engine.time))
        acts = {
            Status.OPEN: (job.requester, calls.Cancel(job.id)),
            Status.CLAIMED: (job.worker, plans.result(job, 1, job.worker)),
        }
        judge: tuple[int, calls.Call] = (judge_of(job), calls.Verify(job.id, beside == 0))
        people: tuple[int, calls.Call] = acts.get(job.status, judge)
        time: tuple[int, calls.Call] = (STRANGER, calls.Release(job.id))
        for sender, call in (time, people) if by_time else (people, time):
            if sender:
                self.send(sender, call)

    @precondition(lambda self: self.late())
    @rule(pick=drawing.picks, by_contract=st.booleans())
    def release(self, pick: int, by_contract: bool) -> None:
        late = self.late()
        sender = self.driver.world.contracts[1] if by_contract else STRANGER
        self.send(sender, calls.Release(late[pick % len(late)]))

    @precondition(lambda self: self.late())
    @rule(pick=drawing.picks)
    def release_many(self, pick: int) -> None:
        ids = list(self.driver.model.jobs)[-1 - pick :]
        self.send(STRANGER, calls.ReleaseMany((*ids, *ids[:1], 2**40)))

    @precondition(lambda self: self.driver.model.ready_buckets(self.stage.engine.time))
    @rule(pick=drawing.picks, limit=st.sampled_from((0, 1, 2, 100)))
    def settle_bucket(self, pick: int, limit: int) -> None:
        ready = self.driver.model.ready_buckets(self.stage.engine.time)
        self.send(STRANGER, calls.SettleBucket(ready[pick % len(ready)], limit))

    @rule(pick=drawing.picks, limit=st.sampled_from((0, 1, 2, 100)))
    def settle_any_bucket(self, pick: int, limit: int) -> None:
        buckets = sorted(self.driver.model.buckets)
        bucket = buckets[pick % len(buckets)] if buckets else 1
        self.send(STRANGER, calls.SettleBucket(bucket, limit))

    @precondition(lambda self: self.driver.model.buckets)
    @rule(pick=drawing.picks, late=drawing.often)
    def keep(self, pick: int, late: bool) -> None:
        """A keeper comes, mostly when there is something to do."""
        buckets = sorted(self.driver.model.buckets)
        due = self.driver.model.due_from(buckets[min(pick // 4, len(buckets) - 1)])
        if late and due > self.stage.engine.time:
            self.play(Wait(due - self.stage.engine.time))
        self.play(Keep())

    @precondition(lambda self: self.driver.model.buckets)
    @rule(pick=drawing.picks)
    def schedule_bucket(self, pick: int) -> None:
        buckets = sorted(self.driver.model.buckets)
        self.send(OPERATOR, calls.ScheduleBucket(buckets[-1 - pick % len(buckets)]))

    # Money

    @rule(
        seat=drawing.seats, other=drawing.seats, beside=st.sampled_from((0, 0, 0, 1, -1)),
        amount=st.sampled_from((0, 1, 1000, 10_000)),
    )  # fmt: skip
    def deposit_credit(self, seat: int, other: int, beside: int, amount: int) -> None:
        self.deposit(self.worker(seat), self.worker(other), amount, beside)

    @precondition(lambda self: self.owed())
    @rule(pick=drawing.picks, which=drawing.amounts, to=drawing.receivers)
    def withdraw(self, pick: int, which: str, to: str) -> None:
        owed = self.owed()
        account = owed[pick % len(owed)]
        receivers = {"contract": self.driver.world.contracts[0], "pool": self.driver.world.pool}
        amount = plans.amount(self.driver.model.credits[account], which)
        self.send(account, calls.Withdraw(amount, receivers.get(to, account)))

    @rule(pick=drawing.picks)
    def withdraw_all(self, pick: int) -> None:
        everybody = self.driver.world.everybody
        self.send(everybody[pick % len(everybody)], calls.WithdrawAll())

    @rule(amount=st.sampled_from((1, 1000, 10**18)), which=drawing.amounts, own=drawing.often)
    def give_and_take(self, amount: int, which: str, own: bool) -> None:
        """Somebody gives the pool what nothing is owed for; the owner takes some of it."""
        if self.driver.model.doubles.transfer == Transfer.HONEST:
            self.play(Gift(amount))
        amount = plans.amount(self.driver.model.free, which)
        self.send(OWNER if own else STRANGER, calls.WithdrawFunds(amount))

    # The owner

    @rule(drawn=drawing.terms, judge=drawing.judges)
    def set_terms(self, drawn: Terms, judge: str) -> None:
        terms = plans.with_judge(drawn, judge, self.driver.world.hook)
        self.send(OWNER, calls.SetTerms(tuple(terms)))

    @rule(act=drawing.owner_acts, own=drawing.often)
    def rule_the_pool(self, act: calls.Call, own: bool) -> None:
        self.send(OWNER if own else STRANGER, act)
        if act == calls.Deactivate() and own:
            self.post(0, drawing.PLAIN, True)
            self.send(OWNER, calls.Activate())

    # The hostile

    @rule(seat=st.integers(0, 1), mode=drawing.receiving)
    def tell_contract(self, seat: int, mode: Receiving) -> None:
        """A contract learns what to do when it is paid."""
        self.play(Tell(mode, self.driver.world.contracts[seat]))

    @rule(transfer=drawing.transfers, judgement=drawing.judgements, which=st.booleans())
    def tell(self, transfer: Transfer, judgement: Judgement, which: bool) -> None:
        """The token or the hook learns what to do."""
        if which and not self.driver.model.is_native:
            self.play(Tell(transfer))
        else:
            self.play(Tell(judgement))

    @precondition(lambda self: not self.driver.model.is_native)
    @rule(pick=drawing.picks, blocked=st.booleans())
    def block(self, pick: int, blocked: bool) -> None:
        everybody = self.driver.world.everybody
        self.play(Block(everybody[pick % len(everybody)], blocked))

    # Invariants, by their numbers in docs/invariants.md

    @invariant()
    def p1_the_pool_has_what_it_owes(self) -> None:
        self.checks.solvency()

    @invariant()
    def p2_it_owes_live_rewards_bonds_and_credits(self) -> None:
        self.checks.owed()

    @invariant()
    def p3_every_job_is_in_one_state(self) -> None:
        self.checks.states()

    @invariant()
    def p4_queues_hold_the_open_jobs_in_order(self) -> None:
        self.checks.queues()

    @invariant()
    def p5_claims_are_their_workers(self) -> None:
        self.checks.claims()

    @invariant()
    def p6_a_reward_leaves_once(self) -> None:
        self.checks.paid_once()

    @invariant()
    def p7_everybody_has_their_own(self) -> None:
        self.checks.everybody_has_their_own()

    @invariant()
    def p8_terms_stay(self) -> None:
        if self.checks.is_thorough:
            self.checks.terms_stay()

    @invariant()
    def p9_everything_ends_without_owner_and_verifier(self) -> None:
        if self.checks.is_thorough:
            wind_up(self.driver)

    @invariant()
    def p10_events_tell_every_balance(self) -> None:
        self.checks.events_are_true()

    @invariant()
    def p11_reads_agree_with_writes(self) -> None:
        if self.checks.is_thorough:
            self.checks.reads()

    @invariant()
    def p12_what_has_ended_stays(self) -> None:
        if self.checks.is_thorough:
            self.checks.the_ended_stay()

    @invariant()
    def p13_buckets_hold_what_time_makes_due(self) -> None:
        self.checks.buckets()

    @invariant()
    def nothing_is_looked_at_twice(self) -> None:
        """The last of all: from here on, jobs and accounts are looked at when they change."""
        self.checks.forget()


def judge_of(job: Job) -> int:
    """Who may judge it; the owner where a hook does, in vain."""
    return OWNER if job.terms.is_hook else job.terms.verifier


def machine_on(stage: Stage) -> type[PoolMachine]:
    """The state machine for an engine."""
    return type("Machine", (PoolMachine,), {"stage": stage})
