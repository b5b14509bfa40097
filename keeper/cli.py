"""`keeper`: runs the bot, or says how things stand."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

import click

from keeper.bot import Keeper
from keeper.keys import load_account
from keeper.log import Redactor, set_up_logs
from keeper.settings import Settings, read_settings
from keeper.startup import find_manager
from keeper.status import Status, read_status
from taskwork.chain.rpc import connect
from taskwork.chain.types import Address
from taskwork.errors import TaskworkError

_COMMON = ("rpc", "manager", "chain_id", "keystore", "password_file")
_RUN = (
    *("gas_reserve", "gas_limit", "min_profit", "max_fee", "min_tip", "tip_share"),
    *("bump_blocks", "poll_interval_s", "block_timeout_s", "stop_timeout_s"),
    *("log_format", "log_level"),
)


def with_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command one flag per setting, and the settings; errors end it with one line."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def wrapped(**given: Any) -> None:
            flags = {name: given.pop(name) for name in names}
            redactor = Redactor([])
            try:
                settings = read_settings(flags)
                redactor = Redactor(settings.secrets)
                command(settings, **given)
            except TaskworkError as error:
                click.echo(f"keeper: {redactor.hide(error)}", err=True)
                sys.exit(2)

        flagged: Callable[..., None] = wrapped
        for name in reversed(names):
            flagged = _flag(name)(flagged)
        return flagged

    return decorate


def _flag(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    shown = f"{Settings.model_fields[name].description} [KEEPER_{name.upper()}]"
    return click.option(f"--{name.replace('_', '-')}", name, default=None, help=shown)


@click.group()
@click.version_option(package_name="taskwork")
def main() -> None:
    """Run what is due on a TaskManager, and be paid for it.

    Every flag is also an environment variable (in brackets). The key comes from
    KEEPER_PRIVATE_KEY or a keystore; without one nothing is sent.
    """


@main.command()
@with_settings(*_COMMON, *_RUN)
def run(settings: Settings) -> None:
    """Follow the chain and execute what is due and pays. Stop with Ctrl-C or SIGTERM."""
    set_up_logs(settings.log_format, settings.log_level, Redactor(settings.secrets))
    asyncio.run(_run(settings))


@main.command()
@with_settings(*_COMMON)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(settings: Settings, *, as_json: bool) -> None:
    """Say what is due, and whether the executor can pay for it."""
    account = load_account(settings)
    executor = Address(account.address) if account else None
    found = asyncio.run(read_status(settings, executor))
    click.echo(json.dumps(asdict(found), indent=2) if as_json else _in_words(found))


async def _run(settings: Settings) -> None:
    account = load_account(settings)
    async with connect(settings.rpc.get_secret_value()) as web3:
        chain_id, manager = await find_manager(web3, settings)
    await Keeper(settings, chain_id, manager, account).run(_stop_on_signal())


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


def _in_words(found: Status) -> str:
    width = max(len(name) for name in asdict(found))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in asdict(found).items())
