"""A scenario that does not read: one line with the file, the line, and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.demo.reading import ScenarioError, read_scenario
from tests.e2e.commands import python

pytestmark = pytest.mark.integration

SHIPPED = Path("examples/demo.yaml").read_text()

MISTAKES = {
    "not_yaml": ("title: Three owners", "title: [Three owners", "expected"),
    "unknown_word": (
        "    gas: 200_000",
        "    gaz: 200_000",
        "gaz: is no word of a scenario; is it gas?",
    ),
    "missing": ("    start: 150\n    every: 100\n    runs: 7", "    runs: 7", "start: is missing"),
    "no_unit": ("ada: {funds: 20 ether", "ada: {funds: 20", "with its unit"),
    "interval": (
        "every: 100\n    runs: 7",
        "every: 99\n    runs: 7",
        "every: must be at least 100 blocks, not 99",
    ),
    "too_much_gas": ("gas: 200_000", "gas: 2_000_000", "less than or equal to 750000"),
    "unknown_owner": ("owner: cleo", "owner: cloe", "'cloe' is none of ada, ben, cleo"),
    "unknown_contract": ("call: wages.pay()", "call: wage.pay()", "'wage' is none of"),
    "no_call": ("call: wages.pay()", "call: pay", "call:"),
    "status": ("status: failing", "status: broken", "must be one of queued"),
    "start_too_early": ("start: 275", "start: 100", "must be after the chain opens, block 100"),
    "act_on_unknown_task": ("cancels: watch", "cancels: clock", "'clock' is none of"),
    "two_verbs": ("cancels: watch", "cancels: watch, withdraws: free", "must do one of"),
    "twice": ("  bonus: #", "  payroll: #", "payroll: is there twice"),
    "ends_first": ("ends: 900", "ends: 90", "must be after it opens"),
    "balance_of_nobody": ("balances: {emil:", "balances: {emile:", "'emile' is none of"),
}

# Where a mistake is reported, if not where it was made.
SEEN_AT = {"not_yaml": "chain:", "missing": "  payroll:", "twice": "# one shot"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_scenario__with_a_mistake__says_where_in_one_line(mistake: str, tmp_path: Path) -> None:
    right, wrong, complaint = MISTAKES[mistake]
    assert right in SHIPPED
    file = tmp_path / "play.yaml"
    file.write_text(SHIPPED.replace(right, wrong, 1))

    with pytest.raises(ScenarioError) as caught:
        read_scenario(file)

    message = str(caught.value)
    assert "\n" not in message
    assert complaint in message
    name, line, _ = message.removeprefix(str(tmp_path)).lstrip("/").split(":", 2)
    assert name == "play.yaml"
    assert abs(int(line) - line_of(file, SEEN_AT.get(mistake, wrong))) <= 1


def line_of(file: Path, text: str) -> int:
    return file.read_text().split(text)[0].count("\n") + 1


@pytest.mark.parametrize("content", ["", "- a list", "just words", "42"])
def test_scenario__no_mapping__says_so(content: str, tmp_path: Path) -> None:
    file = tmp_path / "play.yaml"
    file.write_text(content)

    with pytest.raises(ScenarioError, match="write a scenario"):
        read_scenario(file)


def test_demo__bad_scenario__one_line_and_exit_2(tmp_path: Path) -> None:
    file = tmp_path / "play.yaml"
    file.write_text(SHIPPED.replace("every: 100", "every: 1", 1))

    outcome = python("examples.demo", str(file))

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.complaint.startswith(f"demo: {file}:")


def test_demo__unknown_function__one_line_and_exit_1(tmp_path: Path) -> None:
    file = tmp_path / "play.yaml"
    file.write_text(SHIPPED.replace("wages.pay()", "wages.pray()"))

    outcome = python("examples.demo", str(file), "--logs", str(tmp_path))

    assert outcome.code == 1
    assert "tasks.payroll: Payroll has no pray with 0 arguments" in outcome.complaint


def test_demo__no_file__one_line_and_exit_2(tmp_path: Path) -> None:
    outcome = python("examples.demo", str(tmp_path / "none.yaml"))

    assert outcome.code == 2
    assert "No such file" in outcome.complaint
