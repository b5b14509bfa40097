"""Chains of their own, and the commands that users type, run as users run them."""

from __future__ import annotations

import asyncio
import itertools
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from eth_account import Account

with warnings.catch_warnings():
    # web3 imports a part of websockets that is deprecated; every other warning is an error.
    warnings.filterwarnings("ignore", "websockets.legacy is deprecated", DeprecationWarning)
    from taskwork.actions.deployment import deploy_all
    from taskwork.chain.rpc import connect
from taskwork.devnet.node import Node, NodeOptions, running_node
from tests.e2e.commands import Ape

CHAIN_IDS = itertools.count(909_001)  # nobody's, so that nobody's addresses are overwritten
DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # anvil's first
DEPLOYMENTS = Path("deployments")


@pytest.fixture(scope="module")
def start_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Ape]]:
    """Starts fresh chains, each with an id of its own."""
    logs = tmp_path_factory.mktemp("logs")
    with ExitStack() as running:

        def start() -> Ape:
            chain_id = next(CHAIN_IDS)
            options = NodeOptions(chain_id=chain_id)
            node: Node = running.enter_context(
                running_node(logs / f"anvil-{chain_id}.log", options)
            )
            running.callback((DEPLOYMENTS / f"{chain_id}.json").unlink, missing_ok=True)
            return Ape(node.url, chain_id)

        yield start
    if DEPLOYMENTS.is_dir() and not any(DEPLOYMENTS.iterdir()):
        DEPLOYMENTS.rmdir()


@pytest.fixture(scope="module")
def deployed(start_chain: Callable[[], Ape]) -> Ape:
    """`ape run` on a chain that has the contracts already."""
    ape = start_chain()

    async def deploy() -> None:
        async with connect(ape.url) as web3:
            await deploy_all(web3, Account.from_key(DEPLOYER_KEY))

    asyncio.run(deploy())
    return ape
