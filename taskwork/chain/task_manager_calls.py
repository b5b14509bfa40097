"""TaskManager's writes as values: what to send, checked as far as Python can, not yet sent."""

from __future__ import annotations

from collections.abc import Sequence

from taskwork.chain.contract import ContractCalls
from taskwork.chain.transactions import Call
from taskwork.chain.types import NO_VALUE, Address, Task, TaskDefinition, TaskHash, Wei
from taskwork.chain.validation import check_committed, check_definition, check_range


class TaskManagerCalls(ContractCalls):
    """Builds calls of one TaskManager; sends nothing."""

    CONTRACT = "TaskManager"
    # ABI types
    TASK = "(address,uint64,address,bytes,uint64)"
    DEFINITION = f"({TASK},(uint64,uint64,uint64,bool,uint64))"

    def execute_queued_tasks(self, target_gas_reserve: int) -> Call:
        """Execute due tasks until nothing is due or the next does not fit."""
        return self._call("executeQueuedTasks(uint256)", target_gas_reserve)

    def execute_tasks(self, task_hashes: Sequence[TaskHash], target_gas_reserve: int) -> Call:
        """Execute those of `task_hashes` that are due, in this order."""
        return self._call("executeTasks(bytes32[],uint256)", task_hashes, target_gas_reserve)

    def execute_task(self, task_hash: TaskHash) -> Call:
        """Execute one due task; reverts unless it is due."""
        return self._call("executeTask(bytes32)", task_hash)

    def execute_committed(self, tasks: Sequence[Task], target_gas_reserve: int) -> Call:
        """Execute those of the committed tasks that are due, in this order."""
        return self._call(f"executeCommitted({self.TASK}[],uint256)", tasks, target_gas_reserve)

    def schedule_task(self, definition: TaskDefinition, *, value: Wei = NO_VALUE) -> Call:
        """Schedule a task; `value` tops up the sender's bond."""
        check_definition(definition)
        return self._call(f"scheduleTask({self.DEFINITION})", definition, value=value)

    def execute_and_schedule(self, definition: TaskDefinition, *, value: Wei = NO_VALUE) -> Call:
        """Schedule a task and call its target at once, unreimbursed."""
        check_definition(definition)
        return self._call(f"executeAndSchedule({self.DEFINITION})", definition, value=value)

    def update_task_schedule(self, task_hash: TaskHash, definition: TaskDefinition) -> Call:
        """Replace a task's schedule, pause it or resume it."""
        check_definition(definition)
        signature = f"updateTaskSchedule(bytes32,{self.DEFINITION})"
        return self._call(signature, task_hash, definition)

    def cancel_task(self, task_hash: TaskHash) -> Call:
        """Cancel a task and free its reserve."""
        return self._call("cancelTask(bytes32)", task_hash)

    def reactivate(self, task_hash: TaskHash, *, value: Wei = NO_VALUE) -> Call:
        """Revive an inactive task; `value` tops up its owner's bond."""
        return self._call("reactivate(bytes32)", task_hash, value=value)

    def schedule_committed(self, definition: TaskDefinition, *, value: Wei = NO_VALUE) -> Call:
        """Schedule a task of which the chain keeps only the hash."""
        check_committed(definition)
        return self._call(f"scheduleCommitted({self.DEFINITION})", definition, value=value)

    def update_committed(self, definition: TaskDefinition) -> Call:
        """Replace a committed task's schedule, pause it or resume it."""
        check_committed(definition)
        return self._call(f"updateCommitted({self.DEFINITION})", definition)

    def cancel_committed(self, task: Task) -> Call:
        """Cancel a committed task and free its reserve."""
        return self._call(f"cancelCommitted({self.TASK})", task)

    def reactivate_committed(self, task: Task, *, value: Wei = NO_VALUE) -> Call:
        """Revive an inactive committed task; `value` tops up its owner's bond."""
        return self._call(f"reactivateCommitted({self.TASK})", task, value=value)

    def deposit_bond(self, account: Address, *, value: Wei) -> Call:
        """Add `value` to an account's bond."""
        return self._call("depositBond(address)", account, value=value)

    def withdraw_bond(self, amount: Wei) -> Call:
        """Pay out free bond to the sender."""
        return self._call("withdrawBond(uint256)", amount)

    def withdraw_credit(self) -> Call:
        """Pay the sender the reimbursements it could not take when they were pushed."""
        return self._call("withdrawCredit()")

    def withdraw_fees(self) -> Call:
        """Pay the protocol fees to the fee recipient."""
        return self._call("withdrawFees()")

    def set_price_terms(
        self, *, ceiling: Wei, tip: Wei, premium_cap: Wei, failure_limit: int
    ) -> Call:
        """Set the price terms, in wei per gas, of what the sender schedules or updates next."""
        for field, value in (("ceiling", ceiling), ("tip", tip), ("premium_cap", premium_cap)):
            check_range(field, value, 0, 2**64 - 1)
        check_range("failure_limit", failure_limit, 0, 15)
        signature = "setPriceTerms(uint256,uint256,uint256,uint256)"
        return self._call(signature, ceiling, tip, premium_cap, failure_limit)
