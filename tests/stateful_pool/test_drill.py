"""Bugs planted in the pool: the state machine must find each within a minute."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful import drill
from tests.stateful_pool.compiled import POOL, Compiled, contracts, creation_in
from tests.stateful_pool.machine import Stage, machine_on

pytestmark = pytest.mark.integration

PLANTED = Path(__file__).parent / "planted"
HISTORIES = 400  # some 25,000 steps, which take less than a minute on a machine that is not busy

# The same histories every time; the first that fails will do, as it is.
search = settings(
    max_examples=HISTORIES,
    stateful_step_count=60,
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


def with_bug(name: str) -> Compiled:
    """The contracts of this tree with a bug in the pool."""
    sound = contracts()
    patched = creation_in(drill.compiled_with(PLANTED / f"{name}.patch", POOL), POOL)
    assert patched != sound.creation[POOL], f"{name} changes nothing"
    return dataclasses.replace(sound, creation=sound.creation | {POOL: patched})


@pytest.mark.parametrize("bug", drill.bugs(PLANTED))
def test_pool_drill__planted_bug__is_found(bug):
    stage = stage_of(with_bug(bug))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_on(stage), settings=search)


def test_pool_drill__no_bug__is_not_found():
    stage = stage_of(contracts())
    run_state_machine_as_test(machine_on(stage), settings=settings(search, max_examples=40))


def test_pool_drill__planted_bugs__are_at_least_five():
    assert len(drill.bugs(PLANTED)) >= 5
