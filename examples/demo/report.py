"""The end of the play: every task's story, the books, the verdict."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from examples.demo.books import Books, OwnerBook
from examples.demo.record import Record, Snapshot
from examples.demo.story import cost_of, describe_plan, refunds, tell
from examples.demo.view import status_text
from taskwork.units import ether, short


@dataclass(frozen=True)
class Report:
    """All that is to be said."""

    record: Record
    end: Snapshot
    books: Books
    disagreements: list[str]
    seconds: float


def print_report(console: Console, report: Report) -> None:
    """For people."""
    console.print()
    console.rule("what became of the tasks", style="bright_black", align="left")
    for task in report.end.tasks:
        _print_story(console, report.record, task.name, status_text(task.status))
    _print_refunds(console, report.record)
    console.print()
    console.rule("the books, in ether to the wei", style="bright_black", align="left")
    console.print(_books(report.books))
    _print_verdict(console, report)


def as_json(report: Report) -> dict[str, Any]:
    """For machines: blocks, wei and words."""
    record, tasks = report.record, {}
    for task in report.end.tasks:
        metrics = task.info.metrics
        tasks[task.name] = {
            "hash": record.stage.tasks[task.name],
            "status": task.status.name.lower(),
            "executed": metrics.executions,
            "failed": metrics.failures,
            "next_block": metrics.next_block,
            "reserved": metrics.reserved_bond,
            "charged": cost_of(record, task.name),
            "story": [str(line) for line in tell(record, task.name, task.status)],
        }
    return {
        "ok": not report.disagreements,
        "disagreements": report.disagreements,
        "seconds": round(report.seconds, 1),
        "manager": record.stage.manager.address,
        "blocks": report.end.block,
        "gas": report.end.gas,
        "tasks": tasks,
        "books": _books_as_json(report.books),
    }


def _books_as_json(books: Books) -> dict[str, Any]:
    return {
        "owners": {owner.name: asdict(owner) for owner in books.owners},
        "executor": {**asdict(books.executor), "profit": books.executor.profit},
        "manager": asdict(books.manager),
        "balance": not list(books.differences()),
    }


def _print_story(console: Console, record: Record, task: str, status: Text) -> None:
    plan = record.stage.scenario.tasks[task]
    how = f"{plan.owner} has {plan.call} called {describe_plan(plan.every, plan.runs)}"
    console.print(f"\n[bold]{task}[/]  [bright_black]{escape(how)}[/]", soft_wrap=True)
    now = next(now for now in record.now if now.name == task)
    for line in tell(record, task, now.status):
        console.print(f"  {escape(str(line))}", soft_wrap=True)
    console.print(
        f"  in the end: [{status.style}]{status}[/], "
        f"{now.info.metrics.executions} ran, {now.info.metrics.failures} failed, "
        f"{short(cost_of(record, task))} paid for it",
        soft_wrap=True,
    )


def _print_refunds(console: Console, record: Record) -> None:
    owners = record.stage.scenario.owners
    taken = [(line.blocks[0], name, line) for name in owners for line in refunds(record, name)]
    if taken:
        console.print("\n[bold]refunds[/bold]")
    for block, name, line in sorted(taken, key=lambda entry: entry[0]):
        console.print(f"  block {block}: {name} {line.text}")


def _books(books: Books) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    for owner in books.owners:
        _add_owner(table, owner)
    executor, manager = books.executor, books.manager
    table.add_row("keeper", "reimbursed", ether(executor.reimbursed))
    table.add_row("", "paid for gas", ether(-executor.gas_cost))
    wallet = executor.balance + executor.credit - executor.funds
    table.add_row("", f"profit{_margin(books)}", sum_text(executor.profit, wallet))
    table.add_row("manager", "owes bonds", ether(manager.bonds))
    table.add_row("", "owes credits and fees", ether(manager.credits + manager.fees))
    held = manager.bonds + manager.credits + manager.fees
    table.add_row("", "holds", sum_text(held, manager.balance))
    return table


def _add_owner(table: Table, owner: OwnerBook) -> None:
    table.add_row(owner.name, "deposited", ether(owner.deposited))
    table.add_row("", "charged by its tasks", ether(-owner.charged))
    table.add_row("", "withdrawn", ether(-owner.withdrawn))
    table.add_row("", "bond left", sum_text(owner.left, owner.bond))
    table.add_row("", "of which reserved", sum_text(owner.reserved_by_task, owner.reserved))


def sum_text(by_events: int, by_chain: int) -> Text:
    """What the chain says, in green if the events say the same."""
    agree = by_events == by_chain
    style = "green" if agree else "bold red"
    return Text(f"{'=' if agree else '≠'} {ether(by_chain)}", style=style)


def _margin(books: Books) -> str:
    cost = books.executor.gas_cost
    return f", {100 * books.executor.profit / cost:+.1f} % of the gas" if cost else ""


def _print_verdict(console: Console, report: Report) -> None:
    console.print()
    print_disagreements(console, report.disagreements)
    if not report.disagreements:
        count = len(report.end.tasks)
        console.print(
            f"[green]✓[/green] the chain agrees with what was expected of {count} tasks, and the "
            f"books balance  [bright_black]{report.seconds:.1f} s[/bright_black]",
        )


def print_disagreements(console: Console, disagreements: list[str]) -> None:
    """A line each."""
    for line in disagreements:
        console.print(f"[red]✗[/red] {escape(line)}", soft_wrap=True)
