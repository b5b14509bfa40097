"""The state machine on a real anvil, for truth of gas and fees; and that both engines agree."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from taskwork.devnet.node import running_node
from tests.stateful.compiled import contracts
from tests.stateful.driver import Driver
from tests.stateful.machine import Stage, machine_on
from tests.stateful.node import Node
from tests.support.rpc import Rpc

STEPS = int(os.environ.get("TASKWORK_STATEFUL_NODE_STEPS", "2000"))
HISTORIES_TO_COMPARE = 25
LONGEST_LEAP = 150  # blocks: anvil mines every one of them

pytestmark = pytest.mark.integration


def limits(histories: int, steps: int) -> settings:
    return settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def stage(tmp_path) -> Iterator[Stage]:
    """A chain of its own, with everything deployed."""
    with running_node(tmp_path / "anvil.log") as node:
        rpc = Rpc(node.url)
        yield Stage.on(Node(rpc), contracts(), longest_leap=LONGEST_LEAP, holds=False)
        rpc.close()


@pytest.mark.timeout(120 + STEPS // 10)
def test_manager_on_a_node__any_history__behaves_as_the_model(stage):
    while stage.steps < STEPS:
        run_state_machine_as_test(machine_on(stage), settings=limits(25, 40))


@pytest.mark.timeout(300)
def test_engines__the_same_history__end_in_the_same_state(stage):
    """Histories played in process are played again on the node; nothing but gas may differ."""
    pytest.importorskip("pyrevm", reason="pyrevm has no wheels for Python 3.13")
    from tests.stateful.revm import Revm

    ended: list[Driver] = []
    in_process = Stage.on(
        Revm(), contracts(), longest_leap=LONGEST_LEAP, holds=False, plain=True,
        ended=ended.append,
    )  # fmt: skip
    run_state_machine_as_test(machine_on(in_process), settings=limits(HISTORIES_TO_COMPARE, 40))
    compared = [replay(stage, in_process, driver) for driver in ended]
    assert sum(compared) > len(compared) // 2, "gas decided most histories: they tell nothing"


def replay(stage: Stage, other: Stage, driver: Driver) -> bool:
    """Play a history again; whether no decision in it was left to gas, so that it compares."""
    stage.reset()
    again = Driver(stage.engine, stage.worlds[other.worlds.index(driver.world)])
    for step in driver.history:
        again.play(step)
    if driver.model.doubts or again.model.doubts:
        return False
    assert outcome(again) == outcome(driver)
    return True


def outcome(driver: Driver) -> list[Any]:
    """What became of every task, but for what it cost."""
    return [
        (task.hash, task.status, task.next, task.drift, task.left, task.executed, task.failed,
         task.streak, task.deferrals)
        for task in driver.model.tasks.values()
    ]  # fmt: skip
