"""The scheduler as docs/specification.md tells it, in plain Python.

A call either raises `Refused` before it changed anything, or takes from the feed exactly the
events that the manager emits, in their order. What a run costs depends on measured gas and is
taken from the events. Where a decision depends on gas, both outcomes are accepted within their
bounds, and the model goes on as the chain did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.stateful import calls, limits
from tests.stateful.batch import BEFORE_BATCH, MARGIN, Batch
from tests.stateful.calls import WORD, Call, Definition, split, words
from tests.stateful.events import Refused, error_selector
from tests.stateful.money import Money, Result
from tests.stateful.queue import Bucket, Queue
from tests.stateful.state import (
    ENDED,
    INACTIVE,
    Account,
    Callee,
    Moment,
    Task,
    Terms,
)
from tests.support.definitions import Status

BLOCK_FULL = error_selector("TaskManager_BlockFull") << 224
CalleeOf = Callable[[int, bytes], Callee | None]  # None for a target without code


class Model(Money):
    """A task manager."""

    def __init__(self, manager: int, fee_bps: int, recipient: int, callee_of: CalleeOf) -> None:
        super().__init__(manager, fee_bps, recipient)
        self.callee_of = callee_of
        self.queue = Queue()
        self.tasks: dict[int, Task] = {}
        self.stored = 0  # tasks that are not committed
        self.by_hash: dict[int, Task] = {}
        self.locked = False
        self._handlers: Mapping[type, Callable[..., Result]] = {
            calls.Schedule: self._schedule,
            calls.Update: self._update,
            calls.Cancel: self._cancel,
            calls.Reactivate: self._reactivate,
            calls.Deposit: self.deposit,
            calls.Withdraw: self.withdraw,
            calls.SetTerms: self.set_terms,
            calls.ExecuteQueued: self._execute_queued,
            calls.ExecuteThese: self._execute_these,
            calls.ExecuteCommitted: self._execute_committed,
            calls.ExecuteOne: self._execute_one,
            calls.WithdrawCredit: self.withdraw_credit,
            calls.WithdrawFees: self.withdraw_fees,
        }

    def apply(self, call: Call, now: Moment) -> Result:
        """Do what the manager does, or raise `Refused`; returns the words that it returns."""
        return self._handlers[type(call)](call, now)

    # Scheduling

    def _schedule(self, call: calls.Schedule, now: Moment) -> Result:
        plan, account = call.definition, self.accounts[now.caller]
        task_id = self.stored + 1
        self.check_deposit(now.caller, now)
        most = limits.MAX_COMMITTED_DATA if call.committed else limits.MAX_DATA
        self._check_task(plan, account.nonce, most, now)
        self._check_times(plan, now)
        task_hash = plan.hash(self.manager, task_id)
        if call.committed:
            task_id = task_hash = plan.committed_hash(self.manager)
        task = Task(task_id, task_hash, now.caller, plan.gas, plan.target, plan.data, plan.nonce)
        self._check_place(task, plan, account, now)
        if call.at_once and self.running and not self.goes_on(now):
            raise Refused("TaskManager_InsufficientGas")

        self.receive(now.caller, now)
        self.tasks[task_id] = self.by_hash[task_hash] = task
        account.nonce += 1
        if not task.is_committed:
            self.stored += 1
            account.tasks.append(task_id)
        self._put(task, plan, account)
        now.feed.take("TaskScheduled", task_hash, now.caller, self.next_block(task))
        if task.is_committed:
            told = split(words(WORD) + plan.encode())
            now.feed.take("TaskCommitted", task_hash, now.caller, *told)
        elif not plan.is_plain:
            now.feed.take("TaskScheduleSet", task_hash, *plan.times)
        if not call.at_once:
            return (task_hash,)
        success = self.run_target(task, now)
        event = now.feed.take("TaskExecuted", task_hash, now.caller)
        self._check_outcome(success, event.args[2])
        return (task_hash, event.args[2])

    def _update(self, call: calls.Update, now: Moment) -> Result:
        plan = call.definition
        task = self._own(plan if call.task_hash is None else call.task_hash, now)
        if not task.is_committed:
            changed = plan.hash(self.manager, task.id)
            if changed != task.hash:
                raise Refused("TaskManager_TaskChanged", task.hash, changed)
        self._check_times(plan, now)
        account = self.accounts[now.caller]
        before = self._leave(task, account)
        try:
            self._check_place(task, plan, account, now)
        except Refused:
            self._return(task, account, before)
            raise
        self._put(task, plan, account)
        now.feed.take("TaskConfigUpdated", task.hash, now.caller)
        now.feed.take("TaskScheduled", task.hash, now.caller, self.next_block(task))
        now.feed.take("TaskScheduleSet", task.hash, *plan.times)
        return ()

    def _cancel(self, call: calls.Cancel, now: Moment) -> Result:
        task = self._own(call.task, now)
        self._leave(task, self.accounts[now.caller])
        task.status = Status.CANCELLED
        now.feed.take("TaskCancelled", task.hash, now.caller)
        return ()

    def _reactivate(self, call: calls.Reactivate, now: Moment) -> Result:
        task = self._known(call.task)
        if task.status not in INACTIVE:
            raise Refused("TaskManager_NotInactive", task.hash, task.status)
        if task.status in (Status.PAUSED, Status.FAILING) and now.caller != task.owner:
            raise Refused("TaskManager_NotOwner", task.hash, now.caller, task.owner)
        account = self.accounts[task.owner]
        self.check_deposit(task.owner, now)
        tick = task.tick_after(now.block)
        if not task.is_expired_at(tick):
            self._check_affordable(task, task.terms, account, now)
            if self._find_room(task, tick) is None:
                raise Refused("TaskManager_BlockFull", tick, 0)

        self.receive(task.owner, now)
        task.streak = task.deferrals = 0
        self.place(task, tick, tick, 0, now)
        if task.status == Status.QUEUED:
            now.feed.take("TaskReactivated", task.hash, task.owner, task.next)
        return ()

    def _put(self, task: Task, plan: Definition, account: Account) -> None:
        """Give a task that is in no bucket a new schedule."""
        task.reschedule(plan, account.terms[-1])
        task.status = Status.QUEUED if plan.active else Status.PAUSED
        if plan.active:
            self._enter(task, plan.start, account)

    def _enter(self, task: Task, block: int, account: Account) -> None:
        task.next, task.status = block, Status.QUEUED
        if not task.is_committed:
            task.crowd = limits.crowd(self.queue.load(block, task.size_class).kilogas)
            self.queue.insert(block, task.size_class, task.id, task.kilogas)
        account.reserved += task.reserve(self.fee_bps)

    def _leave(self, task: Task, account: Account) -> Bucket | None:
        """Take a task out of its bucket; returns the bucket as it was."""
        if task.status != Status.QUEUED:
            return None
        account.reserved -= task.reserve(self.fee_bps)
        before = self.queue.load(task.next, task.size_class).copy()
        if not task.is_committed:
            self.queue.remove(task.next, task.size_class, task.id, task.kilogas)
        return before

    def _return(self, task: Task, account: Account, before: Bucket | None) -> None:
        """Undo `_leave`."""
        if before is not None:
            if not task.is_committed:
                self.queue.buckets[task.next, task.size_class] = before
            account.reserved += task.reserve(self.fee_bps)

    def place(self, task: Task, tick: int, wanted: int, reason: int, now: Moment) -> None:
        """Queue a task for `wanted` or for the next block with room, or let it rest or end."""
        account, required = self.accounts[task.owner], task.reserve(self.fee_bps)
        if task.is_expired_at(wanted):
            return self.expire(task, now)
        short = "TaskInactiveDueToInsufficientBonds", task.hash, task.owner, required
        if not self.covers(account, required, lambda: not now.feed.is_next(*short)):
            now.feed.take(*short)
            task.status = Status.STARVED
            return None
        block = self._find_room(task, wanted)
        if block is None:
            now.feed.take("TaskInactiveDueToFullBlocks", task.hash, task.owner, wanted)
            task.status = Status.CROWDED
            return None
        reason = reason or (BLOCK_FULL if block != wanted else 0)
        if reason:
            now.feed.take("TaskDeferred", task.hash, task.owner, block, reason)
        task.drift = 0 if task.single else (block - tick) % task.interval
        return self._enter(task, block, account)

    def _find_room(self, task: Task, wanted: int) -> int | None:
        if task.is_committed:
            return wanted
        last, size_class = task.last_block, task.size_class
        return self.queue.find_room(wanted, last, size_class, task.kilogas)

    def expire(self, task: Task, now: Moment) -> None:
        now.feed.take("TaskExpired", task.hash, task.owner, task.deadline)
        task.status = Status.EXPIRED

    # Checks

    def find(self, given: int | Definition) -> Task | None:
        """A stored task by its hash, a committed one by its definition while it has a state."""
        by_definition = isinstance(given, Definition)
        task = self.by_hash.get(self._hash_of(given))
        if task is None or task.is_committed != by_definition or task.is_forgotten:
            return None
        return task

    def _hash_of(self, given: int | Definition) -> int:
        return given.committed_hash(self.manager) if isinstance(given, Definition) else given

    def _known(self, given: int | Definition) -> Task:
        task = self.find(given)
        if task is None:
            raise Refused("TaskManager_UnknownTask", self._hash_of(given))
        return task

    def _own(self, given: int | Definition, now: Moment) -> Task:
        task = self._known(given)
        if task.owner != now.caller:
            raise Refused("TaskManager_NotOwner", task.hash, now.caller, task.owner)
        if task.status in ENDED:
            raise Refused("TaskManager_TaskEnded", task.hash, task.status)
        return task

    def _check_task(self, plan: Definition, nonce: int, most_data: int, now: Moment) -> None:
        if plan.owner != now.caller:
            raise Refused("TaskManager_FromNotCaller", plan.owner, now.caller)
        if plan.nonce != nonce:
            raise Refused("TaskManager_WrongNonce", now.caller, plan.nonce, nonce)
        if not 0 < plan.gas <= limits.LARGE_GAS:
            raise Refused("TaskManager_GasOutOfRange", plan.gas, limits.LARGE_GAS)
        if plan.target == self.manager:
            raise Refused("TaskManager_TargetIsManager", plan.target)
        if len(plan.data) > most_data:
            raise Refused("TaskManager_DataTooLong", len(plan.data), most_data)

    def _check_times(self, plan: Definition, now: Moment) -> None:
        if plan.start <= now.block:
            raise Refused("TaskManager_StartNotInFuture", plan.start, now.block)
        latest = now.block + limits.MAX_DISTANCE
        if plan.start > latest:
            raise Refused("TaskManager_StartTooFar", plan.start, latest)
        most = limits.ENDLESS - 1
        if plan.executions != limits.FOREVER and not 0 < plan.executions <= most:
            raise Refused("TaskManager_ExecutionsOutOfRange", plan.executions, most)
        if plan.executions != 1 and plan.interval < limits.MIN_INTERVAL:
            raise Refused("TaskManager_IntervalTooShort", plan.interval, limits.MIN_INTERVAL)
        if plan.interval > limits.MAX_DISTANCE:
            raise Refused("TaskManager_IntervalTooLong", plan.interval, limits.MAX_DISTANCE)
        if plan.deadline and plan.deadline < plan.start:
            raise Refused("TaskManager_DeadlineBeforeStart", plan.deadline, plan.start)
        if plan.deadline > limits.MAX_BLOCK:
            raise Refused("TaskManager_DeadlineTooFar", plan.deadline, limits.MAX_BLOCK)

    def _check_place(self, task: Task, plan: Definition, account: Account, now: Moment) -> None:
        """Whether a task that is in no bucket can be queued as planned."""
        if not plan.active:
            return
        self._check_affordable(task, account.terms[-1], account, now)
        if task.is_committed:
            return
        size_class, kilogas = task.size_class, task.kilogas
        if not self.queue.in_span(plan.start, size_class):
            oldest = self.queue.oldest(size_class) or 0
            raise Refused("TaskManager_BacklogTooOld", plan.start, oldest)
        if not self.queue.has_room(plan.start, size_class, kilogas):
            later = self.queue.room_after(plan.start, size_class, kilogas)
            raise Refused("TaskManager_BlockFull", plan.start, later)

    def _check_affordable(self, task: Task, terms: Terms, account: Account, now: Moment) -> None:
        if now.base_fee > terms.ceiling:
            raise Refused("TaskManager_BaseFeeAboveCeiling", now.base_fee, terms.ceiling)
        ceiling, cap = terms.ceiling, terms.premium_cap
        required = limits.reserve(task.most_gas, ceiling, cap, self.fee_bps)
        if not self.covers(account, required - now.value, lambda: self.goes_on(now)):
            free = account.free + now.value
            raise Refused("TaskManager_InsufficientBond", task.owner, free, required)

    # Execution

    def _execute_queued(self, call: calls.ExecuteQueued, now: Moment) -> Result:
        return self._open(call.reserve, now).run_queue()

    def _execute_these(self, call: calls.ExecuteThese, now: Moment) -> Result:
        batch = self._open(call.reserve, now)
        return batch.run_these([self.find(task_hash) for task_hash in call.task_hashes])

    def _execute_committed(self, call: calls.ExecuteCommitted, now: Moment) -> Result:
        batch = self._open(call.reserve, now)
        return batch.run_these([self.find(definition) for definition in call.definitions])

    def _execute_one(self, call: calls.ExecuteOne, now: Moment) -> Result:
        if self.locked:
            raise Refused("TaskManager_Reentered")
        task = self._known(call.task_hash)
        if task.status != Status.QUEUED:
            raise Refused("TaskManager_NotQueued", task.hash, task.status)
        if not task.is_due(now.block):
            raise Refused("TaskManager_NotDue", task.hash, task.next, now.block)
        if now.feed.reverted:
            self._check_too_little_gas(task, now)
            raise Refused("TaskManager_InsufficientGas")
        executed, _ = self._open(0, now).run_these([task])
        return (executed,)

    def _check_too_little_gas(self, task: Task, now: Moment) -> None:
        """With ample gas, a due task that is asked for by name must run."""
        self.doubts += 1
        enough = limits.to_handle(task.gas, len(task.data)) + limits.COSTS["EXIT"]
        enough += BEFORE_BATCH + MARGIN
        assert now.gas is None or now.gas < enough, f"{now.gas} of {enough} gas did not do"

    def _open(self, reserve: int, now: Moment) -> Batch:
        if self.locked:
            raise Refused("TaskManager_Reentered")
        return Batch(self, reserve, now)

    def run_target(self, task: Task, now: Moment) -> bool | None:
        """Call a task's target; whether that succeeds, or None when it depends on gas."""
        callee = self.callee_of(task.target, task.data)
        if callee is None:
            return False
        if callee.plays:
            self.running.append(task.hash)
            self.play(task.target, now)
            self.running.pop()
        burns = callee.plays and self.contracts[task.target].burns_its_own
        if burns or (callee.succeeds and task.gas < callee.enough):
            self.doubts += 1
            return None
        return callee.succeeds

    def _check_outcome(self, expected: bool | None, happened: int) -> None:
        assert expected is None or expected == happened, f"success: {happened}, not {expected}"

    def play(self, player: int, now: Moment) -> None:
        """Make the call that a contract was told to make."""
        script = self.contracts[player].script
        if script is None:
            return
        inside = Moment(player, script.value, now.block, now.base_fee, now.feed)
        try:
            self.apply(script.call, inside)
        except Refused:
            return

    # Reads

    def next_block(self, task: Task) -> int:
        return task.next if task.status == Status.QUEUED else 0
