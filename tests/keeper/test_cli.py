"""The keeper as operators run it: a process, its exit codes and what it prints."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from taskwork.chain.addresses import write_deployment
from tests.support.chain import Chain

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
NOWHERE = "0x00000000000000000000000000000000000000aa"


async def start(
    *arguments: str, cwd: Path = ROOT, **environment: str
) -> asyncio.subprocess.Process:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEEPER_")}
    clean["KEEPER_STORE"] = "memory"
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "keeper", *arguments),
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def finish(process: asyncio.subprocess.Process) -> tuple[int, str, str]:
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def keeper(*arguments: str, **options: Any) -> tuple[int, str, str]:
    return await finish(await start(*arguments, **options))


async def test_run__stopped_by_sigterm__prints_totals_and_exits_zero(chain: Chain) -> None:
    await chain.schedule_due()
    before = await chain.balance(chain.executor.address)
    process = await start(
        *("run", "--rpc", chain.url, "--manager", chain.manager.address),
        *("--gas-reserve", "50000", "--poll-interval-s", "0.05", "--log-level", "debug"),
        KEEPER_PRIVATE_KEY=chain.executor.key.hex(),
    )
    assert process.stderr is not None
    lines = [json.loads(await process.stderr.readline())]
    while lines[-1]["event"] != "batch_executed":
        lines.append(json.loads(await asyncio.wait_for(process.stderr.readline(), 20)))
    process.send_signal(signal.SIGTERM)
    code, _, rest = await finish(process)

    totals = json.loads(rest.splitlines()[-1])
    assert code == 0
    assert (totals["event"], totals["executed"]) == ("keeper_stopped", 1)
    assert totals["profit"] == await chain.balance(chain.executor.address) - before


async def test_run__sigint_with_a_transaction_out__sees_it_through(chain: Chain) -> None:
    await chain.schedule_due()
    await chain.rpc("evm_setAutomine", False)
    process = await start(
        *("run", "--rpc", chain.url, "--manager", chain.manager.address),
        *("--poll-interval-s", "0.05"),
        KEEPER_PRIVATE_KEY=chain.executor.key.hex(),
    )
    assert process.stderr is not None
    while b"batch_sent" not in await asyncio.wait_for(process.stderr.readline(), 20):
        pass
    process.send_signal(signal.SIGINT)
    await chain.mine()
    code, _, rest = await finish(process)

    assert code == 0
    assert json.loads(rest.splitlines()[-1])["executed"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--chain-id", "1"), "serves chain 31337, not 1: correct --chain-id"),
        (("--manager", NOWHERE), "no TaskManager at 0x00000000000000000000000000000000000000AA"),
        (("--manager", "0x12"), "address is '0x12'"),
    ],
)
async def test_run__wrong_setting__says_so_in_one_line_and_exits(
    chain: Chain, arguments: tuple[str, ...], said: str
) -> None:
    usual = ("run", "--rpc", chain.url, "--manager", chain.manager.address)
    code, _, err = await keeper(*usual, *arguments)
    assert code == 2
    assert said in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ws://127.0.0.1:1"])
async def test_run__node_away__ends_so_that_it_is_started_again(chain: Chain, url: str) -> None:
    code, _, err = await keeper("run", "--rpc", url, "--manager", chain.manager.address)
    assert code == 1
    assert "the node does not answer" in err.splitlines()[-1]


async def test_run__another_contract__is_refused(chain: Chain) -> None:
    code, _, err = await keeper("run", "--rpc", chain.url, "--manager", chain.counter)
    assert code == 2
    assert f"no TaskManager at {chain.counter}" in err


async def test_status__json__tells_the_queue_and_the_executor(chain: Chain) -> None:
    await chain.schedule_due()
    code, out, _ = await keeper(
        *("status", "--rpc", chain.url, "--manager", chain.manager.address, "--json"),
        KEEPER_PRIVATE_KEY=chain.executor.key.hex(),
    )
    found = json.loads(out)
    assert code == 0
    assert found["due"] == 1
    assert found["next_block"] <= found["head"] + 1
    assert found["executor"] == chain.executor.address
    assert found["balance"] == await chain.balance(chain.executor.address)


async def test_status__no_manager_given__takes_the_deployment(chain: Chain, tmp_path: Path) -> None:
    write_deployment(31337, {"TaskManager": chain.manager.address}, tmp_path / "deployments")
    code, out, _ = await keeper("status", "--rpc", chain.url, cwd=tmp_path)
    assert code == 0
    assert chain.manager.address in out


async def test_status__nothing_deployed__says_where_it_looked(chain: Chain, tmp_path: Path) -> None:
    code, _, err = await keeper("status", "--rpc", chain.url, cwd=tmp_path)
    assert code == 2
    assert "nothing deployed on chain 31337: deployments/31337.json does not exist" in err
