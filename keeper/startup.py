"""What must be right before the keeper starts."""

from __future__ import annotations

from keeper.errors import NotATaskManager, WrongChain
from keeper.settings import Settings
from taskwork.chain.addresses import read_deployment
from taskwork.chain.deploy import has_code
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.types import Address, BlockNumber, as_address
from taskwork.errors import ChainError, ConfigError, ContractError


async def find_manager(web3: Web3, settings: Settings) -> tuple[int, Address]:
    """The chain's id and its TaskManager; refuses what the operator did not mean."""
    with node_errors():
        chain_id = await web3.eth.chain_id
    if settings.chain_id not in {None, chain_id}:
        raise WrongChain(settings.chain_id or 0, chain_id)
    address = _configured(settings, chain_id)
    if not await has_code(web3, address) or not await _answers(web3, address):
        raise NotATaskManager(address, chain_id)
    return chain_id, address


def _configured(settings: Settings, chain_id: int) -> Address:
    if settings.manager is not None:
        return as_address(settings.manager)
    deployed = read_deployment(chain_id)
    if "TaskManager" not in deployed:
        raise ConfigError(f"no TaskManager among the deployments on chain {chain_id}: --manager")
    return deployed["TaskManager"]


async def _answers(web3: Web3, address: Address) -> bool:
    manager = TaskManagerClient(web3, address)
    try:
        await manager.get_next_execution_block_in_range(BlockNumber(0), BlockNumber(0))
        return await manager.clock_mode() == "mode=blocknumber&from=default"
    except (ContractError, ChainError):
        return False
