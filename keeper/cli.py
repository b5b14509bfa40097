"""`keeper`: runs the bot, or says how things stand."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import asdict
from datetime import datetime

import click

from keeper.app import Keeper
from keeper.backfill import backfill_index
from keeper.doctor import examine, is_well
from keeper.doctor import in_words as finding_in_words
from keeper.explain import explain_task
from keeper.keys import load_signer
from keeper.lease import choose_lease
from keeper.log import Redactor
from keeper.options import ALL, CHAIN, KEY, LOGS, as_json, show, with_settings
from keeper.pnl import By, period_of, read_table
from keeper.pnl import as_json as table_as_json
from keeper.pnl import in_words as table_in_words
from keeper.replay import as_json as replay_as_json
from keeper.replay import decide_again
from keeper.replay import in_words as replay_in_words
from keeper.settings import Settings
from keeper.status import Status, read_status
from taskwork.chain.types import BlockNumber, as_task_hash

_TIME = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group()
@click.version_option(package_name="taskwork")
def main() -> None:
    """Run what is due on a TaskManager, and be paid for it.

    Every flag is also an environment variable (in brackets), or a line of the --config file. The
    key comes from KEEPER_PRIVATE_KEY, a keystore or a web3signer; without one nothing is sent.
    """


@main.command()
@with_settings(*ALL)
def run(settings: Settings, redactor: Redactor) -> None:
    """Follow the chain and execute what is due and pays. Stop with Ctrl-C or SIGTERM."""
    asyncio.run(_run(settings, redactor))


@main.command()
@with_settings(*CHAIN, *KEY)
@as_json
def status(settings: Settings, redactor: Redactor, *, as_json: bool) -> None:
    """Say what is due, whether the executor can pay for it, and what the store knows."""
    show(asdict(asyncio.run(_status(settings, redactor))), as_json=as_json)


@main.command()
@click.argument("task_hash")
@with_settings(*CHAIN)
@click.option("--live", is_flag=True, help="Ask the chain, too, and not only the store.")
@as_json
def explain(settings: Settings, _: Redactor, *, task_hash: str, live: bool, as_json: bool) -> None:
    """Say what happened to a task, and why it has not run."""
    found = asyncio.run(explain_task(settings, as_task_hash(task_hash), live=live))
    show(found, as_json=as_json)


@main.command()
@with_settings(*CHAIN, *KEY, *LOGS, "lease", "from_block", "log_span", "reorg_depth")
@as_json
def backfill(settings: Settings, redactor: Redactor, *, as_json: bool) -> None:
    """Build the event index anew, from --from-block or where the manager was deployed."""
    show(asyncio.run(backfill_index(settings, redactor.learn)), as_json=as_json)


@main.command()
@with_settings(*CHAIN)
@click.option("--by", type=click.Choice(list(By)), default=By.DAY, help="What a line is about.")
@click.option("--since", type=_TIME, help="First day, or time, UTC.")
@click.option("--until", type=_TIME, help="First day, or time, that is left out.")
@click.option("--foreseen", is_flag=True, help="What dry runs would have earned, instead.")
@as_json
def pnl(
    settings: Settings,
    _: Redactor,
    *,
    by: str,
    since: datetime | None,
    until: datetime | None,
    foreseen: bool,
    as_json: bool,
) -> None:
    """Print profit and loss from the store; the chain is not asked."""
    period = period_of(since, until)
    table = asyncio.run(read_table(settings, By(by), period, foreseen=foreseen))
    click.echo(json.dumps(table_as_json(table), indent=2) if as_json else table_in_words(table))


@main.command()
@with_settings(*ALL)
@as_json
def doctor(settings: Settings, redactor: Redactor, *, as_json: bool) -> None:
    """Check everything a keeper needs, and say what to do; ends with 1 when a check fails."""
    findings = asyncio.run(examine(settings, redactor.learn))
    if as_json:
        click.echo(redactor.hide(json.dumps([asdict(finding) for finding in findings], indent=2)))
    else:
        for finding in findings:
            click.echo(redactor.hide(finding_in_words(finding)))
    sys.exit(0 if is_well(findings) else 1)


@main.command()
@with_settings(*ALL)
@click.option("--from", "first", type=int, required=True, help="First block to decide about.")
@click.option("--to", "last", type=int, required=True, help="Last block.")
@as_json
def replay(settings: Settings, _: Redactor, *, first: int, last: int, as_json: bool) -> None:
    """Say what these settings would have decided about past blocks, next to what was earned.

    Each task counts once; tips are what is usual today. Needs a node that still has the states of
    those blocks.
    """
    period = (BlockNumber(first), BlockNumber(last))
    decisions = asyncio.run(decide_again(settings, *period))
    click.echo(
        json.dumps(replay_as_json(decisions), indent=2) if as_json else replay_in_words(decisions)
    )


async def _run(settings: Settings, redactor: Redactor) -> None:
    signer = await load_signer(settings, redactor.learn)
    keeper = Keeper(settings, signer, lambda *of: choose_lease(settings, *of))
    await keeper.run(_stop_on_signal())


async def _status(settings: Settings, redactor: Redactor) -> Status:
    signer = await load_signer(settings, redactor.learn)
    return await read_status(settings, signer.address if signer else None)


def _stop_on_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)  # the second one ends the process at once

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    return stop
