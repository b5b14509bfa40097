"""The end of the second act: every job's story, the books, the verdict."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from examples.demo.jobs import cast
from examples.demo.jobs.books import JobBooks, PersonBook
from examples.demo.jobs.deeds import read_result
from examples.demo.jobs.record import JobRecord, JobSnapshot
from examples.demo.jobs.stage import JobStage
from examples.demo.jobs.story import tell_job
from examples.demo.jobs.view import status_text
from examples.demo.report import print_disagreements, sum_text
from examples.demo.verdict import Disagreement
from taskwork.chain.types import Address
from taskwork.units import ether, short


@dataclass(frozen=True)
class JobReport:
    """All that is to be said."""

    record: JobRecord
    end: JobSnapshot
    books: JobBooks
    results: dict[str, str]  # as the requester reads them
    disagreements: list[str]
    seconds: float


async def judge_jobs(
    record: JobRecord, end: JobSnapshot, books: JobBooks, refused: list[str]
) -> list[str]:
    """Every disagreement, each in one line; none when all is well."""
    points = [
        *disagreements_of(end, record.stage.name_of),
        *[one async for one in _results(record.stage)],
    ]
    return [*map(str, points), *refused, *books.differences()]


async def read_results(stage: JobStage) -> dict[str, str]:
    """What the requester got."""
    return {job: await read_result(stage, job) for job in cast.ANSWERS}


def print_job_report(console: Console, report: JobReport) -> None:
    """For people."""
    console.print()
    console.rule("what became of the jobs", style="bright_black", align="left")
    for job in cast.JOBS:
        _print_story(console, report, job)
    console.print()
    console.rule("the books, in ether to the wei", style="bright_black", align="left")
    console.print(_books(report.books))
    console.print()
    print_disagreements(console, report.disagreements)
    if not report.disagreements:
        console.print(
            f"[green]✓[/green] the chain agrees with what was expected of {len(cast.JOBS)} jobs, "
            f"and the books balance  [bright_black]{report.seconds:.1f} s[/bright_black]",
        )


def job_report_as_json(report: JobReport) -> dict[str, Any]:
    """For machines: blocks, wei and words."""
    jobs = {
        name: {
            "status": job.status.name.lower(),
            "worker": report.record.stage.name_of(job.worker),
            "reward": job.reward,
            "result": report.results.get(name),
            "story": [str(line) for line in tell_job(report.record, name)],
        }
        for name, job in report.end.jobs.items()
    }
    books = report.books
    return {
        "ok": not report.disagreements,
        "disagreements": report.disagreements,
        "seconds": round(report.seconds, 1),
        "pool": report.record.stage.pool.address,
        "jobs": jobs,
        "books": {
            "people": {one.name: {**asdict(one), "gained": one.gained} for one in books.people},
            "pool": asdict(books.pool),
            "time": {**asdict(books.time), "profit": books.time.profit},
            "balance": not list(books.differences()),
        },
    }


def disagreements_of(end: JobSnapshot, name_of: Callable[[Address], str]) -> Iterator[Disagreement]:
    """The jobs that did not end as they must."""
    for name, plan in cast.JOBS.items():
        job = end.jobs.get(name)
        status = job.status if job else None
        if status is not plan.status:
            found = status.name.lower() if status else "never posted"
            yield Disagreement(f"jobs.{name}.status", plan.status.name.lower(), found)
        worker = name_of(job.worker) if job else None
        if plan.worker and worker != plan.worker:
            yield Disagreement(f"jobs.{name}.worker", plan.worker, str(worker))


async def _results(stage: JobStage) -> AsyncIterator[Disagreement]:
    for name, wanted in cast.ANSWERS.items():
        found = await read_result(stage, name)
        if found != wanted:
            yield Disagreement(f"jobs.{name}.result", repr(wanted), repr(found))


def _print_story(console: Console, report: JobReport, job: str) -> None:
    plan, now = cast.JOBS[job], report.end.jobs[job]
    console.print(f"\n[bold]{job}[/]  [bright_black]{escape(plan.shows)}[/]", soft_wrap=True)
    for line in tell_job(report.record, job):
        console.print(f"  {escape(str(line))}", soft_wrap=True)
    status = status_text(now.status)
    console.print(f"  in the end: [{status.style}]{status}[/]{_got(report, job)}", soft_wrap=True)


def _got(report: JobReport, job: str) -> str:
    result = report.results.get(job)
    if result is None:
        return ""
    where = " (sealed: the chain has only a ciphertext)" if cast.JOBS[job].is_secret else ""
    return f", “{escape(result)}”{where}"


def _books(books: JobBooks) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    for person in books.people:
        _add_person(table, person)
    pool, time = books.pool, books.time
    table.add_row("pool", "owes rewards and bonds", ether(pool.escrow + pool.bonds))
    table.add_row("", "owes credits", ether(pool.credits))
    table.add_row("", "holds", sum_text(pool.owed, pool.balance))
    table.add_row("time", "budget", ether(time.budget))
    table.add_row("", "charged for calls on time", ether(-time.charged))
    table.add_row("", "left", sum_text(time.budget - time.charged, time.left))
    table.add_row("keeper", "reimbursed", sum_text(time.charged, time.reimbursed))
    table.add_row("", "paid for gas", ether(-time.gas))
    return table


def _add_person(table: Table, person: PersonBook) -> None:
    table.add_row(person.name, "paid into the pool", ether(-person.paid_in))
    for what, amount in (("rewards", person.rewards), ("withdrawn", person.withdrawn)):
        if amount:
            table.add_row("", what, ether(amount))
    table.add_row("", "paid for gas", ether(-person.gas))
    table.add_row("", "credit left", sum_text(person.credit, person.credit_there))
    table.add_row("", "wallet", sum_text(person.wallet, person.wallet_there))
    style = "green" if person.gained >= 0 else "yellow"
    table.add_row("", f"[{style}]{_in_words(person)}[/]", "")


def _in_words(person: PersonBook) -> str:
    verb = "gained" if person.gained >= 0 else "spent"
    return f"{verb} {short(abs(person.gained))}, gas aside"
