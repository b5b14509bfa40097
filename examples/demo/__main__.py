"""`python -m examples.demo`: a chain, a keeper, three owners, and the books at the end."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console

from examples.demo.books import close_books
from examples.demo.play import Play
from examples.demo.reading import ScenarioError, read_scenario
from examples.demo.record import Record, Snapshot
from examples.demo.report import Report, as_json, print_report
from examples.demo.scenario import Scenario
from examples.demo.stage import KEEPER, Stage, set_stage
from examples.demo.verdict import judge
from examples.demo.view import watching
from taskwork.chain.rpc import connect
from taskwork.devnet.keeper import KeeperProcess, fresh_store, keeper_command, keeper_environment
from taskwork.devnet.node import NodeOptions, running_node
from taskwork.devnet.processes import running
from taskwork.errors import TaskworkError

SHIPPED = Path("examples/demo.yaml")
LOGS = Path(".build/demo")
POLL_S = 0.1


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path), default=SHIPPED)
@click.option("--json", "machine", is_flag=True, help="Print one JSON object at the end, only.")
@click.option(
    "--logs",
    type=click.Path(path_type=Path),
    default=LOGS,
    show_default=True,
    help="Where the node and the keeper write their logs.",
)
def main(scenario: Path, machine: bool, logs: Path) -> None:
    """Play a SCENARIO on a chain of its own (examples/demo.yaml unless another is given).

    A real keeper process executes what is due. The exit code is 0 when the chain agrees with the
    scenario's expectations and the books balance, 1 when not, 2 when the scenario does not read.
    """
    console = Console(quiet=machine, highlight=False)
    try:
        report = asyncio.run(perform(read_scenario(scenario), logs, console))
    except ScenarioError as error:
        fail(str(error), code=2)
    except TaskworkError as error:
        fail(f"{scenario}: {error}", code=1)
    except asyncio.CancelledError:
        fail("stopped; the node and the keeper are gone", code=130)
    if machine:
        print(json.dumps(as_json(report), indent=2))
    else:
        print_report(console, report)
    sys.exit(1 if report.disagreements else 0)


async def perform(scenario: Scenario, logs: Path, console: Console) -> Report:
    """Start everything, play, stop everything, and judge."""
    started = time.monotonic()
    _stop_in_order()
    with running_node(logs / "anvil.log", NodeOptions()) as node:
        async with connect(node.url) as web3:
            with console.status("setting the stage") as status:
                stage = await set_stage(web3, scenario, status.update)
            record = Record(stage)
            play, end = await _play(stage, record, node.url, logs / "keeper.log", console)
            books = await close_books(record)
            disagreements = await judge(stage, end, books, play.refused)
    return Report(record, end, books, disagreements, time.monotonic() - started)


def _stop_in_order() -> None:
    """Let a signal end the play with everything it started, also where a script started it."""
    this = asyncio.current_task()
    if this:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, this.cancel)


async def _play(
    stage: Stage, record: Record, url: str, log: Path, console: Console
) -> tuple[Play, Snapshot]:
    command = keeper_command(url, stage.manager.address, stage.scenario.keeper.gas_reserve)
    store = fresh_store(log.parent)
    environment = keeper_environment(stage.accounts[KEEPER], store, poll_s=POLL_S)
    with (
        running(command, log, environment=environment) as process,
        watching(console, stage.scenario, record) as show,
    ):
        keeper = KeeperProcess(process, log)
        await asyncio.to_thread(keeper.wait_started)
        play = Play(stage, record, keeper, show)
        return play, await play.run()


def fail(message: str, *, code: int) -> NoReturn:
    """One line, and the exit code."""
    click.echo(f"demo: {message}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
