"""The play as it goes on: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from examples.demo.record import Record, Snapshot, TaskNow, name_of
from examples.demo.scenario import Scenario
from examples.demo.story import describe
from taskwork.chain.types import UNLIMITED, TaskStatus
from taskwork.units import short

NEWS = 6
LINE_EVERY_S = 5.0

COLOURS = {
    TaskStatus.QUEUED: "cyan",
    TaskStatus.RUNNING: "cyan",
    TaskStatus.STARVED: "yellow",
    TaskStatus.PAUSED: "yellow",
    TaskStatus.CROWDED: "yellow",
    TaskStatus.FAILING: "red",
    TaskStatus.COMPLETED: "green",
    TaskStatus.CANCELLED: "bright_black",
    TaskStatus.EXPIRED: "bright_black",
}

TROUBLE = re.compile(r"failed|out of bond|stopped|put off|expired|ran out|rejected|silent|refused")

Show = Callable[[Snapshot], None]
Seen = TypeVar("Seen")


@contextmanager
def watching(console: Console, scenario: Scenario, record: Record) -> Iterator[Show]:
    """Show each snapshot of the first act in the way that suits the console."""

    def tell(seen: Snapshot) -> list[str]:
        return read_news(record, seen)

    def paint(seen: Snapshot, news: Sequence[str]) -> RenderableType:
        return draw(scenario, seen, news)

    def say(seen: Snapshot) -> str:
        return f"{seen.block:>6}  of {scenario.chain.ends}: {seen.due} due"

    with showing(console, tell=tell, paint=paint, say=say) as show:
        yield show


@contextmanager
def showing(
    console: Console,
    *,
    tell: Callable[[Seen], Sequence[str]],
    paint: Callable[[Seen, Sequence[str]], RenderableType],
    say: Callable[[Seen], str],
) -> Iterator[Callable[[Seen], None]]:
    """A live table on a terminal, the news line by line elsewhere."""
    news: deque[str] = deque(maxlen=NEWS)
    if not console.is_terminal:
        yield _lines(console, tell, say)
        return
    with Live(console=console, refresh_per_second=12) as live:

        def show(seen: Seen) -> None:
            news.extend(tell(seen))
            live.update(paint(seen, list(news)))

        yield show


def read_news(record: Record, seen: Snapshot) -> list[str]:
    """What happened since the last snapshot, a line each."""
    told = []
    for event in seen.news:
        name, text = name_of(record.stage, event), describe(record, event)
        if name and text:
            told.append(f"{event.at.block:>6}  {name} {text}")
    return told


def draw(scenario: Scenario, seen: Snapshot, news: Sequence[str]) -> RenderableType:
    """The live table."""
    return Group(
        _clock(scenario, seen), Text(), _tasks(scenario, seen), Text(), _keeper(seen), latest(news)
    )


def latest(news: Sequence[str]) -> Text:
    """The last things that happened, trouble in colour."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for line in news:
        text.append(f"{line}\n", "yellow" if TROUBLE.search(line) else "bright_black")
    return text


def status_text(status: TaskStatus) -> Text:
    """A status in its colour."""
    return Text(status.name.lower(), style=COLOURS.get(status, ""))


def _lines(
    console: Console, tell: Callable[[Seen], Sequence[str]], say: Callable[[Seen], str]
) -> Callable[[Seen], None]:
    said = time.monotonic()

    def show(seen: Seen) -> None:
        nonlocal said
        news = tell(seen)
        for line in news:
            console.print(line, markup=False, soft_wrap=True)
        now = time.monotonic()
        if news or now - said < LINE_EVERY_S:
            said = now if news else said
            return
        said = now
        console.print(say(seen))

    return show


def _clock(scenario: Scenario, seen: Snapshot) -> RenderableType:
    chain = scenario.chain
    span = (chain.opens, seen.block, chain.ends)
    facts = [f"base fee {seen.base_fee / 1e9:.2f} gwei"]
    return clock(scenario.title, span, facts, due=seen.due)


def clock(
    title: str, span: tuple[int, int, int], facts: Sequence[str], *, due: int
) -> RenderableType:
    """The title, and how far the play has come: from which block, to which now, of which last."""
    opens, now, ends = span
    bar = ProgressBar(
        total=ends - opens,
        completed=now - opens,
        width=24,
        complete_style="cyan",
        finished_style="green",
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_row(
        Text(f"block {now} of {ends}", style="bold"),
        bar,
        *facts,
        Text(f"{due} due", style="bold magenta" if due else "bright_black"),
    )
    return Group(Text(title, style="bold cyan"), grid)


def _tasks(scenario: Scenario, seen: Snapshot) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bright_black")
    for heading in ("task", "owner", "calls", "status"):
        table.add_column(heading, no_wrap=heading != "calls")  # that one gives way if need be
    for heading in ("next", "ran", "failed", "to go"):
        table.add_column(heading, justify="right", no_wrap=True)
    for task in seen.tasks:
        table.add_row(*_task_row(scenario, task, seen))
    return table


def _task_row(scenario: Scenario, task: TaskNow, seen: Snapshot) -> list[RenderableType]:
    plan, metrics = scenario.tasks[task.name], task.info.metrics
    left = task.info.definition.schedule.executions
    to_go = "-" if task.status.has_ended else "∞" if left == UNLIMITED else str(left)
    late = 0 < metrics.next_block <= seen.block
    following = str(metrics.next_block) if metrics.next_block else "-"
    return [
        Text(task.name, style="bold"),
        plan.owner,
        Text(plan.call, style="bright_black", no_wrap=True, overflow="ellipsis"),
        status_text(task.status),
        Text(following, style="bold magenta" if late else ""),
        str(metrics.executions),
        Text(str(metrics.failures), style="red" if metrics.failures else ""),
        to_go,
    ]


def _keeper(seen: Snapshot) -> Text:
    style = "green" if seen.profit >= 0 else "red"
    text = Text("keeper  ", style="bold")
    text.append(
        f"{seen.executed} executed  {seen.failed} failed  {seen.batches} batches  ", "not bold"
    )
    text.append(f"{seen.gas:,} gas  ", "not bold")
    text.append(f"profit {short(seen.profit)}\n", f"not bold {style}")
    return text
