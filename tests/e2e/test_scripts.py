"""`ape run deploy`, `schedule`, `status` and `cancel`, on chains of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from taskwork.chain.addresses import read_deployment
from tests.e2e.commands import Ape, python

pytestmark = pytest.mark.integration

TARGET = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
STRANGER = "TEST::1"


def test_deploy__two_chains__same_addresses(start_chain: Callable[[], Ape]) -> None:
    first, second = start_chain(), start_chain()

    here = first.run("deploy", "--json").json
    there = second.run("deploy", "--json").json

    assert first.chain_id != second.chain_id
    assert (here["chain_id"], there["chain_id"]) == (first.chain_id, second.chain_id)
    assert here["contracts"] == there["contracts"]
    assert all(contract["is_new"] for contract in here["contracts"])
    addresses = {contract["name"]: contract["address"] for contract in here["contracts"]}
    assert json.loads(Path(here["file"]).read_text()) == addresses
    assert json.loads(Path(there["file"]).read_text()) == addresses


def test_deploy__second_run_by_another__deploys_nothing_and_says_so(deployed: Ape) -> None:
    addresses = read_deployment(deployed.chain_id)

    second = deployed.run("deploy", account=STRANGER)

    assert second.code == 0
    assert "Nothing to deploy" in second.out
    assert all(address in second.out for address in addresses.values())


def test_deploy__with_a_fee__is_another_address(deployed: Ape, start_chain) -> None:
    usual = read_deployment(deployed.chain_id)["TaskManager"]

    dearer = start_chain().run("deploy", "--fee-bps", "50", "--fee-recipient", TARGET, "--json")

    assert dearer.json["contracts"][0]["is_new"]
    assert dearer.json["contracts"][0]["address"] != usual


def test_task__scheduled_shown_cancelled__bond_comes_back(deployed: Ape) -> None:
    ape = deployed
    options = ["--gas", "80000", "--in", "20", "--every", "100", "--times", "3"]

    scheduled = ape.run("schedule", TARGET, "beat(uint256)", "7", *options, "--json").json
    (queued,) = ape.status()
    table = ape.run("status", account=None).out
    stranger = ape.run("cancel", scheduled["task_hash"], account=STRANGER)
    cancelled = ape.run("cancel", scheduled["task_hash"], "--withdraw", "--json").json
    (ended,) = ape.status("--of", "TEST::0")

    assert scheduled["sent"] == 2 * scheduled["required_bond"]
    assert scheduled["runway"]["at_least"] == 2
    assert queued["task_hash"] == scheduled["task_hash"]
    assert (queued["status"], queued["to_go"]) == ("queued", 3)
    assert queued["next_block"] == scheduled["next_block"]
    assert (queued["reason"], ended["reason"]) == ("not_due", "cancelled")
    assert queued["data"].endswith("7")
    assert queued["reserve"] == scheduled["required_bond"]
    assert scheduled["task_hash"] in table
    assert stranger.code == 1
    assert stranger.complaint.startswith("Error: TaskManager_NotOwner(")
    assert stranger.complaint.endswith("use the owner's account")
    assert cancelled["withdrawn"] == scheduled["sent"]
    assert (ended["status"], ended["bond"], ended["next_block"]) == ("cancelled", 0, 0)


def test_schedule__bond_too_small__one_line_with_the_remedy(deployed: Ape) -> None:
    order = ("schedule", TARGET, "beat()", "--gas", "80000", "--in", "20", "--bond", "1 wei")

    refused = deployed.run(*order, account=STRANGER)

    assert refused.code == 1
    assert "TaskManager_InsufficientBond" in refused.complaint
    assert "larger bond" in refused.complaint


def test_schedule__before_deployment__says_to_deploy(start_chain) -> None:
    refused = start_chain().run("schedule", TARGET, "beat()", "--gas", "80000", "--in", "20")

    assert refused.code == 1
    assert "ape run deploy" in refused.complaint


def test_status__node_away__says_to_start_one() -> None:
    refused = Ape("http://127.0.0.1:9", 0).run("status", account=None)

    assert refused.code == 1
    assert "make up" in refused.complaint


def test_up__twice_and_down__keeps_one_chain_with_keeper(tmp_path: Path) -> None:
    arguments = ("tools.up", "--folder", str(tmp_path), "--port", "18546")
    try:
        first = python(*arguments, "--json").json
        second = python(*arguments)
    finally:
        down = python(*arguments, "--down")
        nothing = python(*arguments, "--down")

    assert first["started"]
    assert "already up" in second.out
    assert first["contracts"]["TaskManager"] in second.out
    assert "keeper_started" in (tmp_path / "keeper.log").read_text()
    assert (down.out, nothing.out) == ("down\n", "nothing is up\n")
