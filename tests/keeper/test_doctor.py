"""The doctor: every check passes on a healthy keeper, and names what is wrong with a sick one."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keeper.doctor import Finding, Outcome, examine, in_words, is_well
from keeper.lease import choose_lease
from keeper.store.database import Store
from keeper.types import Identity
from taskwork.chain.types import Address
from taskwork.devnet.node import Node, running_node
from taskwork.devnet.processes import free_port
from tests.keeper.support import settings_for
from tests.keeper.test_cli import keeper
from tests.support.chain import ETHER, Chain
from tests.support.postgres import PASSWORD, Postgres
from tests.support.web3signer import running_signer

pytestmark = pytest.mark.integration

TOKEN = "token-0123456789abcdef"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A chain of each test's own: one that mined much is ahead of the clock."""
    with running_node(tmp_path.with_suffix(".anvil")) as running:
        yield running


def healthy(chain: Chain, folder: Path) -> dict[str, Any]:
    return {
        "chain_id": 31337,
        "private_key": chain.executor.key.hex(),
        "store": str(folder / "keeper.db"),
        "metrics_port": free_port(),
    }


async def examined(chain: Chain, **settings: Any) -> dict[str, Finding]:
    findings = await examine(settings_for(chain, **settings), lambda _: None)
    return {finding.check.split(" ")[0]: finding for finding in findings}


async def test_doctor__everything_there__finds_nothing_and_makes_nothing(
    chain: Chain, tmp_path: Path
) -> None:
    found = await examined(chain, **healthy(chain, tmp_path))
    assert {check: finding.outcome for check, finding in found.items()} == dict.fromkeys(
        ("endpoint", "manager", "clock", "key", "balance", "store", "lease", "metrics"), Outcome.OK
    ), found
    assert "not there yet" in found["store"].said
    assert list_of(tmp_path) == []


async def test_doctor__store_of_this_manager__is_open_and_writable(
    chain: Chain, tmp_path: Path
) -> None:
    settings = healthy(chain, tmp_path)
    genesis = f"0x{(await chain.web3.eth.get_block(0))['hash'].hex()}"
    store = await Store.open(settings["store"], Identity(31337, chain.manager.address, genesis))
    await store.close()
    found = await examined(chain, **settings)
    assert (found["store"].outcome, found["store"].said[:4]) == (Outcome.OK, "open")


async def test_doctor__no_key_nor_chain_nor_metrics__warns_and_is_well(
    chain: Chain, tmp_path: Path
) -> None:
    found = await examined(chain, store=str(tmp_path / "keeper.db"))
    warned = {check for check, finding in found.items() if finding.outcome is Outcome.WARNING}
    assert warned == {"endpoint", "key", "metrics"}
    assert found["balance"].outcome is found["lease"].outcome is Outcome.SKIPPED
    assert found["endpoint"].remedy == "give --chain-id 31337, to be sure"
    assert is_well(list(found.values()))


SICK: list[tuple[dict[str, Any], str, str]] = [
    ({"chain_id": 1}, "endpoint", "not chain 1"),
    ({"chain_id": 1}, "manager", "serves chain 31337, not 1"),
    ({"rpc": f"http://127.0.0.1:1/{TOKEN}"}, "endpoint", "does not answer"),
    ({"manager": "0x" + "aa" * 20}, "manager", "no TaskManager"),
    ({"private_key": "12"}, "key", "no private key"),
    ({"private_key": None, "keystore": Path("nowhere")}, "key", "needs --password-file"),
    ({"lease": f"postgresql://k:{TOKEN}@127.0.0.1:1/k"}, "lease", "does not answer"),
]


@pytest.mark.parametrize(("settings", "check", "said"), SICK)
async def test_doctor__something_wrong__fails_that_check_and_says_what_to_do(
    chain: Chain, tmp_path: Path, settings: dict[str, Any], check: str, said: str
) -> None:
    found = await examined(chain, **healthy(chain, tmp_path) | settings)
    assert found[check].outcome is Outcome.FAILED
    assert said in found[check].said
    assert found[check].remedy
    assert not is_well(list(found.values()))
    assert TOKEN not in str(found)


async def test_doctor__nowhere_to_write__fails(chain: Chain, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    places = {"store": f"{file}/state/keeper.db", "lease": f"{file}/lease"}
    found = await examined(chain, **healthy(chain, tmp_path) | places)
    assert found["store"].outcome is found["lease"].outcome is Outcome.FAILED
    assert f"{file} cannot be written" in found["store"].said


async def test_doctor__node_away__still_checks_the_rest(chain: Chain, tmp_path: Path) -> None:
    found = await examined(chain, **healthy(chain, tmp_path) | {"rpc": "http://127.0.0.1:1"})
    assert found["key"].outcome is Outcome.OK
    assert found["clock"].outcome is found["balance"].outcome is Outcome.SKIPPED


async def test_doctor__poor_executor__says_how_much_to_send(chain: Chain, tmp_path: Path) -> None:
    settings = healthy(chain, tmp_path) | {"low_balance": 1_000 * ETHER}
    balance = (await examined(chain, **settings))["balance"]
    assert balance.outcome is Outcome.WARNING
    assert balance.remedy == f"send at least 1,000 ether to {chain.executor.address}"


async def test_doctor__store_of_another_chain__fails(chain: Chain, tmp_path: Path) -> None:
    settings = healthy(chain, tmp_path)
    store = await Store.open(settings["store"], Identity(1, chain.manager.address, "0x00"))
    await store.close()
    found = (await examined(chain, **settings))["store"]
    assert (found.outcome, "about chain_id 1" in found.said) == (Outcome.FAILED, True)


async def test_doctor__store_in_memory__warns(chain: Chain, tmp_path: Path) -> None:
    settings = healthy(chain, tmp_path) | {"store": "memory", "lease": str(tmp_path / "lease")}
    assert (await examined(chain, **settings))["store"].outcome is Outcome.WARNING


async def test_doctor__another_keeper_leads__says_who(chain: Chain, tmp_path: Path) -> None:
    settings = healthy(chain, tmp_path)
    other = choose_lease(settings_for(chain, **settings), 31337, Address(chain.executor.address))
    assert await other.try_acquire()
    lease = (await examined(chain, **settings))["lease"]
    assert (lease.outcome, lease.said[:15]) == (Outcome.WARNING, "held by process")
    await other.check()
    await other.release()


async def test_doctor__everything_in_postgres__is_well(chain: Chain, postgres: Postgres) -> None:
    settings = healthy(chain, Path()) | {"store": postgres.create_database()}
    found = await examined(chain, **settings)
    assert found["store"].outcome is found["lease"].outcome is Outcome.OK


async def test_doctor__metrics_port_taken__warns(chain: Chain, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = await examined(chain, **healthy(chain, tmp_path) | {"metrics_port": port})
    assert found["metrics"].outcome is Outcome.WARNING


@pytest.mark.parametrize(("manner", "outcome"), [("honest", "ok"), ("other_key", "failed")])
async def test_doctor__remote_signer__is_asked_to_sign(
    chain: Chain, tmp_path: Path, manner: str, outcome: str
) -> None:
    settings = healthy(chain, tmp_path) | {"private_key": None}
    with running_signer(chain.executor.key.hex()) as signer:
        settings |= {"signer_url": signer.url(manner), "signer_address": chain.executor.address}
        assert (await examined(chain, **settings))["key"].outcome == outcome


async def test_doctor__clock_behind_the_chain__fails(chain: Chain, tmp_path: Path) -> None:
    await chain.rpc("evm_mine", int(time.time()) + 900)
    clock = (await examined(chain, **healthy(chain, tmp_path)))["clock"]
    assert clock.outcome is Outcome.FAILED
    assert "s behind the newest block" in clock.said


async def test_doctor__chain_halted__warns(chain: Chain, tmp_path: Path) -> None:
    past = await chain.web3.eth.get_block("latest")
    await asyncio.sleep(max(0.0, past["timestamp"] + 1.1 - time.time()))
    clock = (await examined(chain, **healthy(chain, tmp_path) | {"max_head_age_s": 1}))["clock"]
    assert (clock.outcome, clock.remedy) == (
        Outcome.WARNING,
        "is the node synced, the chain halted?",
    )


def test_in_words__remedy__stands_behind_the_arrow() -> None:
    assert in_words(Finding("key", Outcome.OK, "signs")) == "ok       key: signs"
    assert in_words(Finding("key", Outcome.FAILED, "no", "do")) == "failed   key: no -> do"


async def test_command__healthy_and_sick__ends_with_zero_and_one(
    chain: Chain, tmp_path: Path
) -> None:
    usual = ("doctor", "--manager", chain.manager.address, "--store", str(tmp_path / "keeper.db"))
    secret = {"KEEPER_PRIVATE_KEY": chain.executor.key.hex(), "KEEPER_PASSWORD": PASSWORD}
    code, out, _ = await keeper(*usual, "--rpc", chain.url, **secret)
    assert (code, len(out.splitlines())) == (0, 8)
    code, out, err = await keeper(
        *usual, "--rpc", f"http://127.0.0.1:1/{TOKEN}", "--json", **secret
    )
    assert code == 1
    assert {"check", "outcome", "said", "remedy"} == set(json.loads(out)[0])
    assert TOKEN not in out + err


def list_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())
