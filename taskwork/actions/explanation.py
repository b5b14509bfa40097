"""Why a task has not run, in words, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping

from taskwork.chain.types import Explanation, Reason
from taskwork.units import ether

_WORDS: Mapping[Reason, str] = {
    Reason.UNKNOWN: "no such task: check the hash, the manager and the chain",
    Reason.NOT_DUE: "not due: block {have} of {need}",
    Reason.DUE: "due: any keeper may run it now; run one, or call executeTask",
    Reason.BASE_FEE_ABOVE_CEILING: (
        "the base fee ({need} wei) is above its ceiling ({have} wei): it will be deferred; "
        "raise the price terms and update the task, or wait"
    ),
    Reason.DEADLINE_PASSED: "its deadline, block {need}, has passed: it will expire",
    Reason.RUNNING: "running in this very transaction",
    Reason.PAUSED: "paused by its owner, who can resume it with updateTaskSchedule",
    Reason.INSUFFICIENT_BOND: (
        "its owner's free bond is {have_ether} of {need_ether} ether: reactivate it with the rest"
    ),
    Reason.FAILED_TOO_OFTEN: (
        "failed too often in a row ({have} failures in all): mend the target, then reactivate it"
    ),
    Reason.NO_ROOM: "the blocks of its next run were full: reactivate it",
    Reason.COMPLETED: "made all its runs",
    Reason.CANCELLED: "cancelled by its owner",
    Reason.EXPIRED: "its deadline passed before its last run",
    Reason.COMMITTED: "committed: the chain keeps its hash alone; ask with its definition",
}


def in_words(explanation: Explanation) -> str:
    """One line: the reason, and what to do if anything can be done."""
    return _WORDS[explanation.reason].format(
        have=explanation.have,
        need=explanation.need,
        have_ether=ether(explanation.have),
        need_ether=ether(explanation.need),
    )
