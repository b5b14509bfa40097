"""`python -m benchmarks load`, `hour` and `proving`: what takes minutes to measure."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks import drawing, figures, hour, load, proofs
from benchmarks.figures import Figures

MACHINES = ("processor ms", "memory")  # in the name of what depends on the machine
WIDTH = 100  # columns that the tables need
TIMES = 3  # more than committed is too much for any machine


@dataclass(frozen=True)
class Study:
    """Something that takes minutes to measure."""

    name: str
    measure: Callable[[], dict[str, int]]
    faults: Callable[[Figures, Figures], list[str]]  # of what was measured, beside the committed


def load_faults(committed: Figures, measured: Figures) -> list[str]:
    """Counts must be as committed; what depends on the machine may be threefold."""
    found = []
    for key in sorted({*committed, *measured}):
        before, now = committed.get(key), measured.get(key)
        of_machine = any(word in key for word in MACHINES)
        if before is None or now is None or (now > TIMES * before if of_machine else now != before):
            found.append(f"{key}: {before} committed, {now} measured")
    return found


def hour_faults(_: Figures, measured: Figures) -> list[str]:
    """The books are the balance, and it is more than before."""
    found = []
    if measured["hour, books"] != measured["hour, balance"]:
        found.append(f"books {measured['hour, books']}, balance {measured['hour, balance']}")
    if measured["hour, balance"] <= 0:
        found.append(f"the hour brought {measured['hour, balance']} wei")
    return found


STUDIES = (
    Study("load", load.measure_all, load_faults),
    Study("hour", hour.measure_all, hour_faults),
    Study("proving", proofs.measure_proving, load_faults),
)


def command_of(study: Study) -> click.Command:
    """The command that measures it."""

    @click.command(study.name, help=study.measure.__doc__)
    @click.option("--check", is_flag=True, help="Exit with 1 where it is not as it must be.")
    @click.option("--update", is_flag=True, help="Commit to what is measured.")
    @click.option("--committed", is_flag=True, help="Measure nothing; print what is committed.")
    @click.option("--json", "as_json", is_flag=True, help="Print the figures for machines.")
    def run(*, check: bool, update: bool, committed: bool, as_json: bool) -> None:
        before = figures.load(study.name)
        found = before if committed else study.measure()
        show(study, found, as_json=as_json)
        faults = study.faults(before, found)
        for fault in faults:
            click.echo(fault, err=True)
        if update:
            figures.save(study.name, found)
            drawing.draw_all()
        elif check and faults:
            sys.exit(1)

    return run


def show(study: Study, found: Mapping[str, int], *, as_json: bool) -> None:
    """Print the figures."""
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        console = Console()
        console.width = max(console.width, WIDTH)
        console.print(hour_table(found) if study.name == "hour" else load_table(found))


def load_table(found: Mapping[str, int]) -> Table:
    """One figure to a row."""
    table = Table(box=SIMPLE, show_header=False)
    for key, value in found.items():
        table.add_row(key, f"{value:,}")
    return table


def hour_table(found: Mapping[str, int]) -> Table:
    """Five minutes to a row; money in units of 0.001 ether."""
    table = Table(box=SIMPLE)
    for heading in ("minute", *hour.ROW, "earned"):
        table.add_column(heading.replace("mgwei", "gwei"), justify="right")
    for name in hour.row_names(found):
        fee, *counts, spent, received = (found[f"{name}, {column}"] for column in hour.ROW)
        money = [f"{wei / 10**15:,.3f}" for wei in (spent, received, received - spent)]
        label = name.removeprefix("minute ")
        table.add_row(label, f"{fee / 1000:.2f}", *(str(count) for count in counts), *money)
    total = [found[f"hour, {column}"] for column in hour.ROW[1:]]
    earned = f"{found['hour, balance'] / 10**15:,.3f}"
    money = [f"{wei / 10**15:,.3f}" for wei in total[-2:]]
    table.add_row("all", "", *(str(count) for count in total[:-2]), *money, earned, style="bold")
    table.caption = (
        "spent, received, earned: 0.001 ether\n"
        f"books {found['hour, books']} wei, balance {found['hour, balance']} wei"
    )
    return table
