"""The measured figures of pools as tables, beside the goals and what others take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figures
from benchmarks.pool import POOL_OPERATIONS
from benchmarks.pool_scale import ACTS, KINDS, SIZES
from benchmarks.report import cells_of, number

HERE = Path(__file__).parent


def load_pool_goals() -> dict[str, int]:
    """Read benchmarks/pool_goals.json: the most that an operation may take, by its key."""
    goals: dict[str, int] = json.loads((HERE / "pool_goals.json").read_text("utf-8"))
    return goals


def load_pool_peers() -> dict[str, Any]:
    """Read benchmarks/pool_peers.json: what others take, by key and system."""
    peers: dict[str, Any] = json.loads((HERE / "pool_peers.json").read_text("utf-8"))
    return peers


def print_pool(console: Console, measured: Figures, committed: Figures) -> None:
    """Gas per operation of a pool that logs its bytes, where nothing else is said."""
    goals, peers = load_pool_goals(), load_pool_peers()
    table = Table(title="Gas per operation of a pool", title_justify="left", box=SIMPLE)
    table.add_column("", no_wrap=True)
    for heading in ("gas", "change", "goal", "", "seed's layout", "Boundless"):
        table.add_column(heading, justify="right", no_wrap=True)
    for operation in POOL_OPERATIONS:
        key = operation.key
        cells = cells_of(measured[key], committed.get(key), goals.get(key))
        others = (number(peers[system].get(key)) for system in ("seed", "boundless"))
        table.add_row(operation.title, *cells, *others)
    console.print(table)
    met = sum(measured[key] <= goal for key, goal in goals.items())
    console.print(f"{met} of {len(goals)} goals met, {len(goals) - met} missed")
    console.print(f"{peers['source']}\n", style="bright_black")


def print_scale(console: Console, measured: Figures) -> None:
    """The same acts beside few and many pools, jobs and workers."""
    table = Table(title="Gas of an act beside", title_justify="left", box=SIMPLE)
    table.add_column("", no_wrap=True)
    columns = [(kind, size) for kind in KINDS for size in SIZES]
    for kind, size in columns:
        table.add_column(f"{size:,} {kind}", justify="right", no_wrap=True)
    for act in ACTS:
        row = (number(measured.get(f"{act} beside {size} {kind}")) for kind, size in columns)
        table.add_row(act, *row)
    console.print(table)
