"""A local chain with the contracts and a keeper, left running: `python -m tools.up`.

`python -m tools.up --down` stops them. State and logs are in .build/up.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import click
from eth_account import Account
from eth_account.signers.local import LocalAccount
from rich.console import Console

from examples.demo.stage import load_callee
from taskwork.actions.deployment import FACTORY, MANAGER, DeployOptions, deploy_all
from taskwork.actions.posting import PoolOrder, make_pool
from taskwork.chain.addresses import CREATE2_PROXY, NO_SALT, create2_address
from taskwork.chain.deploy import has_code
from taskwork.chain.pool_factory import TaskPoolFactoryClient
from taskwork.chain.pool_types import Seconds
from taskwork.chain.rpc import Web3, connect
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.transactions import Call, send
from taskwork.chain.types import Address, Wei
from taskwork.devnet.keeper import KeeperProcess, fresh_store, keeper_command, keeper_environment
from taskwork.devnet.node import NodeOptions, answers, start_node
from taskwork.devnet.processes import last_line, start
from taskwork.errors import TaskworkError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(".build/up")
PORT = 8545
BLOCK_SECONDS = 1
STOP_SECONDS = 15
MNEMONIC = (
    "test test test test test test test test test test test junk"  # anvil's own, worth nothing
)
DEPLOYER, JUDGE, EXECUTOR = 0, 1, 9  # which of its accounts
BOND, TIME_BUDGET = Wei(10**16), Wei(10**18)  # of the pool

console = Console(highlight=False)


@dataclass(frozen=True)
class Files:
    """Where one run keeps what it needs to be found again."""

    folder: Path

    @property
    def state(self) -> Path:
        """What runs."""
        return self.folder / "state.json"

    @property
    def node_log(self) -> Path:
        """What the node says."""
        return self.folder / "anvil.log"

    @property
    def keeper_log(self) -> Path:
        """What the keeper says."""
        return self.folder / "keeper.log"


@dataclass(frozen=True)
class State:
    """What runs, and where."""

    rpc: str
    node_pid: int
    keeper_pid: int
    executor: str
    contracts: dict[str, str]


@click.command()
@click.option("--down", is_flag=True, help="Stop what runs.")
@click.option("--port", default=PORT, show_default=True, help="The chain's port.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=FOLDER, help="For state and logs."
)
@click.option("--json", "machine", is_flag=True, help="Print JSON.")
def main(*, down: bool, port: int, folder: Path, machine: bool) -> None:
    """Start a local chain, the contracts and a keeper, and leave them running."""
    os.chdir(ROOT)
    files = Files(folder)
    state = read_state(files)
    if down:
        console.print("down" if stop(state, files) else "nothing is up")
        return
    is_new = state is None or not is_up(state)
    if state is None or is_new:
        state = bring_up(state, files, port)
    if machine:
        print(json.dumps({**asdict(state), "started": is_new}, indent=2))
    else:
        describe(state, files, is_new=is_new)


def bring_up(old: State | None, files: Files, port: int) -> State:
    """Clear away what is left of an earlier run, and start anew."""
    stop(old, files)
    if answers(f"http://127.0.0.1:{port}"):
        fail(f"something else listens on port {port}: stop it, or take another with --port")
    try:
        return start_all(files, port)
    except TaskworkError as error:
        fail(str(error))


def start_all(files: Files, port: int) -> State:
    """Start the node, deploy, start the keeper."""
    node = start_node(files.node_log, NodeOptions(port=port, block_time=BLOCK_SECONDS))
    try:
        contracts = asyncio.run(deploy(node.url))
        executor = account(EXECUTOR)
        command = keeper_command(node.url, contracts[MANAGER], gas_reserve=50_000)
        store = fresh_store(files.folder)
        environment = keeper_environment(executor, store, poll_s=0.5)
        keeper = start(command, files.keeper_log, environment=environment)
        KeeperProcess(keeper, files.keeper_log).wait_started()
    except BaseException:
        node.process.terminate()
        raise
    state = State(node.url, node.process.pid, keeper.pid, executor.address, dict(contracts))
    files.state.write_text(json.dumps(asdict(state), indent=2) + "\n", "utf-8")
    return state


async def deploy(url: str) -> dict[str, Address]:
    """The contracts, and one that tasks can call."""
    async with connect(url) as web3:
        options = DeployOptions(block_seconds=Seconds(BLOCK_SECONDS))
        deployment = await deploy_all(web3, account(DEPLOYER), options)
        contracts = {contract.name: contract.address for contract in deployment.contracts}
        contracts["Heartbeat"] = await deploy_heartbeat(web3)
        contracts["a pool"] = await open_pool(web3, contracts[FACTORY])
        return contracts


async def open_pool(web3: Web3, factory: Address) -> Address:
    """A pool in which anyone may post, with something in its budget for calls on time."""
    judge = Address(account(JUDGE).address)
    order = PoolOrder("anything", judge, claim_bond=BOND, open_posting=True)
    pool = await make_pool(TaskPoolFactoryClient(web3, factory), account(DEPLOYER), order)
    client = TaskPoolClient(web3, pool)
    await client.send(account(DEPLOYER), client.calls.fund_time_budget(TIME_BUDGET))
    return pool


async def deploy_heartbeat(web3: Web3) -> Address:
    """A target that anyone may call."""
    init_code = load_callee("Heartbeat").encode_init([])
    address = create2_address(init_code)
    if not await has_code(web3, address):
        await send(web3, account(DEPLOYER), Call(CREATE2_PROXY, NO_SALT + init_code))
    return address


def account(index: int) -> LocalAccount:
    """One of anvil's accounts."""
    Account.enable_unaudited_hdwallet_features()
    found: LocalAccount = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return found


def describe(state: State, files: Files, *, is_new: bool) -> None:
    """Where everything is, and what to try."""
    console.print(f"[green]✓[/] {'up' if is_new else 'already up'}: make down stops it\n")
    rows = {"chain": state.rpc, **state.contracts, "keeper": state.executor}
    for name, value in {**rows, "logs": f"{files.node_log}, {files.keeper_log}"}.items():
        console.print(f"  [bright_black]{name:<18}[/]{value}", soft_wrap=True)
    options = f"--network ethereum:local:{state.rpc}"
    beat = f"{state.contracts['Heartbeat']} 'beat()' --gas 80000 --in 5 --every 100 --times forever"
    job = f"{state.contracts['a pool']} 'What is AI?' --reward '0.1 ether' --in 10m"
    for line in (
        "\n  Now have a contract called every 100 blocks (a block is a second), and watch it:\n",
        f"  .venv/bin/ape run schedule {beat} --account TEST::0 {options}",
        f"  .venv/bin/ape run status {options}",
        f"  tail -f {files.keeper_log}",
        "\n  Or post a job:\n",
        f"  .venv/bin/ape run post {job} --account TEST::2 {options}",
        f"  .venv/bin/ape run pool-status {state.contracts['a pool']} {options}",
    ):
        console.print(line, soft_wrap=True)


def read_state(files: Files) -> State | None:
    """What an earlier run wrote down."""
    try:
        return State(**json.loads(files.state.read_text("utf-8")))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None


def is_up(state: State) -> bool:
    """Whether both processes live and the node answers."""
    return runs(state.node_pid, "anvil") and runs(state.keeper_pid, "keeper") and answers(state.rpc)


def runs(pid: int, program: str) -> bool:
    """Whether this process lives and is what we started, not a later one with its number."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return program.encode() in command


def stop(state: State | None, files: Files) -> bool:
    """Stop what is left, the keeper first, so that it can finish; returns whether there was any."""
    if state is None:
        return False
    if runs(state.keeper_pid, "keeper") and not end(state.keeper_pid, "keeper"):
        said = last_line(files.keeper_log)
        click.echo(f"up: the keeper had to be killed; it last said: {said}", err=True)
    if runs(state.node_pid, "anvil"):
        end(state.node_pid, "anvil")
    files.state.unlink(missing_ok=True)
    return True


def end(pid: int, program: str) -> bool:
    """End one process; returns whether it went by itself."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if not runs(pid, program):
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    return False


def fail(message: str) -> NoReturn:
    """One line that says what to do."""
    click.echo(f"up: {message}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
