"""The second act as it goes on: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from examples.demo.jobs import cast
from examples.demo.jobs.record import JobRecord, JobSnapshot
from examples.demo.jobs.story import describe_event
from examples.demo.view import clock, latest, showing
from taskwork.chain.pool_types import JobInfo, JobStatus
from taskwork.chain.types import ZERO_ADDRESS
from taskwork.units import short

COLOURS = {
    JobStatus.OPEN: "cyan",
    JobStatus.CLAIMED: "blue",
    JobStatus.SUBMITTED: "magenta",
    JobStatus.SETTLED: "green",
    JobStatus.REFUNDED: "yellow",
    JobStatus.EXPIRED: "bright_black",
    JobStatus.CANCELLED: "bright_black",
}


@contextmanager
def watching_jobs(console: Console, record: JobRecord) -> Iterator[Callable[[JobSnapshot], None]]:
    """Show each snapshot in the way that suits the console."""

    def tell(seen: JobSnapshot) -> list[str]:
        return _read_news(record, seen)

    def paint(seen: JobSnapshot, news: Sequence[str]) -> RenderableType:
        return _draw(record, seen, news)

    def say(seen: JobSnapshot) -> str:
        return f"{seen.block:>6}  of {cast.ENDS}: {seen.due} due"

    with showing(console, tell=tell, paint=paint, say=say) as show:
        yield show


def status_text(status: JobStatus) -> Text:
    """A status in its colour."""
    return Text(status.name.lower(), style=COLOURS.get(status, ""))


def _read_news(record: JobRecord, seen: JobSnapshot) -> list[str]:
    told = []
    for event in seen.news:
        task_id = getattr(event, "task_id", None)
        job = record.stage.job_named(task_id) if task_id else None
        text = describe_event(record, job, event) if job else None
        if text:
            told.append(f"{event.at.block:>6}  {job} {text}")
    return told


def _draw(record: JobRecord, seen: JobSnapshot, news: Sequence[str]) -> RenderableType:
    span = (cast.OPENS, seen.block, cast.ENDS)
    minutes = (seen.block - cast.OPENS) * cast.BLOCK_SECONDS // 60
    facts = [f"minute {minutes}"]
    return Group(
        clock(cast.TITLE, span, facts, due=seen.due),
        Text(),
        _jobs(record, seen),
        Text(),
        _keeper(seen),
        latest(news),
    )


def _jobs(record: JobRecord, seen: JobSnapshot) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bright_black")
    for heading in ("job", "reward", "status", "worker", "left", "shows"):
        justify = "right" if heading in {"reward", "left"} else "left"
        table.add_column(heading, justify=justify, no_wrap=heading != "shows")  # type: ignore[arg-type]
    for name, plan in cast.JOBS.items():
        job = seen.jobs.get(name)
        table.add_row(
            Text(name, style="bold"),
            short(plan.reward),
            status_text(job.status) if job else Text("-", style="bright_black"),
            _worker(record, job),
            _left(job, seen),
            Text(plan.shows, style="bright_black", no_wrap=True, overflow="ellipsis"),
        )
    return table


def _worker(record: JobRecord, job: JobInfo | None) -> str:
    return "-" if job is None or job.worker == ZERO_ADDRESS else record.stage.name_of(job.worker)


def _left(job: JobInfo | None, seen: JobSnapshot) -> Text:
    """The time until something ends the job's status."""
    if job is None or job.status.has_ended:
        return Text("-", style="bright_black")
    seconds = job.until - seen.time
    if seconds < 0:
        return Text("over", style="bold magenta")
    return Text(f"{seconds // 60} min")


def _keeper(seen: JobSnapshot) -> Text:
    text = Text("keeper  ", style="bold")
    text.append(f"{seen.calls} calls on time  ", "not bold")
    style = "green" if seen.profit >= 0 else "red"
    text.append(f"profit {short(seen.profit)}\n", f"not bold {style}")
    return text
