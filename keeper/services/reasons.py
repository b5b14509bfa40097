"""Why a task stands where it stands, from its history alone."""

from __future__ import annotations

from collections.abc import Mapping

from keeper.types import TaskRecord
from taskwork.chain.types import BlockNumber, TaskStatus

_WORDS: Mapping[TaskStatus, str] = {
    TaskStatus.PAUSED: "paused by its owner",
    TaskStatus.STARVED: "its owner's bond could not cover another run: reactivate it with more",
    TaskStatus.FAILING: "failed too often in a row: mend the target, then reactivate it",
    TaskStatus.CROWDED: "no block had room for its next run: reactivate it",
    TaskStatus.COMPLETED: "made all its runs",
    TaskStatus.CANCELLED: "cancelled by its owner",
    TaskStatus.EXPIRED: "its deadline passed",
}


def why(record: TaskRecord | None, indexed: BlockNumber | None) -> str:
    """One line."""
    if indexed is None:
        return "no keeper has indexed anything here: run one, or keeper backfill"
    if record is None:
        return f"no such task up to block {indexed}"
    if record.status is TaskStatus.QUEUED:
        late = indexed - record.next_block
        if late < 0:
            return f"due in block {record.next_block}, in {-late} blocks"
        return f"due since block {record.next_block}, {late} blocks ago: it may run now"
    return _WORDS.get(record.status, record.status.name.lower())
