"""`python -m examples.demo`: two acts, each with a chain, a keeper, people, and its books."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click
from eth_account.signers.local import LocalAccount
from rich.console import Console

from examples.demo.books import close_books
from examples.demo.jobs.books import close_job_books
from examples.demo.jobs.play import JobPlay
from examples.demo.jobs.record import JobRecord
from examples.demo.jobs.report import (
    JobReport,
    job_report_as_json,
    judge_jobs,
    print_job_report,
    read_results,
)
from examples.demo.jobs.stage import set_job_stage
from examples.demo.jobs.view import watching_jobs
from examples.demo.play import Play
from examples.demo.reading import ScenarioError, read_scenario
from examples.demo.record import Record
from examples.demo.report import Report, as_json, print_report
from examples.demo.scenario import Scenario
from examples.demo.stage import KEEPER, set_stage
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
GAS_RESERVE = 50_000


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path), required=False)
@click.option("--json", "machine", is_flag=True, help="Print one JSON object at the end, only.")
@click.option(
    "--logs",
    type=click.Path(path_type=Path),
    default=LOGS,
    show_default=True,
    help="Where the nodes and the keepers write their logs.",
)
def main(scenario: Path | None, machine: bool, logs: Path) -> None:
    """Play scheduled tasks, then paid jobs, each on a chain of its own; or only your SCENARIO.

    The tasks are those of examples/demo.yaml. A real keeper process executes what is due. The exit
    code is 0 when the chain agrees with what is expected and the books balance, 1 when not, 2 when
    the scenario does not read.
    """
    console = Console(quiet=machine, highlight=False)
    try:
        reports = asyncio.run(perform(scenario, logs, console))
    except ScenarioError as error:
        fail(str(error), code=2)
    except TaskworkError as error:
        fail(f"{scenario or SHIPPED}: {error}", code=1)
    except asyncio.CancelledError:
        fail("stopped; the node and the keeper are gone", code=130)
    if machine:
        print(json.dumps(reports.as_json(), indent=2))
    sys.exit(0 if reports.are_well else 1)


@dataclass(frozen=True)
class Reports:
    """What is to be said of the acts that were played."""

    tasks: Report
    jobs: JobReport | None

    @property
    def are_well(self) -> bool:
        """Whether everything came as expected."""
        return not self.tasks.disagreements and not (self.jobs and self.jobs.disagreements)

    def as_json(self) -> dict[str, Any]:
        """For machines: the first act, and the second within."""
        second = {"second_act": job_report_as_json(self.jobs)} if self.jobs else {}
        return {**as_json(self.tasks), "ok": self.are_well, **second}


async def perform(scenario: Path | None, logs: Path, console: Console) -> Reports:
    """Play the scenario given, or both acts of the demo; each report comes as soon as it can."""
    _stop_in_order()
    tasks = await perform_tasks(read_scenario(scenario or SHIPPED), logs, console)
    print_report(console, tasks)
    if scenario is not None:
        return Reports(tasks, None)
    console.print()
    jobs = await perform_jobs(logs / "jobs", console)
    print_job_report(console, jobs)
    return Reports(tasks, jobs)


async def perform_tasks(scenario: Scenario, logs: Path, console: Console) -> Report:
    """Start everything, play, stop everything, and judge."""
    started = time.monotonic()
    with running_node(logs / "anvil.log", NodeOptions()) as node:
        async with connect(node.url) as web3:
            with console.status("setting the stage") as status:
                stage = await set_stage(web3, scenario, status.update)
            record = Record(stage)
            reserve = scenario.keeper.gas_reserve
            command = keeper_command(node.url, stage.manager.address, reserve)
            async with _keeper(command, stage.accounts[KEEPER], logs) as keeper:
                with watching(console, scenario, record) as show:
                    play = Play(stage, record, keeper, show)
                    end = await play.run()
            books = await close_books(record)
            disagreements = await judge(stage, end, books, play.refused)
    return Report(record, end, books, disagreements, time.monotonic() - started)


async def perform_jobs(logs: Path, console: Console) -> JobReport:
    """The same for the second act."""
    started = time.monotonic()
    with running_node(logs / "anvil.log", NodeOptions()) as node:
        async with connect(node.url) as web3:
            with console.status("setting the second stage") as status:
                stage = await set_job_stage(web3, status.update)
            record = JobRecord(stage)
            command = keeper_command(node.url, stage.manager.address, GAS_RESERVE)
            async with _keeper(command, stage.accounts[KEEPER], logs) as keeper:
                with watching_jobs(console, record) as show:
                    play = JobPlay(stage, record, keeper, show)
                    end = await play.run()
            books = await close_job_books(record)
            disagreements = await judge_jobs(record, end, books, play.refused)
            results = await read_results(stage)
    return JobReport(record, end, books, results, disagreements, time.monotonic() - started)


@asynccontextmanager
async def _keeper(
    command: Sequence[str], account: LocalAccount, logs: Path
) -> AsyncIterator[KeeperProcess]:
    """A keeper that follows the chain."""
    log = logs / "keeper.log"
    environment = keeper_environment(account, fresh_store(logs), poll_s=POLL_S)
    with running(command, log, environment=environment) as process:
        keeper = KeeperProcess(process, log)
        await asyncio.to_thread(keeper.wait_started)
        yield keeper


def _stop_in_order() -> None:
    """Let a signal end the play with everything it started, also where a script started it."""
    this = asyncio.current_task()
    if this:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, this.cancel)


def fail(message: str, *, code: int) -> NoReturn:
    """One line, and the exit code."""
    click.echo(f"demo: {message}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
