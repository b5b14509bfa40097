"""A plain model of a pool: lists and dictionaries, no packing, and time in whole seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.stateful_pool import calls
from tests.stateful_pool.books import BPS, Books
from tests.stateful_pool.state import (
    Config,
    Doubles,
    Job,
    Judgement,
    Moment,
    Refused,
    Status,
    Terms,
)

MAX_HORIZON = 1461 * 86_400
MAX_LOOKED_AT = 16
NO_TERMS = Terms(*[0] * 9, is_hook=False)
PRIORITIES = (2, 1, 0)  # in the order in which they are served


class Model(Books):
    """What a pool does."""

    def __init__(
        self, pool: int, config: Config, terms: Terms, registry: int, doubles: Doubles
    ) -> None:
        super().__init__(pool, config, doubles)
        self.registry = registry
        self.terms = [NO_TERMS, terms]  # by version
        self.active = True
        self.queues: dict[int, list[int]] = {priority: [] for priority in PRIORITIES}
        self.claims: defaultdict[int, list[int]] = defaultdict(list)
        self.nonces: defaultdict[int, int] = defaultdict(int)
        self.buckets: dict[int, list[int]] = {}
        self.done: defaultdict[int, int] = defaultdict(int)  # of a bucket's jobs, how many
        self.touched: set[int] = set()  # jobs that changed since they were last looked at
        self.touched_buckets: set[int] = set()

    def apply(self, call: calls.Call, now: Moment) -> list[Any]:
        """Do what a call does, or refuse; returns what it returns."""
        self.events.clear()
        handler: Callable[[Any, Moment], list[Any]] = getattr(self, f"on_{type(call).__name__}")
        return handler(call, now)

    def job(self, task_id: int) -> Job:
        job = self.jobs.get(task_id)
        if job is None:
            raise Refused("TaskNotFound")
        self.touched.add(task_id)
        return job

    # Posting

    def on_Post(self, call: calls.Post, now: Moment) -> list[Any]:  # noqa: N802
        total = sum(call.rewards)
        faults = list(self._post_faults(call, now)) + list(self._reward_faults(call, now, total))
        if faults:
            raise Refused(*faults)
        self.check_owed(total)
        if self.is_native:
            self.move(now.caller, self.pool, now.value)
        else:
            self.move(now.caller, self.pool, total)
        first = len(self.jobs) + 1
        for place in range(len(call.rewards)):
            self._post_one(call, place, now)
        ids = tuple(range(first, first + len(call.rewards)))
        self.emit("TasksAdded", ids, call.request_ids, call.model_ids)
        return [first]

    def _post_faults(self, call: calls.Post, now: Moment) -> Iterator[str]:
        terms = self.terms[-1]
        may = self.config.open_posting or now.caller in (self.config.owner, self.registry)
        if not may:
            yield "Unauthorized"
        if not self.active:
            yield "TaskPool_Inactive"
        if not call.rewards:
            yield "TaskPool_NoJobs"
        if len({len(column) for column in call_columns(call)}) > 1:
            yield "TaskPool_LengthMismatch"
        if terms.verifier == 0:
            yield "TaskPool_NoVerifier"
        if call.options[2] not in (0, len(self.terms) - 1):
            yield "TaskPool_TermsChanged"
        if 0 in call.rewards:
            yield "TaskPool_ZeroReward"
        if any(not now.time < each <= now.time + MAX_HORIZON for each in call.deadlines):
            yield "TaskPool_DeadlineOutOfRange"

    def _reward_faults(self, call: calls.Post, now: Moment, total: int) -> Iterator[str]:
        if self.is_native and now.caller == self.config.owner and now.value == 0:
            if self.free < total:
                yield "InsufficientFunds"
            return
        yield from self.check_comes(now.caller, now.value, total)

    def _post_one(self, call: calls.Post, place: int, now: Moment) -> None:
        requester, priority, _ = call.options
        job = Job(
            id=len(self.jobs) + 1,
            requester=requester or now.caller,
            reward=call.rewards[place],
            deadline=call.deadlines[place],
            priority=priority,
            version=len(self.terms) - 1,
            terms=self.terms[-1],
            request_id=call.request_ids[place],
            model_id=call.model_ids[place],
            input=call.inputs[place],
        )
        self.jobs[job.id] = job
        self.queues[priority].append(job.id)
        self.touched.add(job.id)
        self.enrol(job, job.deadline)
        self.emit(
            "JobPosted", job.id, job.requester, job.reward, job.deadline, job.version, priority,
            job.hash,
        )  # fmt: skip
        if self.config.logged:
            self.emit("JobInputLogged", job.id, job.input)

    def on_Cancel(self, call: calls.Cancel, now: Moment) -> list[Any]:  # noqa: N802
        job = self.job(call.task_id)
        faults = ["Unauthorized"] if now.caller != job.requester else []
        self._open(call.task_id, now.time, faults)
        if faults:
            raise Refused(*faults)
        self._end(job, Status.CANCELLED)
        self.credit(job.requester, job.reward)
        return []

    # Working

    def on_ClaimNext(self, call: calls.ClaimNext, now: Moment) -> list[Any]:  # noqa: N802
        faults = self._claim_faults(call.user, now.caller)
        job = self._first_open(now.time, faults)
        return [self._claim(job, call.user, now.time, faults)]

    def on_Claim(self, call: calls.Claim, now: Moment) -> list[Any]:  # noqa: N802
        faults = self._claim_faults(call.user, now.caller)
        job = self._open(call.task_id, now.time, faults)
        self._claim(job, call.user, now.time, faults)
        return []

    def claim_signed(self, user: int, task_id: int, now: Moment, faults: list[str]) -> list[Any]:
        """Claim as `user`, whose signature was looked at."""
        faults = faults + self._claim_faults(user, user)
        job = (
            self._open(task_id, now.time, faults) if task_id else self._first_open(now.time, faults)
        )
        claimed = self._claim(job, user, now.time, faults)
        self.nonces[user] += 1
        return [claimed]

    def _claim_faults(self, user: int, caller: int) -> list[str]:
        faults = []
        if caller not in (user, self.config.router):
            faults.append("Unauthorized")
        if len(self.claims[user]) >= self.config.max_claims:
            faults.append("TaskAlreadyClaimed")
        return faults

    def _open(self, task_id: int, time: int, faults: list[str]) -> Job | None:
        job = self.jobs.get(task_id)
        if job is None:
            faults.append("TaskNotFound")
            return None
        if job.status == Status.CLAIMED:
            faults.append("TaskAlreadyClaimed")
        elif job.status != Status.OPEN:
            faults.append("TaskPool_WrongStatus")
        elif time > job.deadline:
            faults.append("TaskExpired")
        return job

    def _first_open(self, time: int, faults: list[str]) -> Job | None:
        """The first job that can be claimed, of the first sixteen."""
        waiting = [task_id for priority in PRIORITIES for task_id in self.queues[priority]]
        for task_id in waiting[:MAX_LOOKED_AT]:
            if time <= self.jobs[task_id].deadline:
                return self.jobs[task_id]
        faults.append("TaskExpired" if waiting else "TaskNotFound")
        return None

    def _claim(self, job: Job | None, user: int, time: int, faults: list[str]) -> int:
        if job and self.credits[user] < job.terms.claim_bond:
            faults.append("TaskPool_InsufficientCredit")
        if faults or job is None:
            raise Refused(*faults)
        self.emit("TaskClaimed", user, job.id)
        self.credits[user] -= job.terms.claim_bond
        self.touched_accounts.add(user)
        self.queues[job.priority].remove(job.id)
        self.claims[user].append(job.id)
        job.status, job.worker = Status.CLAIMED, user
        job.until = min(time + job.terms.claim_window, job.deadline)
        self.touched.add(job.id)
        if job.until != job.deadline:
            self.enrol(job, job.until)
        return job.id

    def on_Submit(self, call: calls.Submit, now: Moment) -> list[Any]:  # noqa: N802
        job = self.job(call.task_id)
        faults = []
        if now.caller not in (call.user, self.config.router):
            faults.append("Unauthorized")
        if job.status != Status.CLAIMED or job.worker != call.user:
            faults.append("TaskNotClaimed")
        elif now.time > job.until:
            faults.append("TaskExpired")
        elif job.terms.is_hook and self.doubles.judgement != Judgement.PROVEN:
            faults.append("InvalidZKPProof")
        if faults:
            raise Refused(*faults)
        self._submit(job, call, now.time)
        return []

    def _submit(self, job: Job, call: calls.Submit, time: int) -> None:
        self.claims[job.worker].remove(job.id)
        job.result = (
            call.result_hash, call.proof, call.public_input, call.public_result, call.result,
        )  # fmt: skip
        self.emit("TaskSubmitted", job.worker, job.id, call.result_hash)
        if self.config.logged:
            self.emit("JobResultLogged", job.id, *job.result[1:])
        job.status, job.since = Status.SUBMITTED, time
        job.until = time + job.terms.verify_window
        if job.terms.is_hook:
            self._settle(job)

    # Judging

    def on_Verify(self, call: calls.Verify, now: Moment) -> list[Any]:  # noqa: N802
        faults = self._verify_faults(call.task_id, now)
        if faults:
            raise Refused(*faults)
        self._judge(self.job(call.task_id), call.is_valid, now.time)
        return []

    def on_VerifyMany(self, call: calls.VerifyMany, now: Moment) -> list[Any]:  # noqa: N802
        faults = [] if len(call.task_ids) == len(call.are_valid) else ["TaskPool_LengthMismatch"]
        for task_id in call.task_ids:
            faults += self._verify_faults(task_id, now)
        if len(set(call.task_ids)) < len(call.task_ids):
            faults.append("TaskPool_WrongStatus")  # it is judged, and not there a second time
        if faults:
            raise Refused(*faults)
        for task_id, is_valid in zip(call.task_ids, call.are_valid, strict=True):
            self._judge(self.job(task_id), is_valid, now.time)
        return []

    def on_Dispute(self, call: calls.Dispute, now: Moment) -> list[Any]:  # noqa: N802
        faults = self._verify_faults(call.task_id, now)
        job = self.jobs.get(call.task_id)
        if job and job.status == Status.DISPUTED:
            faults.append("TaskPool_WrongStatus")
        if faults:
            raise Refused(*faults)
        job = self.job(call.task_id)
        job.status, job.since = Status.DISPUTED, now.time
        job.until = now.time + job.terms.dispute_window
        self.emit("JobDisputed", job.id, job.until)
        return []

    def _verify_faults(self, task_id: int, now: Moment) -> list[str]:
        job = self.jobs.get(task_id)
        if job is None:
            return ["TaskNotFound"]
        faults = []
        if now.caller != job.terms.verifier or job.terms.is_hook:
            faults.append("Unauthorized")
        if job.status not in (Status.SUBMITTED, Status.DISPUTED):
            faults.append("TaskPool_WrongStatus")
        elif now.time > job.until:
            faults.append("TaskPool_WindowOver")
        return faults

    def _judge(self, job: Job, is_valid: bool, time: int) -> None:
        if is_valid:
            self._settle(job)
            return
        bond, was_disputed = job.bond, job.status == Status.DISPUTED
        self.emit("TaskVerified", job.id, False, 0)
        forfeit = bond * job.terms.forfeit_bps // BPS
        if forfeit:
            self.emit("BondSlashed", job.id, job.worker, forfeit)
        job.rejections += 1
        used_up = job.terms.claim_bond > 0 and job.rejections >= job.terms.max_attempts
        worker = job.worker
        if was_disputed or used_up or time > job.deadline:
            self._end(job, Status.REFUNDED)
            self.credit(job.requester, job.reward)
        else:
            self._reopen(job, Status.REJECTED)
        self.credit(job.requester, forfeit)
        self.credit(worker, bond - forfeit)

    def _settle(self, job: Job) -> None:
        bond = job.terms.claim_bond
        self.emit("TaskVerified", job.id, True, job.reward)
        self._end(job, Status.SETTLED)
        self.credit(job.worker, bond)
        self.pay_reward(job)

    # Time

    def on_Release(self, call: calls.Release, now: Moment) -> list[Any]:  # noqa: N802
        job = self.job(call.task_id)
        if not job.is_overdue(now.time):
            raise Refused("TaskPool_NotOverdue")
        self.release(job, now.caller, now.time)
        return []

    def on_ReleaseMany(self, call: calls.ReleaseMany, now: Moment) -> list[Any]:  # noqa: N802
        released = 0
        for task_id in call.task_ids:
            job = self.jobs.get(task_id)
            if job and job.is_overdue(now.time):
                self.release(job, now.caller, now.time)
                released += 1
        return [released]

    def release(self, job: Job, caller: int, time: int) -> None:
        """Do what time has made due; no share for nobody as the caller."""
        self.touched.add(job.id)
        if job.status == Status.CLAIMED:
            refund = self._end_claim(job)
        elif job.status == Status.OPEN:
            refund = 0
        else:
            self.credit(job.worker, job.bond)
            self._end(job, Status.REFUNDED)
            refund = job.reward
        if job.status == Status.OPEN and time > job.deadline:
            self._end(job, Status.EXPIRED)
            refund += job.reward
        share = refund * job.terms.caller_share_bps // BPS if caller else 0
        if share:
            self.emit("CallerPaid", job.id, caller, share)
            self.credit(caller, share)
        self.credit(job.requester, refund - share)

    def _end_claim(self, job: Job) -> int:
        """A claim that was not delivered; returns the bond."""
        bond = job.bond
        if bond:
            self.emit("BondSlashed", job.id, job.worker, bond)
        self.claims[job.worker].remove(job.id)
        self._reopen(job, Status.CLAIMED)
        return bond

    # Buckets

    def enrol(self, job: Job, time: int) -> None:
        """Have the job looked after when a time has passed."""
        if self.config.bucket_seconds:
            bucket = self.bucket_of(time)
            self.buckets.setdefault(bucket, []).append(job.id)
            self.touched_buckets.add(bucket)

    def bucket_of(self, time: int) -> int:
        return -(-time // self.config.bucket_seconds)

    def due_from(self, bucket: int) -> int:
        return bucket * self.config.bucket_seconds + 1

    def ready_buckets(self, time: int) -> list[int]:
        """Those whose time has come, and that have jobs to handle."""
        ready = (one for one in self.buckets if self.due_from(one) <= time)
        return sorted(one for one in ready if self.done[one] < len(self.buckets[one]))

    def on_SettleBucket(self, call: calls.SettleBucket, now: Moment) -> list[Any]:  # noqa: N802
        faults = []
        if self.config.bucket_seconds == 0:
            raise Refused("TaskPool_NotTimed", "TaskPool_BucketEmpty")
        if call.bucket not in self.buckets:
            faults.append("TaskPool_BucketEmpty")
        if now.time < self.due_from(call.bucket):
            faults.append("TaskPool_BucketNotDue")
        if faults:
            raise Refused(*faults)
        return [self.settle_bucket(call.bucket, call.limit, now.caller, now.time)]

    def settle_bucket(self, bucket: int, limit: int, caller: int, time: int) -> int:
        """Handle the next jobs of a bucket; returns for how many of them something was due."""
        released = 0
        self.touched_buckets.add(bucket)
        waiting = self.buckets[bucket][self.done[bucket] :][:limit]
        for task_id in waiting:
            job = self.jobs[task_id]
            if job.is_overdue(time):
                self.release(job, caller, time)
                released += 1
            elif job.status in (Status.SUBMITTED, Status.DISPUTED):
                self.enrol(job, job.until)
            self.done[bucket] += 1
        return released

    # The ways on

    def _reopen(self, job: Job, was: Status) -> None:
        self.emit("JobReopened", job.id, job.worker, int(was))
        job.status, job.worker, job.since, job.until = Status.OPEN, 0, 0, job.deadline
        job.result = None
        self.queues[job.priority].append(job.id)

    def _end(self, job: Job, status: Status) -> None:
        if job.status == Status.OPEN:
            self.queues[job.priority].remove(job.id)
        job.status, job.until = status, job.deadline
        job.ended += 1
        if status != Status.SETTLED:
            self.emit("JobEnded", job.id, int(status))


def call_columns(call: calls.Post) -> tuple[tuple[Any, ...], ...]:
    return (call.rewards, call.request_ids, call.model_ids, call.inputs, call.deadlines)
