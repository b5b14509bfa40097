"""Where due tasks are found: in the manager's queue, and among the committed ones of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from keeper.providers.manager import ManagerReader
from keeper.services.plan import landing_block
from keeper.services.selection import blocks_late
from keeper.simulator import TaskRef
from keeper.store import index
from keeper.store.database import Store
from keeper.types import Committed, Head
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.transactions import Call
from taskwork.chain.types import BlockNumber, Task, TaskHash

MOST_READ = 400  # more than fit a batch


@dataclass(frozen=True, slots=True)
class Due:
    """What can run in the next block through one entry point, longest due first."""

    tasks: tuple[TaskHash, ...]
    late: int  # blocks, of the one that waits longest
    committed: Mapping[TaskHash, Task]  # the definitions; empty for tasks of the queue

    def refs(self, chosen: Sequence[TaskHash]) -> list[TaskRef]:
        """Tasks as they are asked for."""
        return [self.committed.get(task_hash, task_hash) for task_hash in chosen]

    def call(self, calls: TaskManagerCalls, chosen: Sequence[TaskHash], reserve: int) -> Call:
        """Run these: the queue's own order where it is all of them."""
        if self.committed:
            return calls.execute_committed([self.committed[one] for one in chosen], reserve)
        if len(chosen) == len(self.tasks):
            return calls.execute_queued_tasks(reserve)
        return calls.execute_tasks(chosen, reserve)


class Queues:
    """Both places. Without a store there are no committed tasks to be known."""

    def __init__(
        self, manager: ManagerReader, store: Store | None, *, of_the_past: bool = False
    ) -> None:
        self._manager = manager
        self._store = store
        self._of_the_past = of_the_past  # the index knows what is due now, and not what was
        self._definitions: dict[TaskHash, Task] = {}  # of the stored tasks due lately

    async def queued(self, head: Head) -> Due:
        """What the chain says is due."""
        landing = landing_block(head.number)
        tasks = await self._manager.due(head.number, landing, MOST_READ)
        late = blocks_late(list((await self._blocks(tasks[:1], head)).values()), landing)
        return Due(tuple(tasks), late, {})

    async def committed(self, head: Head) -> Due:
        """What the index has as due, and the chain confirms."""
        landing = landing_block(head.number)
        if self._store is None:
            return Due((), 0, {})
        known = await self._store.read(lambda db: self._candidates(db, head))
        blocks = await self._blocks([one.task_hash for one in known], head)
        due = {one.task_hash: one.task for one in known if 0 < blocks[one.task_hash] <= landing}
        return Due(tuple(due), blocks_late([blocks[one] for one in due], landing), due)

    def _candidates(self, db: Connection, head: Head) -> list[Committed]:
        if self._of_the_past:
            return index.committed_then(db, head.number, MOST_READ)
        return index.committed_due(db, landing_block(head.number), MOST_READ)

    async def definitions(self, due: Due, head: Head) -> dict[TaskHash, Task]:
        """What the due tasks call. It never changes, so it is asked once."""
        if due.committed:
            return dict(due.committed)
        unknown = [one for one in due.tasks if one not in self._definitions]
        found = await self._manager.read(lambda manager: _read_definitions(manager, unknown, head))
        kept = {one: self._definitions[one] for one in due.tasks if one not in found}
        self._definitions = kept | found  # what is due no more is forgotten
        return {one: self._definitions[one] for one in due.tasks}

    async def _blocks(self, tasks: Sequence[TaskHash], head: Head) -> dict[TaskHash, BlockNumber]:
        if not tasks:
            return {}
        return await self._manager.read(
            lambda manager: manager.get_next_blocks_for_tasks(tasks, block=head.number)
        )


async def _read_definitions(
    manager: TaskManagerClient, tasks: Sequence[TaskHash], head: Head
) -> dict[TaskHash, Task]:
    infos = [await manager.get_task_info(one, block=head.number) for one in tasks]
    return {one: info.definition.task for one, info in zip(tasks, infos, strict=True)}
