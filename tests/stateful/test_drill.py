"""Bugs planted in the manager: the state machine must find each within a minute."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful import drill
from tests.stateful.compiled import Compiled, contracts
from tests.stateful.machine import Stage, machine_on

pytestmark = pytest.mark.integration

SECONDS = 60
HISTORIES = 600  # some 45,000 steps

# The same histories every time; the first that fails will do, as it is.
search = settings(
    max_examples=HISTORIES,
    stateful_step_count=80,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def stage_of(code: Compiled) -> Stage:
    pytest.importorskip("pyrevm", reason="pyrevm has no wheels for Python 3.13")
    from tests.stateful.revm import Revm

    return Stage.on(Revm(), code)


@pytest.mark.parametrize("bug", drill.bugs())
def test_drill__planted_bug__is_found(bug):
    stage = stage_of(drill.with_bug(bug))
    started = time.monotonic()
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_on(stage), settings=search)
    assert time.monotonic() - started < SECONDS, f"found only after {stage.steps} steps"


def test_drill__no_bug__is_not_found():
    stage = stage_of(contracts())
    run_state_machine_as_test(machine_on(stage), settings=settings(search, max_examples=60))


def test_drill__planted_bugs__are_at_least_five():
    assert len(drill.bugs()) >= 5
