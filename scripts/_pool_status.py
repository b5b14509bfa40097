"""`ape run pool-status`: all pools, one pool and its jobs, or one job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from scripts._shared import (
    Account,
    ChainCommand,
    console,
    factory_option,
    foreign,
    json_option,
    on_factory,
    on_pool,
    print_json,
    print_rows,
)
from taskwork.actions.pool_reporting import (
    PoolReport,
    PoolSummary,
    next_step,
    report_pool,
    report_pools,
    report_worker,
)
from taskwork.chain.pool_types import JobId, JobState
from taskwork.chain.types import ZERO_ADDRESS, Address
from taskwork.units import short, span

WIDTH = 128  # whole addresses, to be copied


@click.command(cls=ChainCommand)
@click.argument("pool", type=Account(), required=False)
@click.option("--job", type=click.IntRange(1), help="One job of the pool.")
@click.option("--of", "worker", type=Account(), help="The jobs that a worker holds in the pool.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="Of the latest jobs."
)
@factory_option
@json_option
def cli(
    *,
    pool: Address | None,
    job: int | None,
    worker: Address | None,
    limit: int,
    factory: Address | None,
    machine: bool,
) -> None:
    """Show all pools of the chain, or POOL with its latest jobs."""
    if pool is None:
        if job is not None or worker is not None:
            raise click.UsageError("name the pool, too")
        _show_pools(on_factory(factory, report_pools), machine=machine)
    elif job is not None:
        state = on_pool(pool, lambda client: client.get_job_state(JobId(job)))
        _show_job(state, machine=machine)
    elif worker is not None:
        held = on_pool(pool, lambda client: report_worker(client, worker))
        _show_jobs(held, machine=machine)
    else:
        report = on_pool(pool, lambda client: report_pool(client, limit))
        _show_pool(report, machine=machine)


def _show_pools(pools: list[PoolSummary], *, machine: bool) -> None:
    if machine:
        print_json([_pool_as_json(one) for one in pools])
    elif not pools:
        console.print("No pools: `ape run pool` makes one.")
    else:
        _print_pools(pools)


def _show_pool(report: PoolReport, *, machine: bool) -> None:
    if machine:
        fields = {**asdict(report), "jobs": [_job_as_json(one) for one in report.jobs]}
        print_json({**fields, "config": _config_as_json(report)})
        return
    _print_pool(report)
    console.print()
    _show_jobs(report.jobs, machine=False)


def _show_jobs(jobs: Sequence[JobState], *, machine: bool) -> None:
    if machine:
        print_json([_job_as_json(one) for one in jobs])
    elif not jobs:
        console.print("No jobs.")
    else:
        _print_jobs(jobs)


def _show_job(state: JobState, *, machine: bool) -> None:
    if machine:
        print_json(_job_as_json(state))
        return
    job = state.job
    print_rows(
        {
            "job": f"[bold]{job.task_id}[/]",
            "status": f"[bold]{job.status.name.lower()}[/]: {next_step(state)}",
            "time left": span(state.seconds_left) if state.seconds_left else "-",
            "reward": short(job.reward),
            "requester": job.requester,
            "worker": _worker(state),
            "rejected": f"{job.rejections} times",
            "priority": job.priority.name.lower(),
            "terms": f"version {job.terms_version}",
            "job hash": job.job_hash,
            "result hash": job.result_hash,
        }
    )


def _print_pools(pools: Sequence[PoolSummary]) -> None:
    table = _table("pool", "category", "active", right=("posted", "open", "live", "rewarded"))
    for pool in pools:
        table.add_row(
            pool.address,
            foreign(pool.info.category),
            "yes" if pool.info.is_active else "[yellow]no[/]",
            *(str(count) for count in (pool.stats.posted, pool.stats.open, pool.stats.live)),
            short(pool.stats.rewarded),
        )
    _wide(table)


def _print_pool(report: PoolReport) -> None:
    terms, config, stats = report.terms, report.config, report.stats
    idle = "" if report.is_active else " [yellow](inactive)[/]"
    who = "anybody" if config.open_posting else "its owner"
    print_rows(
        {
            "pool": f"[bold]{report.address}[/]",
            "category": foreign(report.category) + idle,
            "owner": config.owner,
            "pays in": "native coin" if config.is_native else config.asset,
            "posted by": f"{who}; at most {config.max_claims} claims a worker",
            "a claim": f"lasts {span(terms.claim_window)}, for a bond of {short(terms.claim_bond)}",
            "judged by": f"{terms.verifier}, within {span(terms.verify_window)}",
            "jobs": f"{stats.posted} posted, {stats.live} live, {stats.open} open",
            "money": f"{short(stats.owed)} owed, {short(stats.rewarded)} paid as rewards",
        }
    )


def _print_jobs(jobs: Sequence[JobState]) -> None:
    table = _table("job", "status", "worker", "what next", right=("reward", "left"))
    for state in jobs:
        style = "magenta" if state.is_overdue else ""
        table.add_row(
            str(state.job.task_id),
            state.status.name.lower(),
            _worker(state),
            f"[{style}]{next_step(state)}[/]" if style else next_step(state),
            short(state.job.reward),
            span(state.seconds_left) if state.seconds_left else "-",
        )
    _wide(table)


def _table(*left: str, right: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bright_black")
    for heading in left:
        table.add_column(heading, no_wrap=heading in {"pool", "worker"})
    for heading in right:
        table.add_column(heading, justify="right")
    return table


def _wide(table: Table) -> None:
    Console(highlight=False, width=max(console.width, WIDTH)).print(table)


def _worker(state: JobState) -> str:
    return "-" if state.job.worker == ZERO_ADDRESS else state.job.worker


def _pool_as_json(pool: PoolSummary) -> dict[str, Any]:
    return {"pool": pool.address, **asdict(pool.info), **asdict(pool.stats)}


def _config_as_json(report: PoolReport) -> dict[str, Any]:
    return {**asdict(report.config), "data_mode": report.config.data_mode.name.lower()}


def _job_as_json(state: JobState) -> dict[str, Any]:
    named = {
        "status": state.status.name.lower(),
        "priority": state.job.priority.name.lower(),
        "overdue": state.is_overdue,
        "seconds_left": state.seconds_left,
    }
    return {**asdict(state.job), **named}
