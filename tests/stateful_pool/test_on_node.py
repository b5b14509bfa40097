"""The pools' state machine on a real anvil, for truth."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from taskwork.devnet.node import running_node
from tests.stateful.node import Node
from tests.stateful_pool.compiled import contracts
from tests.stateful_pool.machine import Stage, machine_on
from tests.support.rpc import Rpc

STEPS = int(os.environ.get("TASKWORK_STATEFUL_POOL_NODE_STEPS", "400"))

on_a_node = settings(
    max_examples=8,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def stage(tmp_path) -> Iterator[Stage]:
    """A chain of its own, with everything deployed."""
    with running_node(tmp_path / "anvil.log") as node:
        rpc = Rpc(node.url)
        yield Stage.on(Node(rpc), contracts())
        rpc.close()


@pytest.mark.integration
@pytest.mark.timeout(240 + STEPS // 2)
def test_pools_on_a_node__any_history__behave_as_the_model(stage):
    while stage.steps < STEPS:
        run_state_machine_as_test(machine_on(stage), settings=on_a_node)
