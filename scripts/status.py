"""`ape run status`: a task, an account's tasks, or the whole queue."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from scripts._shared import (
    Account,
    ChainCommand,
    Hash,
    console,
    describe_runway,
    json_option,
    manager_option,
    on_manager,
    print_json,
    print_rows,
)
from taskwork.actions.explanation import in_words
from taskwork.actions.reporting import TaskReport, report_account, report_queue, report_task
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.types import UNLIMITED, Address, TaskHash
from taskwork.units import short

WIDTH = 128  # whole hashes, to be copied


@click.command(cls=ChainCommand)
@click.argument("task_hash", type=Hash(), required=False)
@click.option(
    "--of",
    "account",
    type=Account(),
    help="All tasks of an account, such as TEST::0.",
)
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="Of the queue."
)
@manager_option
@json_option
def cli(
    task_hash: TaskHash | None,
    account: Address | None,
    limit: int,
    manager: Address | None,
    machine: bool,
) -> None:
    """Show the task TASK_HASH, or the tasks of an account, or what is queued, next block first.

    The runway is how many runs the bond still pays for, even if each costs the most it can.
    """

    async def report(client: TaskManagerClient) -> list[TaskReport]:
        if task_hash is not None:
            return [await report_task(client, task_hash)]
        if account is not None:
            return await report_account(client, account)
        return await report_queue(client, limit)

    reports = on_manager(manager, report)
    if machine:
        print_json([_as_json(one) for one in reports])
    elif task_hash is not None:
        _print_one(reports[0])
    else:
        _print_all(reports)


def _as_json(report: TaskReport) -> dict[str, object]:
    task, schedule, metrics = report.definition.task, report.definition.schedule, report.metrics
    return {
        "task_hash": report.task_hash,
        "status": report.status.name.lower(),
        "owner": task.owner,
        "target": task.target,
        "data": f"0x{task.data.hex()}",
        "gas": task.gas,
        "next_block": metrics.next_block,
        "interval": schedule.interval,
        "deadline": schedule.deadline,
        "executed": metrics.executions,
        "failed": metrics.failures,
        "to_go": schedule.executions,
        "reserve": metrics.reserved_bond,
        "bond": report.bond.total,
        "free_bond": report.bond.free,
        "reason": report.outlook.explanation.reason.name.lower() if report.outlook else None,
        "runway": asdict(report.outlook.runway) if report.outlook else None,
    }


def _print_one(report: TaskReport) -> None:
    task, schedule, metrics = report.definition.task, report.definition.schedule, report.metrics
    print_rows(
        {
            "task": report.task_hash,
            "status": f"[bold]{report.status.name.lower()}[/]",
            "due from block": str(metrics.next_block or "-"),
            "runs": f"{metrics.executions} ran, {metrics.failures} failed, {_to_go(report)} to go",
            "interval": f"{schedule.interval} blocks" if schedule.executions > 1 else "-",
            "deadline": str(schedule.deadline or "-"),
            "calls": f"{task.target} with {task.gas:,} gas",
            "data": f"0x{task.data.hex()}",
            "owner": task.owner,
            "reserve": short(metrics.reserved_bond),
            "bond": f"{short(report.bond.total)}, of which {short(report.bond.free)} free",
            **_outlook(report),
        }
    )


def _print_all(reports: list[TaskReport]) -> None:
    if not reports:
        console.print("No tasks.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bright_black")
    table.add_column("task", no_wrap=True)
    table.add_column("status")
    for heading in ("next", "ran", "failed", "to go", "runway", "reserve"):
        table.add_column(heading, justify="right")
    for report in reports:
        metrics = report.metrics
        table.add_row(
            report.task_hash,
            report.status.name.lower(),
            str(metrics.next_block or "-"),
            str(metrics.executions),
            str(metrics.failures),
            _to_go(report),
            str(report.outlook.runway.at_least) if report.outlook else "-",
            short(metrics.reserved_bond),
        )
    Console(highlight=False, width=max(console.width, WIDTH)).print(table)


def _outlook(report: TaskReport) -> dict[str, str]:
    if report.outlook is None:
        return {}
    why = {"why": in_words(report.outlook.explanation)}
    if report.status.has_ended:
        return why
    return {"bond pays for": describe_runway(report.outlook.runway), **why}


def _to_go(report: TaskReport) -> str:
    left = report.definition.schedule.executions
    if report.status.has_ended:
        return "-"
    return "∞" if left == UNLIMITED else str(left)
