"""`keeper`: runs the bot, or says how things stand."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import asdict

import click

from keeper.app import Keeper
from keeper.backfill import backfill_index
from keeper.explain import explain_task
from keeper.keys import load_signer
from keeper.lease import choose_lease
from keeper.log import Redactor
from keeper.options import ALL, CHAIN, KEY, LOGS, as_json, show, with_settings
from keeper.settings import Settings
from keeper.status import Status, read_status
from taskwork.chain.types import as_task_hash


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
