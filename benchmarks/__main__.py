"""Measures what Taskwork costs: `python -m benchmarks --help`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

import click
from rich.console import Console

from benchmarks import (
    curves,
    drawing,
    economics,
    figures,
    keepers,
    operations,
    pool,
    pool_report,
    pool_scale,
    proofs,
    report,
)
from benchmarks.figures import Difference


@dataclass(frozen=True)
class Suite:
    """Figures of one kind, and whether more is worse."""

    name: str
    measure: Callable[[], dict[str, int]]
    more_is_worse: bool = True

    def fails(self, one: Difference) -> bool:
        """Whether a difference must be committed before the check passes."""
        return one.is_unknown or (self.more_is_worse and one.is_worse)


SHORT = (
    Suite("operations", lambda: operations.measure_all(operations.OPERATIONS)),
    Suite("economics", economics.measure_all, more_is_worse=False),
    Suite("pool", lambda: pool.measure_all(pool.POOL_OPERATIONS)),
    Suite("proofs", proofs.measure_gas),
)
WIDTH = 100  # columns that the tables need
ALL = (
    *SHORT,
    Suite("curves", curves.measure_all),
    Suite("pool_scale", pool_scale.measure_all),
)


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--short", is_flag=True, help="Leave out the curves.")
@click.option("--check", is_flag=True, help="Exit with 1 where a figure is 1 % worse, or new.")
@click.option("--update", is_flag=True, help="Commit to what is measured: rewrite figures/.")
@click.option("--draw", is_flag=True, help="Only draw the committed curves into docs/.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for machines.")
def main(
    context: click.Context, *, short: bool, check: bool, update: bool, draw: bool, as_json: bool
) -> None:
    """Measure gas on a local chain, and compare it with the committed figures.

    The commands measure running keepers and provers, which takes minutes.
    """
    if context.invoked_subcommand is not None:
        return
    if draw:
        drawing.draw_all()
        return
    console = Console(stderr=as_json)
    console.width = max(console.width, WIDTH)
    measured = {}
    for suite in SHORT if short else ALL:
        console.print(f"measuring {suite.name} ...", style="bright_black")
        measured[suite.name] = suite.measure()
    if as_json:
        click.echo(json.dumps(measured, indent=2))
    else:
        show(console, measured)
    passed = compare(console, measured)
    if update:
        commit(measured)
    elif check and not passed:
        sys.exit(1)


def show(console: Console, measured: dict[str, dict[str, int]]) -> None:
    """Print the tables. The curves are to be looked at: see docs/curves."""
    report.print_operations(console, measured["operations"], figures.load("operations"))
    report.print_peers(console, measured["operations"])
    report.print_economics(console, measured["economics"])
    pool_report.print_pool(console, measured["pool"], figures.load("pool"))
    proofs.print_proofs(console, measured["proofs"], figures.load("proofs"))
    if "pool_scale" in measured:
        pool_report.print_scale(console, measured["pool_scale"])


def compare(console: Console, measured: dict[str, dict[str, int]]) -> bool:
    """Print what is not as committed; return whether the check passes."""
    passed = True
    for suite in ALL:
        if suite.name in measured:
            differences = figures.compare(figures.load(suite.name), measured[suite.name])
            grave = [one for one in differences if suite.fails(one)]
            report.print_differences(console, suite.name, differences, grave)
            passed = passed and not grave
    outside = economics.outside_band(measured["economics"])
    for key, share in outside.items():
        console.print(f"outside the band: {key}: {share / 100:.2f} %", style="red")
    if not passed:
        console.print("To commit to the new figures: python -m benchmarks --update")
    return passed and not outside


def commit(measured: dict[str, dict[str, int]]) -> None:
    """Write the figures, and what is drawn from them."""
    for name, found in measured.items():
        figures.save(name, found)
    drawing.draw_all()


for study in keepers.STUDIES:
    main.add_command(keepers.command_of(study))


if __name__ == "__main__":
    main()
