"""What others cost, and what was aimed at: data to set beside one's own figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class System:
    """Another scheduler, or what one would cost that promised nothing."""

    name: str
    kind: str  # peer; unpaid: pays no executor on chain; unsafe: a prototype; floor
    note: str
    gas: Mapping[str, int]

    def takes(self, act: str) -> int | None:
        """The gas of an act; few tell a new block from one in use."""
        return self.gas.get(act, self.gas.get("register") if act == "register_new" else None)


@dataclass(frozen=True)
class Peers:
    """All that was measured of others, and how."""

    source: str
    systems: tuple[System, ...]

    def best(self, act: str) -> int | None:
        """What the cheapest takes that pays executors on chain."""
        figures = (one.takes(act) for one in self.systems if one.kind == "peer")
        return min((gas for gas in figures if gas is not None), default=None)

    def prototype(self, act: str) -> int | None:
        """What the prototype took, which was not safe."""
        (one,) = (one for one in self.systems if one.name == "queue prototype")
        return one.takes(act)


def load_peers() -> Peers:
    """Read benchmarks/peers.json."""
    data = json.loads((HERE / "peers.json").read_text("utf-8"))
    return Peers(data["source"], tuple(System(**one) for one in data["systems"]))


def load_goals() -> dict[str, int]:
    """Read benchmarks/goals.json: the most that an operation may take, by its key."""
    goals: dict[str, int] = json.loads((HERE / "goals.json").read_text("utf-8"))
    return goals
