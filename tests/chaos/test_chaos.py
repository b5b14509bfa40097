"""The short form of `make chaos`, and bugs that it must find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import scenarios
from tests.chaos.planted import PATCHES, plant
from tests.chaos.runner import play
from tests.chaos.scenario import SCENARIOS

pytestmark = pytest.mark.integration

assert scenarios.__all__
SHORT = [name for name, one in SCENARIOS.items() if one.few]
# A bug, and the scenario that finds it by what it asserts.
PLANTED = {
    "journal_after_send": ("kill_after_send", "sent but not journaled"),
    "rollback_not_booked": ("reorg_replaced", "the books say"),
}


@pytest.mark.parametrize("name", SHORT)
def test_chaos__scenario__loses_nothing(name: str, tmp_path: Path) -> None:
    one = SCENARIOS[name]
    verdict = play(replace(one, rounds=one.few), seed=1, folder=tmp_path)
    assert verdict.runs >= verdict.tasks > 0


@pytest.mark.parametrize("bug", PLANTED)
def test_chaos__planted_bug__is_found(bug: str, tmp_path: Path) -> None:
    name, said = PLANTED[bug]
    sources = plant(bug, tmp_path)
    with pytest.raises(AssertionError, match=said):
        play(replace(SCENARIOS[name], rounds=1), seed=1, folder=tmp_path, sources=sources)


def test_planted__bugs__are_those_that_are_looked_for() -> None:
    assert sorted(PLANTED) == sorted(patch.stem for patch in PATCHES.glob("*.patch"))


def test_scenarios__all__are_twelve_at_least_and_say_what_they_do() -> None:
    assert len(SCENARIOS) >= 12
    assert all(one.what and one.rounds >= one.few for one in SCENARIOS.values())
