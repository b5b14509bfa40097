"""What must hold after every transaction: the numbered invariants of docs/invariants.md.

Each looks at the chain's storage, or at what its views answer, and at the model beside it.
"""

from __future__ import annotations

from tests.stateful import limits
from tests.stateful.calls import TASK, WORD, Definition, selector, split, words
from tests.stateful.driver import Driver
from tests.stateful.limits import CLASSES, MAX_BLOCK, SPAN
from tests.stateful.queue import Key
from tests.stateful.state import Task
from tests.stateful.storage import (
    AMOUNT,
    ONE_SUCCESS,
    PAGE,
    PAGE_AT,
    account_word,
    manager_word,
    state_word,
)
from tests.support.definitions import Status
from tests.support.indexer import Seen

MASK = ~(PAGE << PAGE_AT)


class Checks:
    """Compares a chain with the model, as cheaply as a check after each step must be."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.model = driver.model
        self.storage = driver.storage
        self.world = driver.world
        self.walked: set[Key] = set()

    # Money

    def solvency(self) -> None:
        words_ = [self.storage.account(owner) for owner in self.model.accounts]
        credits_ = sum(self.storage.credit(one) for one in self.model.credits)
        fees = self.storage.manager() >> 160
        owed = sum(word & AMOUNT for word in words_) + credits_ + fees
        balance = self.driver.engine.balance(self.world.manager)
        assert balance == owed, f"owes {owed} wei, has {balance}"

    def reserves(self) -> None:
        needed = dict.fromkeys(self.model.accounts, 0)
        for task in self.model.tasks.values():
            if task.status == Status.QUEUED:
                needed[task.owner] += task.reserve(self.world.fee_bps)
        for owner, reserve in needed.items():
            word = self.storage.account(owner)
            bond, reserved = word & AMOUNT, word >> 88 & AMOUNT
            assert reserve == reserved <= bond, f"{reserved} of {bond} reserved, not {reserve}"

    def everybody_has_their_own(self) -> None:
        for one in self.world.everybody:
            has, due = self.driver.engine.balance(one), self.model.balances[one]
            assert has == due, f"{one:#x} has {has} wei, not {due}"
        for owner, account in self.model.accounts.items():
            assert self.storage.account(owner) == account_word(account), account
        for executor, credit in self.model.credits.items():
            assert self.storage.credit(executor) == credit

    def events_are_true(self) -> None:
        ledger = self.driver.ledger
        for owner, account in self.model.accounts.items():
            assert self.storage.account(owner) & AMOUNT == ledger.bonds[owner], account
        for executor in self.model.credits:
            assert self.storage.credit(executor) == ledger.credits[executor]
        assert self.storage.manager() >> 160 == ledger.fees
        assert len(ledger.indexer.tasks) == len(self.model.tasks)
        for task in self.model.tasks.values():
            seen = ledger.indexer.tasks[task.hash].seen
            assert seen == self._on_chain(task), f"{task}: the events tell {seen}"

    def _on_chain(self, task: Task) -> Seen:
        """By the chain's own words. A word of zero is of a task whose only run has succeeded."""
        word = self.storage.state(task.id)
        status = Status(word >> 220 & 15) if word else Status.COMPLETED
        left = word >> 80 & limits.ENDLESS
        return Seen(
            status=status,
            next_block=word & MAX_BLOCK if status == Status.QUEUED else 0,
            runs_left=limits.FOREVER if left == limits.ENDLESS else left,
            executed=word >> 160 & (1 << 27) - 1 if word else 1,
            failed=word >> 188 & (1 << 24) - 1,
        )

    # Tasks

    def states(self) -> None:
        for task in self.model.tasks.values():
            word = self.storage.state(task.id)
            due = state_word(task, 0)
            assert word & MASK == due, f"{task}: {word:064x}, not {due:064x}"

    def cadence(self) -> None:
        """By the chain's own words: a queued task is its drift behind one of its ticks."""
        for task in self.model.tasks.values():
            word = self.storage.state(task.id)
            if task.status == Status.QUEUED and not task.single:
                tick = (word & MAX_BLOCK) - (word >> 136 & 0xFFFFFF)
                late = (tick - task.start) % task.interval
                assert late == 0, f"{task} is {late} blocks off its cadence"

    def counts(self) -> None:
        """By the chain's own words and events."""
        for task in self.model.tasks.values():
            word = self.storage.state(task.id) or ONE_SUCCESS
            counted = word >> 160 & (1 << 27) - 1, word >> 188 & (1 << 24) - 1
            made = self.driver.ledger.runs[task.hash]
            assert counted == tuple(made), f"{task}: {counted} were counted, {made} made"
            assert task.most_runs is None or sum(made) <= task.most_runs, f"{task} ran too often"

    def nobody_runs(self) -> None:
        for task_id in self.model.tasks:
            assert self.storage.state(task_id) >> 220 & 15 != Status.RUNNING

    def whole_gas(self) -> None:
        (shortfalls,) = self._view(self.world.witness, "shortfalls()")
        assert shortfalls == 0, "a target got less gas than it was promised"

    # Queue

    def buckets(self) -> None:
        """Those that changed hold exactly the model's tasks, on pages that are linked rightly."""
        for block, size_class in self.model.queue.touched:
            bucket = self.model.queue.load(block, size_class)
            head, pages = self.storage.walk(block, size_class)
            where = f"block {block}, class {size_class}"
            assert set(pages) == set(bucket.ids), f"{where}: {list(pages)}, not {bucket.ids}"
            assert head.count == len(bucket.ids), f"{where} counts {head.count}: {bucket.ids}"
            assert head.kilogas == bucket.kilogas, f"{where}: {head.kilogas}, {bucket.kilogas}"
            for task_id, page in pages.items():
                state = self.storage.state(task_id)
                assert state >> PAGE_AT & PAGE == page, f"task {task_id} is in page {page}"

    def order(self) -> None:
        for block, size_class in self.model.queue.touched:
            _, pages = self.storage.walk(block, size_class)
            ids = self.model.queue.load(block, size_class).ids
            assert list(pages) == ids, f"block {block}: {list(pages)}, not {ids}"

    def bitmaps(self) -> None:
        """Every block that changed is marked in all three levels if it has tasks."""
        for size_class in {size_class for _, size_class in self.model.queue.touched}:
            blocks = self.model.queue.blocks_of(size_class)
            touched = {block for block, one in self.model.queue.touched if one == size_class}
            indices = [block % SPAN for block in blocks]
            for block in touched:
                self._check_marks(size_class, block % SPAN, indices)

    def _check_marks(self, size_class: int, index: int, indices: list[int]) -> None:
        for level in range(3):
            indices = sorted(set(indices))
            word = index >> 8
            bits = sum(1 << (one & 255) for one in indices if one >> 8 == word)
            found = self.storage.marks(size_class, level, word)
            assert found == bits, f"level {level}, word {word}: {found:064x}, not {bits:064x}"
            index, indices = word, [one >> 8 for one in indices]

    def first_blocks(self) -> None:
        oldest = [self.model.queue.oldest(size_class) for size_class in CLASSES]
        word = manager_word(oldest, self.model.stored, self.model.fees)
        assert self.storage.manager() == word, f"{self.storage.manager():064x}, not {word:064x}"

    # Reads

    def hashes(self) -> None:
        for owner, account in self.model.accounts.items():
            answer = self._view(self.world.manager, "getAccountTasks(address)", owner)
            known = [self.model.tasks[task_id].hash for task_id in account.tasks]
            assert list(answer[2:]) == known

    def reads(self) -> None:
        self._read_range(0, 2**64 - 1)
        now = self.driver.engine.block
        self._read_range(now - 5, now + 150)
        for owner, account in self.model.accounts.items():
            tasks = [self.model.tasks[task_id] for task_id in account.tasks]
            answer = self._view(self.world.manager, "getAccountTasksWithBlocks(address)", owner)
            assert list(answer[4 + len(tasks) :]) == [self.model.next_block(one) for one in tasks]
            nonce = self._view(self.world.manager, "getAccountNonce(address)", owner)
            assert nonce == (account.nonce,)
            bond = self._view(self.world.manager, "bondOf(address)", owner)
            assert bond == (account.bond, account.reserved)
            terms = self._view(self.world.manager, "priceTermsOf(address)", owner)
            assert terms == tuple(account.terms[-1])
        for task in self.model.tasks.values():
            self._read_task(task.id)

    def _read_range(self, first: int, last: int) -> None:
        first = max(first, 0)
        queue, manager = self.model.queue, self.world.manager
        answer = self._view(manager, "getTasksInRange(uint64,uint64)", first, last)
        due = [self.model.tasks[task_id].hash for task_id in queue.in_order(first, last)]
        assert list(answer[2:]) == due
        name = "getNextExecutionBlockInRange(uint64,uint64)"
        assert self._view(manager, name, first, last) == (queue.first_in(first, last),)
        paged = "getTasksInRange(uint64,uint64,uint256,uint256)"
        offset, limit = len(due) // 3, len(due) // 2
        answer = self._view(manager, paged, first, last, offset, limit)
        assert list(answer[2:]) == due[offset : offset + limit]

    def _read_task(self, task_id: int) -> None:
        task, manager = self.model.tasks[task_id], self.world.manager
        status = Status.NONE if task.is_forgotten else task.status
        assert self._view(manager, "getTaskStatus(bytes32)", task.hash) == (status,)
        if task.is_forgotten:
            return
        queued = task.status == Status.QUEUED
        executions = limits.FOREVER if task.left == limits.ENDLESS else task.left
        times = {"start": task.next, "interval": task.interval, "executions": executions}
        plan = task.definition(**times, active=queued, deadline=task.deadline)
        terms, answer = self._terms_and_info(task, plan)
        assert terms == words(*task.terms)
        metrics = words(
            task.executed, task.failed, self.model.next_block(task),
            task.reserve(self.world.fee_bps) if queued else 0,
        )  # fmt: skip
        assert answer == words(32, 5 * 32) + metrics + plan.encode()

    def _terms_and_info(self, task: Task, plan: Definition) -> tuple[bytes, bytes]:
        """A stored task is asked for by its hash, a committed one by its definition."""
        names, key = ("taskPriceTerms(bytes32)", "getTaskInfo(bytes32)"), words(task.hash)
        if task.is_committed:
            names = (f"committedPriceTerms({TASK})", f"getCommittedInfo({TASK})")
            key = words(WORD) + plan.task()
        terms, info = (
            self.driver.engine.view(self.world.manager, selector(name) + key) for name in names
        )
        return terms, info

    def loads(self) -> None:
        for block, size_class in self.model.queue.touched:
            bucket = self.model.queue.load(block, size_class)
            name = "blockLoad(uint64,uint8)"
            load = self._view(self.world.manager, name, block, size_class)
            assert load == (len(bucket.ids), bucket.kilogas * 1000)

    def _view(self, contract: int, signature: str, *args: int) -> tuple[int, ...]:
        return split(self._call(contract, signature, *args))

    def _call(self, contract: int, signature: str, *args: int) -> bytes:
        return self.driver.engine.view(contract, selector(signature) + words(*args))
