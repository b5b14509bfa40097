"""The pools' state machine in this process, for depth.

30,000 steps, or as many as TASKWORK_STATEFUL_POOL_STEPS says: `make fuzz` asks for more.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful_pool.compiled import contracts
from tests.stateful_pool.machine import Stage, machine_on

STEPS = int(os.environ.get("TASKWORK_STATEFUL_POOL_STEPS", "30000"))
STEPS_A_HISTORY = 80
HISTORIES_A_ROUND = 250  # after which Hypothesis begins afresh

in_process = settings(
    max_examples=HISTORIES_A_ROUND,
    stateful_step_count=STEPS_A_HISTORY,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def stage() -> Stage:
    """revm, with everything deployed."""
    pytest.importorskip("pyrevm", reason="pyrevm has no wheels for Python 3.13")
    from tests.stateful.revm import Revm

    return Stage.on(Revm(), contracts())


@pytest.mark.integration
@pytest.mark.timeout(120 + STEPS // 50)
def test_pools__any_history__behave_as_the_model(stage):
    while stage.steps < STEPS:
        run_state_machine_as_test(machine_on(stage), settings=in_process)
