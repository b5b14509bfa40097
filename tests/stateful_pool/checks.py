"""What must hold after every transaction: the numbered invariants of docs/invariants.md.

Each looks at what the chain answers, and at the model beside it.
"""

from __future__ import annotations

from typing import Any

from eth_abi import decode

from tests.stateful_pool.calls import TERMS, encoded
from tests.stateful_pool.driver import Driver
from tests.stateful_pool.model import PRIORITIES
from tests.stateful_pool.state import Job, Status
from tests.stateful_pool.world import balance_of, read

JOB = (
    "(uint256,uint8,uint8,address,address,uint256,uint256,uint256,uint256,uint256,uint256,"
    "bytes32,bytes32)"
)
TASK = (
    "(uint256,address,uint256,uint256,bool,bool,uint256,string,string,string,string,bytes,"
    "uint256,uint256)"
)


class Checks:
    """Compares a pool with the model."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.engine = driver.engine
        self.model = driver.model
        self.world = driver.world
        self.ended: dict[int, Status] = {}
        self.is_thorough = True  # whether all is looked at, and not only what changed
        self.stats_at = -1
        self.last_stats: tuple[int, ...] = ()

    # Money

    def solvency(self) -> None:
        balance = balance_of(self.engine, self.world.config.asset, self.world.pool)
        *_, owed, free = self.stats()
        assert owed <= balance, f"owes {owed}, has {balance}"
        assert free == balance - owed, f"{free} are free, of {balance} less {owed}"

    def owed(self) -> None:
        owed, due = self.stats()[4], self.model.owed
        assert owed == due, f"says it owes {owed}, owes {due}"

    def paid_once(self) -> None:
        ledger = self.driver.ledger
        for job in self.model.jobs.values():
            times = ledger.left[job.id]
            due = 0 if job.status.is_live else 1
            assert times == job.ended == due, f"the reward of {job} left {times} times"
        assert self.stats()[3] == self.model.rewarded == ledger.rewarded

    def everybody_has_their_own(self) -> None:
        for account in self.accounts():
            credit, due = self.read("creditOf(address)", account), self.model.credits[account]
            assert credit == (due,), f"{account:#x} is owed {credit}, not {due}"
        for one in self.accounts() & {*self.world.everybody, self.world.pool}:
            has = balance_of(self.engine, self.world.config.asset, one)
            due = self.model.balances[one]
            assert has == due, f"{one:#x} has {has}, not {due}"

    def events_are_true(self) -> None:
        ledger = self.driver.ledger
        assert ledger.owed == self.model.owed
        for account in self.model.credits:
            assert ledger.credits[account] == self.model.credits[account], f"{account:#x}"

    # Jobs

    def states(self) -> None:
        """Each job is in one state, with one window, and the counts are of these."""
        for task_id in self.model.touched:
            self.check_job(self.model.jobs[task_id])
        jobs = self.model.jobs.values()
        posted, open_, live, *_ = self.stats()
        assert posted == len(jobs)
        assert open_ == sum(job.status == Status.OPEN for job in jobs)
        assert live == sum(job.status.is_live for job in jobs)

    def check_job(self, job: Job) -> None:
        answer = self.view("getJob(uint256)", job.id)
        (told,) = decode([JOB], answer)
        submitted = job.since
        due = (
            job.id, job.status, job.priority, job.requester, job.worker, job.reward, job.deadline,
            job.until, submitted, min(job.rejections, 255), job.version, job.hash,
            job.result_hash if submitted else bytes(32),
        )  # fmt: skip
        found = (*told[:3], int(told[3], 16), int(told[4], 16), *told[5:])
        assert found == due, f"{found}, not {due}"

    def the_ended_stay(self) -> None:
        for job in self.model.jobs.values():
            if not job.status.is_live:
                was = self.ended.setdefault(job.id, job.status)
                (status,) = self.read("getJobStatus(uint256)", job.id)
                assert status == was == job.status, f"{job} was {was}"

    def terms_stay(self) -> None:
        assert self.read("termsVersion()") == (len(self.model.terms) - 1,)
        for version, terms in enumerate(self.model.terms):
            (told,) = decode([TERMS], self.view("termsAt(uint256)", version))
            assert (int(told[0], 16), *told[1:]) == tuple(terms)

    # Lists

    def queues(self) -> None:
        for priority in PRIORITIES:
            queue = self.model.queues[priority]
            assert self.listed("getOpenTasks(uint8,uint256,uint256)", priority, 0, 2**16) == queue
            if queue and self.is_thorough:
                place = len(queue) // 2
                page = self.listed("getOpenTasks(uint8,uint256,uint256)", priority, queue[place], 3)
                assert page == queue[place + 1 : place + 4]

    def claims(self) -> None:
        for worker in self.world.workers:
            claims = self.model.claims[worker]
            assert self.listed("getUserActiveTasks(address)", worker) == claims
            assert len(claims) <= self.world.config.max_claims
            if not self.is_thorough:
                continue
            first = self.model.jobs[claims[0]] if claims else None
            told = self.read("getUserActiveTask(address)", worker)
            due = (first.id, first.reward, first.until) if first else (0, 0, 0)
            assert told == due
            assert self.read("userActiveTask(address)", worker) == (due[0],)

    def buckets(self) -> None:
        if self.world.config.bucket_seconds == 0:
            return
        for bucket in self.model.buckets if self.is_thorough else self.model.touched_buckets:
            ids = self.model.buckets[bucket]
            told = self.read("bucketState(uint256)", bucket)
            assert told[:2] == (len(ids), self.model.done[bucket])

    # Reads

    def reads(self) -> None:
        for job in self.model.jobs.values():
            self.check_job(job)
            self.check_task(job)
        self.check_viewer()
        for user, nonce in self.model.nonces.items():
            assert self.read("nonces(address)", user) == (nonce,)
        assert self.read("isActive()") == (self.model.active,)
        assert self.read("modelRegistry()") == (self.model.registry,)
        assert self.read("zkpVerifier()") == (self.model.terms[-1].verifier,)

    def check_task(self, job: Job) -> None:
        """The seed's view: no bytes in a pool that logs them."""
        answer = self.view("getTask(uint256)", job.id)
        (told,) = decode([TASK], answer)
        result = job.result if job.since and job.result else ("", b"", 0, 0, "")
        job_input = (job.request_id, job.model_id, job.input)
        if self.world.config.logged:
            job_input, result = (0, "", ""), ("", b"", 0, 0, "")
        name, proof, public_input, public_result, data = result
        verified = job.status == Status.SETTLED
        completed = verified or job.status in (Status.SUBMITTED, Status.DISPUTED)
        head = (job.id, job.worker, job.reward, job.deadline, completed, verified)
        due = (*head, *job_input, data, name, proof, public_input, public_result)
        assert (told[0], int(told[1], 16), *told[2:]) == due
        assert answer[32:] == self.view("tasks(uint256)", job.id)

    def check_viewer(self) -> None:
        jobs, now = self.model.jobs.values(), self.engine.time
        late = [job.id for job in jobs if job.is_overdue(now)]
        assert self.viewed("getExpiredTasks", 1) == late
        claimed = [job.id for job in jobs if job.status == Status.CLAIMED]
        assert self.viewed("getActiveTasks", 5) == claimed
        waiting = [job.id for job in jobs if job.status in (Status.SUBMITTED, Status.DISPUTED)]
        assert self.viewed("getPendingTasks", 5) == waiting
        served = [one for priority in PRIORITIES for one in self.model.queues[priority]]
        free = [one for one in served if now <= self.model.jobs[one].deadline]
        assert self.viewed("getAvailableTasks", 5) == free

    # The chain

    def accounts(self) -> set[int]:
        """Those whose money moved since they were last looked at, or all."""
        if self.is_thorough:
            return {*self.world.everybody, self.world.pool, *self.model.credits}
        return self.model.touched_accounts

    def stats(self) -> tuple[int, ...]:
        """What the pool counts; read once after a step."""
        if self.stats_at != len(self.driver.history):
            self.stats_at, self.last_stats = len(self.driver.history), self.read("getPoolStats()")
        return self.last_stats

    def forget(self) -> None:
        """From here on, what changes is looked at anew."""
        self.model.touched.clear()
        self.model.touched_accounts.clear()
        self.model.touched_buckets.clear()
        self.is_thorough = False

    def read(self, signature: str, *values: int) -> tuple[int, ...]:
        return read(self.engine, self.world.pool, signature, *values)

    def view(self, signature: str, *values: Any) -> bytes:
        return self.engine.view(self.world.pool, encoded(signature, *values))

    def listed(self, signature: str, *values: int) -> list[int]:
        return list(self.read(signature, *values)[2:])

    def viewed(self, signature: str, width: int) -> list[int]:
        """The ids in what the viewer lists, first in each entry of `width` words."""
        page = (self.world.pool, 0, 1000)
        words = read(self.engine, self.world.viewer, f"{signature}(address,uint256,uint256)", *page)
        return list(words[2::width])
