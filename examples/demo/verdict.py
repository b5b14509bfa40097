"""Whether the chain agrees with what the scenario expects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from examples.demo.books import Books
from examples.demo.record import Snapshot
from examples.demo.scenario import Scenario
from examples.demo.stage import Stage
from taskwork.chain.rpc import node_errors
from taskwork.units import ether


@dataclass(frozen=True)
class Disagreement:
    """One point in which the chain and the scenario differ."""

    about: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.about}: expected {self.expected}, found {self.found}"


async def judge(stage: Stage, end: Snapshot, books: Books, refused: dict[int, str]) -> list[str]:
    """Every disagreement, each in one line; none when all is well."""
    points = [*_tasks(stage.scenario, end), *[point async for point in _balances(stage)]]
    lines = [str(point) for point in points]
    lines += [
        f"acts.{index}: {stage.scenario.acts[index].who} was refused: {reason}"
        for index, reason in sorted(refused.items())
    ]
    return lines + list(books.differences())


def _tasks(scenario: Scenario, end: Snapshot) -> Iterator[Disagreement]:
    for task in end.tasks:
        expected, metrics = scenario.tasks[task.name].expect, task.info.metrics
        found = {
            "status": (expected.status.name.lower(), task.status.name.lower()),
            "executed": (str(expected.executed), str(metrics.executions)),
            "failed": (str(expected.failed), str(metrics.failures)),
        }
        for what, (wanted, is_) in found.items():
            if wanted != is_:
                yield Disagreement(f"tasks.{task.name}.{what}", wanted, is_)


async def _balances(stage: Stage) -> AsyncIterator[Disagreement]:
    for name, wanted in stage.scenario.expect.balances.items():
        with node_errors():
            found = await stage.web3.eth.get_balance(stage.addresses[name])
        if found != wanted:
            yield Disagreement(f"balances.{name}", f"{ether(wanted)} ether", ether(found))
