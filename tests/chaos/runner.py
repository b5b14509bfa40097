"""Plays scenarios, and says what came of each."""

from __future__ import annotations

import shutil
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from benchmarks.keeping import ROOT
from tests.chaos.checks import Verdict, check_all
from tests.chaos.scenario import Scenario
from tests.chaos.stage import running_stage

FOLDER = ROOT / ".build/chaos"


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario; no verdict when a check failed."""

    name: str
    seed: int
    seconds: float
    verdict: Verdict | None
    trouble: str = ""


def play(one: Scenario, *, seed: int, folder: Path = FOLDER, sources: Path = ROOT) -> Verdict:
    """Play a scenario and check its end; raises at the first check that fails."""
    place = folder / one.name
    shutil.rmtree(place, ignore_errors=True)
    # Another history for every scenario, the same for the same seed.
    with running_stage(place, seed=crc32(f"{seed} {one.name}".encode()), sources=sources) as stage:
        one.play(stage, one.rounds)
        return check_all(stage, wasted_at_most=one.waste * one.rounds)


def outcome_of(one: Scenario, *, seed: int, sources: Path = ROOT) -> Outcome:
    """Play a scenario; a failure is an outcome, too."""
    started = time.monotonic()
    verdict, trouble = None, ""
    try:
        verdict = play(one, seed=seed, sources=sources)
    except Exception as error:  # noqa: BLE001 - however it breaks, it has failed
        trouble = f"{type(error).__name__}: {error}"
        (FOLDER / one.name / "failure.txt").write_text(traceback.format_exc(), "utf-8")
    return Outcome(one.name, seed, time.monotonic() - started, verdict, trouble)
