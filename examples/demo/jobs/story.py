"""Tells what became of a job, in words."""

from __future__ import annotations

from itertools import groupby

from examples.demo.jobs import cast
from examples.demo.jobs.record import JobRecord, events_of, is_on_time
from examples.demo.story import Line, join_lines
from taskwork.chain.pool_events import (
    BondSlashed,
    JobEnded,
    JobPosted,
    JobReopened,
    PoolEvent,
    RewardPaid,
    TaskClaimed,
    TaskSubmitted,
    TaskVerified,
)
from taskwork.chain.pool_types import JobStatus
from taskwork.units import short


def tell_job(record: JobRecord, job: str) -> list[Line]:
    """A job's story from its posting to its end."""
    lines = [
        Line((event.at.block,), text)
        for event in events_of(record, job)
        if (text := describe_event(record, job, event)) is not None
    ]
    return [join_lines(group) for _, group in groupby(lines, key=lambda line: line.text)]


def describe_event(record: JobRecord, job: str, event: PoolEvent) -> str | None:
    """One event of a job, in words; None for those that say nothing new."""
    match event:
        case TaskVerified():
            return _describe_verdict(record, job, event)
        case JobReopened():
            return _describe_return(record, event)
        case JobEnded():
            return _describe_end(record, job, event)
    return _describe_work(record, event)


def _describe_work(record: JobRecord, event: PoolEvent) -> str | None:
    name_of = record.stage.name_of
    match event:
        case JobPosted():
            return f"posted by {name_of(event.requester)}, {short(event.reward)} in escrow"
        case TaskClaimed():
            return f"claimed by {name_of(event.user)}, who locks a bond of {short(cast.BOND)}"
        case TaskSubmitted():
            return f"{name_of(event.user)} delivers"
        case BondSlashed():
            whose = name_of(event.worker)
            return f"{short(event.amount)} of {whose}'s bond goes to {cast.REQUESTER}"
    return None


def _describe_return(record: JobRecord, event: JobReopened) -> str:
    if event.origin is not JobStatus.CLAIMED:
        return "open again"
    worker = record.stage.name_of(event.worker)
    return f"{worker}'s claim ran out{_by_whom(record, event)}: open again"


def _describe_verdict(record: JobRecord, job: str, event: TaskVerified) -> str:
    judge = record.senders[event.at.tx_hash]
    if not event.is_valid:
        return f"rejected by {judge}"
    pushed = (one for one in events_of(record, job) if isinstance(one, RewardPaid))
    if any(one.at.tx_hash == event.at.tx_hash for one in pushed):
        return f"accepted by {judge}: {short(event.reward)} paid out, the bond returned"
    return (
        f"accepted by {judge}; the payment was refused, so that {short(event.reward)} is credited"
    )


def _describe_end(record: JobRecord, job: str, event: JobEnded) -> str:
    by_whom = _by_whom(record, event)
    if event.status is JobStatus.EXPIRED:
        return f"nobody came until its deadline{by_whom}: the reward goes back to {cast.REQUESTER}"
    if event.status is JobStatus.CANCELLED:
        return f"cancelled by {cast.REQUESTER}"
    worker = cast.JOBS[job].worker
    return (
        f"{cast.SILENT} stayed silent{by_whom}: the reward goes back to {cast.REQUESTER}, "
        f"the bond to {worker}"
    )


def _by_whom(record: JobRecord, event: PoolEvent) -> str:
    """Whose call ended what people left undone."""
    if is_on_time(record, event):
        return " (the keeper called, on time)"
    return f" ({record.senders[event.at.tx_hash]} called)"
