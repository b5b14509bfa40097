"""Puts the contracts on a chain, at the same addresses everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from taskwork.chain.addresses import DEPLOYMENTS, read_deployment, write_deployment
from taskwork.chain.deploy import deploy_missing, has_code
from taskwork.chain.pool_types import Seconds
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.transactions import Signer
from taskwork.chain.types import ZERO_ADDRESS, Address
from taskwork.errors import ConfigError, InvalidInput

MANAGER = "TaskManager"
LENS = "TaskManagerLens"
POOL = "TaskPool"  # the code of all pools
FACTORY = "TaskPoolFactory"
VIEWER = "TaskPoolViewer"
ADAPTERS = ("UpkeepAdapter", "ResolverAdapter")
BLOCK_SECONDS = Seconds(12)


@dataclass(frozen=True, slots=True)
class Fee:
    """What a manager takes of each charge, for good."""

    bps: int = 0
    recipient: Address = ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What the addresses depend on, beside the code. The usual ones give the usual addresses."""

    fee: Fee = Fee()
    block_seconds: Seconds = BLOCK_SECONDS  # from block to block, as pools reckon


@dataclass(frozen=True, slots=True)
class Deployed:
    """A contract that is there now."""

    name: str
    address: Address
    is_new: bool


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is there, and the file that says so."""

    chain_id: int
    contracts: tuple[Deployed, ...]
    file: Path | None


async def deploy_all(
    web3: Web3,
    signer: Signer,
    options: DeployOptions | None = None,
    folder: Path | None = DEPLOYMENTS,
) -> Deployment:
    """Deploy what is missing, and write the addresses down, unless `folder` is None."""
    options = options or DeployOptions()
    fee = options.fee
    if fee.bps and fee.recipient == ZERO_ADDRESS:
        raise InvalidInput("fee recipient", fee.recipient, "must be an account if there is a fee")
    manager = await _deploy(web3, signer, MANAGER, fee.bps, fee.recipient)
    lens = await _deploy(web3, signer, LENS, manager.address)
    pool = await _deploy(web3, signer, POOL, manager.address, options.block_seconds)
    nobody = (ZERO_ADDRESS, ZERO_ADDRESS)  # no model registry and no router by default
    factory = await _deploy(web3, signer, FACTORY, pool.address, *nobody)
    viewer = await _deploy(web3, signer, VIEWER)
    adapters = [await _deploy(web3, signer, name) for name in ADAPTERS]
    contracts = (manager, lens, pool, factory, viewer, *adapters)
    chain_id = await _chain_id(web3)
    addresses = {contract.name: contract.address for contract in contracts}
    file = None if folder is None else _write(chain_id, addresses, folder)
    return Deployment(chain_id, contracts, file)


async def find_manager(web3: Web3, given: Address | None, folder: Path = DEPLOYMENTS) -> Address:
    """The manager given, else the one written down for this chain; there must be code."""
    return await find_contract(web3, MANAGER, given, folder)


async def find_contract(
    web3: Web3, name: str, given: Address | None, folder: Path = DEPLOYMENTS
) -> Address:
    """The contract given, else the one written down for this chain; there must be code."""
    chain_id = await _chain_id(web3)
    address = given or _read(chain_id, folder).get(name)
    if address is None:
        raise ConfigError(
            f"no {name} known on chain {chain_id}: run `ape run deploy`, or name another node "
            "with --network"
        )
    if not await has_code(web3, address):
        raise ConfigError(
            f"no {name} at {address} on this node (chain {chain_id}): "
            "run `ape run deploy` there, or name another node with --network"
        )
    return address


async def _deploy(web3: Web3, signer: Signer, name: str, *args: object) -> Deployed:
    before = await _count(web3, signer.address)
    address = await deploy_missing(web3, signer, name, *args)
    return Deployed(name, address, is_new=await _count(web3, signer.address) > before)


def _write(chain_id: int, addresses: dict[str, Address], folder: Path) -> Path:
    return write_deployment(chain_id, {**_read(chain_id, folder), **addresses}, folder)


def _read(chain_id: int, folder: Path) -> dict[str, Address]:
    return read_deployment(chain_id, folder) if (folder / f"{chain_id}.json").exists() else {}


async def _count(web3: Web3, account: Address) -> int:
    with node_errors():
        return await web3.eth.get_transaction_count(account)


async def _chain_id(web3: Web3) -> int:
    with node_errors():
        return await web3.eth.chain_id
