"""The model of one executing call: what is handled, in which order, and who pays."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.stateful import limits
from tests.stateful.events import Event, error_selector
from tests.stateful.limits import COSTS
from tests.stateful.money import Charged
from tests.stateful.state import Moment, Task
from tests.support.definitions import Status

if TYPE_CHECKING:
    from tests.stateful.model import Model

# What the machine cannot know of the gas: calldata, the way through an executing contract, the
# memory of many entries.
BEFORE_BATCH = 80_000
MARGIN = 20_000

FEE_TOO_HIGH = error_selector("TaskManager_BaseFeeAboveCeiling") << 224


class Entry(NamedTuple):
    """What an owner paid for a task that was handled."""

    task: Task
    amount: int
    fee: int


class Batch:
    """Follows the tasks that the chain handled, as far as it was free to choose them."""

    def __init__(self, model: Model, reserve: int, now: Moment) -> None:
        self._model = model
        self._reserve = reserve
        self._now = now
        self._settled = deque(now.feed.settled())
        self._entries: list[Entry] = []
        self._executed = 0
        self._failed = 0
        self._spent = BEFORE_BATCH  # gas, at most
        model.locked = True

    def run_queue(self) -> tuple[int, int]:
        """`executeQueuedTasks`: the oldest block first, then the smallest class, then arrival."""
        queue, passed = self._model.queue, set[int]()
        while key := queue.next_due(self._now.block, passed):
            task = self._model.tasks[queue.load(*key).ids[0]]
            if self._is_handled(task):
                self._handle(task)
            else:
                passed.add(task.size_class)
                self._spent += COSTS["PEEK"]
        return self._close()

    def run_these(self, tasks: Sequence[Task | None]) -> tuple[int, int]:
        """`executeTasks`, `executeCommitted`: those due, as given, until one does not fit."""
        for task in tasks:
            self._spent += COSTS["PEEK"]
            if task is None or not task.is_due(self._now.block):
                continue
            if not self._is_handled(task):
                break
            self._handle(task)
        return self._close()

    def _is_handled(self, task: Task) -> bool:
        """Whether the chain handled the task whose turn it is; it may not be free to choose."""
        handled = bool(self._settled) and self._settled[0][0] == task.hash
        gas = self._now.gas
        self._model.doubts += not handled
        if gas is None:
            return handled
        needed = self._reserve + COSTS["EXIT"] + limits.to_handle(task.gas, len(task.data))
        if handled:
            assert gas >= needed, f"task {task.id} was started with {gas} of {needed} gas"
            return True
        settle = (len(self._entries) + 1) * COSTS["SETTLE"]
        left = gas - gas // 64 - self._spent
        enough = needed + settle + COSTS["PEEK"] + MARGIN
        assert left < enough, f"task {task.id} was passed over with {left} of {enough} gas"
        return False

    # One task

    def _handle(self, task: Task) -> None:
        model, now, terms = self._model, self._now, task.terms
        _, amount = self._settled.popleft()
        entry = Entry(task, amount, amount * model.fee_bps // limits.BPS)
        self._entries.append(entry)
        self._spent += limits.to_handle(task.gas, len(task.data)) + COSTS["PEEK"]
        if not task.is_committed:
            model.queue.remove(task.next, task.size_class, task.id)

        rate = terms.price(now.base_fee) + terms.premium(now.block - task.next, task.crowd)
        if task.is_expired_at(now.block):
            self._hold(entry, rate, COSTS["SKIP"])
            model.expire(task, now)
        elif now.base_fee > terms.ceiling:
            self._hold(entry, rate, COSTS["SKIP"])
            self._defer(task)
        else:
            self._run(entry, rate)

    def _defer(self, task: Task) -> None:
        now = self._now
        tick = task.next - task.drift
        wanted = now.block + (limits.FIRST_DEFERRAL << task.deferrals)
        if now.block < task.deadline < wanted:
            wanted = task.deadline
        task.deferrals = min(task.deferrals + 1, limits.MAX_DEFERRALS)
        self._model.place(task, tick, wanted, FEE_TOO_HIGH, now)

    def _run(self, entry: Entry, rate: int) -> None:
        task, feed = entry.task, self._now.feed
        task.status = Status.RUNNING
        reserve = task.reserve(self._model.fee_bps)
        expected = self._model.run_target(task, self._now)
        executed = feed.take("TaskExecuted", task.hash, self._now.caller)
        success = bool(executed.args[2])
        assert len(executed.answer) <= limits.MAX_ANSWER
        assert expected in (None, success), f"task {task.id}: success {success}"
        task.count_run(success)
        self._executed += success
        self._failed += not success
        self._check_record(task, feed.take("TaskExecutionRecorded", task.hash, int(success)))
        self._hold(entry, rate, task.most_gas, reserve)
        if task.status == Status.RUNNING:
            self._continue(task)

    def _check_record(self, task: Task, record: Event) -> None:
        _, _, gas_used, executed, failed = record.args
        assert (executed, failed) == (task.executed, task.failed)
        most = limits.for_envoy(task.gas, len(task.data)) + COSTS["ENVOY"]
        assert gas_used <= most, f"task {task.id}: {gas_used} gas where {most} were given"

    def _continue(self, task: Task) -> None:
        if task.left != limits.ENDLESS:
            task.left -= 1
        limit = task.terms.failure_limit
        if task.left == 0:
            task.complete()
        elif limit and task.streak >= limit:
            task.status = Status.FAILING
            event = "TaskInactiveDueToFailures"
            self._now.feed.take(event, task.hash, task.owner, task.streak)
        else:
            tick = task.tick_after(self._now.block)
            self._model.place(task, tick, tick, 0, self._now)

    # Money

    def _hold(self, entry: Entry, rate: int, most: int, reserve: int | None = None) -> None:
        """Free the reserve and charge what it cost; what is held beyond that may be more."""
        task, paid = entry.task, entry.amount + entry.fee
        assert entry.amount <= most * rate, f"task {task.id}: {entry.amount} wei for {most} gas"
        self._model.charged.append(self._gas_in(entry.amount, rate) if rate else None)
        account = self._model.accounts[task.owner]
        account.reserved -= task.reserve(self._model.fee_bps) if reserve is None else reserve
        account.bond -= paid
        account.held += limits.with_fee(most * rate, self._model.fee_bps) - paid

    def _gas_in(self, amount: int, rate: int) -> Charged:
        """How much gas a charge is for. Of what was spent a fifth came back, at most; of that the
        base fee was deducted, but neither tip nor premium.
        """
        on_top = rate - min(self._now.base_fee, rate)
        return Charged(amount * 4 // (4 * rate + on_top), -(-amount // rate))

    def _close(self) -> tuple[int, int]:
        model = self._model
        assert not self._settled, f"handled out of turn: {list(self._settled)}"
        if self._entries:
            self._settle()
        model.locked = False
        return self._executed, self._failed

    def _settle(self) -> None:
        model, now = self._model, self._now
        for task, amount, fee in self._entries:
            now.feed.take("ExecutorReimbursed", task.hash, self._now.caller, amount)
            if fee:
                now.feed.take("ProtocolFeeCollected", task.hash, fee)
            model.fees += fee
            model.accounts[task.owner].held = 0
        if self._executed + self._failed:
            now.feed.take("TasksExecuted", self._executed, self._failed)
        payment = sum(entry.amount for entry in self._entries)
        model.reimburse(self._now.caller, payment, now)
