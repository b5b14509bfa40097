"""`ape run pool`, `post` and `pool-status`, as users type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import Ape

pytestmark = pytest.mark.integration

ORDER = ("--reward", "0.1 ether", "--in", "1h")
STRANGER = "TEST::1"


@pytest.fixture(scope="module")
def pool(deployed: Ape) -> str:
    """A pool in which anybody may post."""
    options = ["--verifier", STRANGER, "--bond", "0.01 ether", "--open", "--json"]
    return str(deployed.run("pool", "captions", *options).json["pool"])


def test_post__two_inputs_and_a_file__wait_in_the_pool(
    deployed: Ape, pool: str, tmp_path: Path
) -> None:
    file = tmp_path / "input.txt"
    file.write_text("Classify this")
    inputs = ["What is AI?", "And what not?", "--file", str(file)]

    posted = deployed.run("post", pool, *inputs, *ORDER, "--priority", "high", "--json").json
    found = deployed.run("pool-status", pool, "--json", account=None).json
    table = deployed.run("pool-status", pool, account=None).out
    one = deployed.run(
        "pool-status", pool, "--job", str(posted["task_ids"][0]), "--json", account=None
    ).json

    assert len(posted["task_ids"]) == 3
    assert posted["escrowed"] == 3 * 10**17
    assert posted["terms"]["claim_bond"] == 10**16
    assert found["category"] == "captions"
    assert found["stats"]["open"] >= 3
    assert found["stats"]["owed"] >= posted["escrowed"]
    latest = found["jobs"][0]
    assert (latest["task_id"], latest["status"]) == (posted["task_ids"][-1], "open")
    assert (latest["priority"], latest["overdue"]) == ("high", False)
    assert 3500 < latest["seconds_left"] <= 3600
    assert one["task_id"] == posted["task_ids"][0]
    assert "waits for a worker" in table
    assert pool in table


def test_pool_status__no_pool_named__lists_all(deployed: Ape, pool: str) -> None:
    listed = deployed.run("pool-status", "--json", account=None).json
    table = deployed.run("pool-status", account=None).out

    (mine,) = (one for one in listed if one["pool"] == pool)
    assert (mine["category"], mine["is_active"]) == ("captions", True)
    assert pool in table


def test_pool_status__of_a_worker__holds_nothing_yet(deployed: Ape, pool: str) -> None:
    said = deployed.run("pool-status", pool, "--of", STRANGER, account=None)
    assert said.out.endswith("No jobs.\n")


def test_pool_status__unknown_job__says_what_is_wrong(deployed: Ape, pool: str) -> None:
    refused = deployed.run("pool-status", pool, "--job", "999", account=None)
    assert refused.code == 1
    assert "task_id is 999: must be a job of" in refused.complaint


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        (["x", "--reward", "0 wei", "--in", "1h"], "jobs[0].reward is 0"),
        (["x", "--reward", "1 wei", "--in", "soon"], "write a span of time"),
        (["--reward", "1 wei", "--in", "1h"], "give an input"),
    ],
)
def test_post__what_the_pool_would_refuse__one_line_and_nothing_sent(
    deployed: Ape, pool: str, order: list[str], complaint: str
) -> None:
    refused = deployed.run("post", pool, *order)
    assert refused.code != 0
    assert complaint in refused.err
    assert "Traceback" not in refused.err


def test_post__no_pool_there__says_so(deployed: Ape) -> None:
    refused = deployed.run("post", "TEST::5", "What is AI?", *ORDER)
    assert refused.code == 1
    assert "no pool at" in refused.complaint


def test_post__closed_pool__names_who_may(deployed: Ape) -> None:
    category = "[red]mine\x1b[2J"
    closed = deployed.run("pool", category, "--verifier", STRANGER, "--json").json["pool"]
    shown = deployed.run("pool-status", closed, account=None).out
    refused = deployed.run("post", closed, "What is AI?", *ORDER, account=STRANGER)
    assert refused.code == 1
    assert refused.complaint.startswith("Error: Unauthorized(): use the account that may do this")
    assert "[red]mine\N{REPLACEMENT CHARACTER}[2J" in shown  # what others wrote moves no cursor


def test_pool__before_deployment__says_to_deploy(start_chain) -> None:
    refused = start_chain().run("pool", "captions", "--verifier", STRANGER)
    assert refused.code == 1
    assert "no TaskPoolFactory known" in refused.complaint
    assert "ape run deploy" in refused.complaint
