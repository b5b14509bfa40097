"""`python -m tests.chaos`: does bad things to keepers, and checks that nothing came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.keeping import ROOT
from tests.chaos import scenarios
from tests.chaos.runner import FOLDER, Outcome, outcome_of
from tests.chaos.scenario import SCENARIOS, Scenario

assert scenarios.__all__
WIDTH = 110  # columns that the tables need
HEADINGS = ("tasks", "runs", "blocks", "sent", "wasted", "kills", "gwei earned", "seconds")


@click.command()
@click.argument("names", nargs=-1, metavar="[SCENARIO]...")
@click.option("--short", is_flag=True, help="Few rounds of some scenarios, as in make test.")
@click.option("--seed", default=1, show_default=True, help="Another one, another history.")
@click.option("--rounds", type=click.IntRange(1), help="So many of each, instead of the usual.")
@click.option(
    "--sources",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=ROOT,
    help="Folder of another keeper to try it on.",
)
@click.option("--list", "only_list", is_flag=True, help="Say what there is.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes for machines.")
def main(
    *,
    names: Sequence[str],
    short: bool,
    seed: int,
    rounds: int | None,
    sources: Path,
    only_list: bool,
    as_json: bool,
) -> None:
    """Play scenarios (all, unless some are named) against the real keeper on a real node.

    At the end of each: every due task ran exactly as often as it should, no nonce is stuck, the
    keeper's books equal the chain's to the wei, and the process exits with 0.
    """
    console = Console(stderr=as_json)
    console.width = max(console.width, WIDTH)
    if only_list:
        console.print(listing())
        return
    wanted = [
        replace(one, rounds=rounds or one.rounds_of(short=short))
        for one in chosen(names, short=short)
    ]
    play = partial(outcome_of, seed=seed, sources=sources)
    outcomes = [tell(console, play(one)) for one in wanted]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in outcomes], indent=2))
    console.print(table_of(outcomes))
    failed = [one for one in outcomes if one.verdict is None]
    for one in failed:
        again = f"python -m tests.chaos {one.name} --seed {one.seed}"
        console.print(f"[red]{one.name}[/]: {again}; logs in {FOLDER / one.name}")
    sys.exit(1 if failed else 0)


def chosen(names: Sequence[str], *, short: bool) -> list[Scenario]:
    unknown = set(names) - set(SCENARIOS)
    if unknown:
        raise click.UsageError(f"no such scenario: {', '.join(sorted(unknown))}; see --list")
    wanted = [SCENARIOS[name] for name in names or SCENARIOS]
    return [one for one in wanted if names or one.rounds_of(short=short)]


def tell(console: Console, outcome: Outcome) -> Outcome:
    mark = "[green]holds[/]" if outcome.verdict else f"[red]fails[/] {outcome.trouble[:300]}"
    console.print(f"{outcome.name:<20} {outcome.seconds:6.1f} s  {mark}", highlight=False)
    return outcome


def listing() -> Table:
    table = Table(box=SIMPLE, show_header=False)
    for one in SCENARIOS.values():
        table.add_row(one.name, f"x {one.rounds}", one.what)
    return table


def table_of(outcomes: Sequence[Outcome]) -> Table:
    table = Table(box=SIMPLE)
    table.add_column("", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for one in outcomes:
        found = one.verdict
        counts = (
            (found.tasks, found.runs, found.blocks, found.transactions, found.wasted, found.kills,
             found.profit // 10**9) if found else ("-",) * 7
        )  # fmt: skip
        cells = [f"{count:,}" if isinstance(count, int) else count for count in counts]
        table.add_row(one.name, *cells, f"{one.seconds:.1f}", style="" if found else "red")
    return table


if __name__ == "__main__":
    main()
