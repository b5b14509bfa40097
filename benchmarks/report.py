"""The measured figures as tables, beside the goals and the peers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from benchmarks.economics import BAND, BASE_FEES, COUNTS, KINDS, OWNERS, Case
from benchmarks.figures import Difference, Figures
from benchmarks.operations import OPERATIONS, PEER_ACTS
from benchmarks.peers import Peers, System, load_goals, load_peers

NOTHING = Text("-", style="bright_black")
GAS_HEADINGS = ("gas", "change", "goal", "", "best peer", "prototype")
PEER_HEADINGS = {
    "register_first": "first",
    "register": "schedule",
    "execute_1": "execute",
    "execute_10": "in 10",
    "execute_50": "in 50",
    "recurring_50": "recur",
    "cancel": "cancel",
    "poll_far": "poll",
}


SHOWN_DIFFERENCES = 20


def print_operations(console: Console, measured: Figures, committed: Figures) -> None:
    """Gas per operation, beside what is committed, aimed at and known of others."""
    goals, peers = load_goals(), load_peers()
    acts = {key: act for act, keys in PEER_ACTS.items() for key in keys}
    table = _table("Gas per operation (executions less the targets' own)", GAS_HEADINGS)
    for operation in OPERATIONS:
        key, act = operation.key, acts.get(operation.key, "")
        gas = measured[key]
        cells = cells_of(gas, committed.get(key), goals.get(key))
        table.add_row(operation.title, *cells, *_others(peers, act))
    console.print(table)
    met = sum(key in measured and measured[key] <= goal for key, goal in goals.items())
    console.print(f"{met} of {len(goals)} goals met, {len(goals) - met} missed")
    for key in goals.keys() - measured.keys():
        console.print(f"missed as it does not exist: {key}, at most {goals[key]:,}")
    note = (
        "Best peer: the cheapest that pays executors on chain. The prototype is not safe to use.\n"
    )
    console.print(note, style="bright_black")


def print_peers(console: Console, measured: Figures) -> None:
    """The acts that all schedulers have, one system to a row."""
    peers = load_peers()
    table = _table("Beside others, in thousands of gas", PEER_HEADINGS.values())
    own = {act: measured[keys[0]] for act, keys in PEER_ACTS.items()}
    ours = System("Taskwork", "peer", "", own)
    for system in (ours, *peers.systems):
        style = "" if system.kind == "peer" else "bright_black"
        cells = [_thousands(system.gas.get(act)) for act in PEER_HEADINGS]
        name = f"[bold]{system.name}" if system is ours else system.name
        table.add_row(name, *cells, style=style, end_section=system is ours)
    console.print(table)
    console.print(f"{_notes(peers)}\n", style="bright_black", highlight=False)


def print_economics(console: Console, measured: Figures) -> None:
    """What executors got back, at the lowest of the base fees; the others differ by rounding."""
    title = "Reimbursed per cent of gas spent, no tip, no premium; by tasks in the batch"
    table = _table(title, [str(count) for count in COUNTS])
    for kind in KINDS:
        for owners in OWNERS:
            row = [_share(measured, Case(kind, owners, count)) for count in COUNTS]
            table.add_row(f"{kind}, {owners}", *row, end_section=owners == list(OWNERS)[-1])
    console.print(table)
    outside = sum(share not in BAND for share in measured.values())
    low, high = min(measured.values()), max(measured.values())
    console.print(
        f"{low / 100:.2f} to {high / 100:.2f} % at base fees of {', '.join(BASE_FEES)}; "
        f"{outside} of {len(measured)} outside 100 to 110 %\n"
    )


def print_differences(
    console: Console, name: str, differences: Sequence[Difference], grave: Sequence[Difference]
) -> None:
    """What is not as committed, what fails the check first."""
    if not differences:
        console.print(f"{name}: as committed")
        return
    console.print(f"{name}: {len(differences)} figures are not as committed")
    in_order = [*grave, *(one for one in differences if one not in grave)]
    for one in in_order[:SHOWN_DIFFERENCES]:
        console.print(f"  {escape(str(one))}", style="red" if one in grave else "yellow")
    if len(differences) > SHOWN_DIFFERENCES:
        console.print(f"  and {len(differences) - SHOWN_DIFFERENCES} more")


def _notes(peers: Peers) -> str:
    """How the others were measured, and what else is to be known of them."""
    names: dict[str, list[str]] = {}
    for system in peers.systems:
        names.setdefault(system.note, []).append(system.name)
    notes = [f"{', '.join(of)}: {note}." for note, of in names.items() if note]
    unsafe = ", ".join(system.name for system in peers.systems if system.kind == "unsafe")
    return " ".join([peers.source, *notes, f"Unsafe prototypes: {unsafe}."])


def _table(title: str, headings: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE)
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def cells_of(gas: int, committed: int | None, goal: int | None) -> list[Text]:
    """A figure, its change since it was committed, its goal, and whether that is met."""
    return [number(gas), _change(committed, gas), *_goal(gas, goal)]


def number(value: int | None) -> Text:
    return NOTHING if value is None else Text(f"{value:,}")


def _thousands(value: int | None) -> Text:
    return NOTHING if value is None else Text(f"{value / 1000:,.1f}")


def _change(committed: int | None, measured: int) -> Text:
    if committed is None:
        return Text("new", style="yellow")
    if committed == measured:
        return Text("=", style="bright_black")
    style = "red" if measured > committed else "green"
    return Text(f"{measured - committed:+,}", style=style)


def _goal(measured: int, goal: int | None) -> tuple[Text, Text]:
    if goal is None:
        return NOTHING, Text()
    missed = measured > goal
    verdict = Text("missed", style="red") if missed else Text("met", style="green")
    return number(goal), verdict


def _others(peers: Peers, act: str) -> tuple[Text, Text]:
    return number(peers.best(act)), number(peers.prototype(act))


def _share(measured: Figures, case: Case) -> Text:
    shares = [measured[case.key(base_fee)] for base_fee in BASE_FEES]
    worst = min(shares) if min(shares) not in BAND else max(shares)
    return Text(f"{worst / 100:.2f}", style="" if worst in BAND else "red")
