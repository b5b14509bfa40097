"""A scenario: a name, what happens in it, and how long it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.stage import Stage

Play = Callable[[Stage, int], None]


@dataclass(frozen=True)
class Scenario:
    """Something bad that is done to keepers; afterwards all checks must hold."""

    name: str
    what: str
    play: Play  # on a stage, for so many rounds
    rounds: int
    few: int  # rounds of the short form; 0 leaves it out
    waste: int = 0  # transactions per round that may do nothing

    def rounds_of(self, *, short: bool) -> int:
        return self.few if short else self.rounds


SCENARIOS: dict[str, Scenario] = {}


def scenario(rounds: int = 1, *, few: int = 0, waste: int = 0) -> Callable[[Play], Play]:
    """Enter a function as a scenario; its docstring says what happens."""

    def enter(play: Play) -> Play:
        name = play.__name__
        what = (play.__doc__ or "").strip()
        SCENARIOS[name] = Scenario(name, what, play, rounds, few, waste)
        return play

    return enter
