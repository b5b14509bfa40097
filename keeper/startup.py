"""What must be right before the keeper starts."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from keeper.errors import NoEndpoint, NotATaskManager, WrongChain
from keeper.providers.pool import Endpoints
from keeper.services.code import created_address, is_same_code
from keeper.settings import Settings
from keeper.types import Identity
from taskwork.chain.abi import load_abi
from taskwork.chain.addresses import read_deployment
from taskwork.chain.rpc import Web3
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.types import ZERO_ADDRESS, Address, as_address
from taskwork.errors import ChainError, ConfigError, ContractError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Found:
    chain_id: int
    genesis: str


async def find_manager(endpoints: Endpoints, settings: Settings) -> Identity:
    """The chain and its TaskManager; refuses what the operator did not mean.

    Each endpoint that answers must be of the same chain; one at least must answer.
    """
    found = await _find_chain(endpoints, settings)
    address = _configured(settings, found.chain_id)
    if not await endpoints.ask(lambda web3: _is_manager(web3, address)):
        raise NotATaskManager(address, found.chain_id)
    return Identity(found.chain_id, address, found.genesis)


async def _find_chain(endpoints: Endpoints, settings: Settings) -> _Found:
    seen: _Found | None = None
    troubles = []
    for endpoint in endpoints.all:
        try:
            found = await endpoint.ask(_read_chain)
        except ChainError as error:
            troubles.append(f"{endpoint.name}: {error}")
            continue
        wanted = settings.chain_id or (seen.chain_id if seen else found.chain_id)
        if found.chain_id != wanted:
            raise WrongChain(wanted, found.chain_id)
        seen = seen or found
    if seen is None:
        raise NoEndpoint(troubles)
    for trouble in troubles:
        log.warning("endpoint_lost", reason=trouble)
    for endpoint in endpoints.all:
        endpoint.chain_id = seen.chain_id
    return seen


async def _read_chain(web3: Web3) -> _Found:
    chain_id = await web3.eth.chain_id
    genesis = await web3.eth.get_block(0)
    return _Found(chain_id, f"0x{genesis['hash'].hex()}")


def _configured(settings: Settings, chain_id: int) -> Address:
    if settings.manager is not None:
        return as_address(settings.manager)
    deployed = read_deployment(chain_id)
    if "TaskManager" not in deployed:
        raise ConfigError(f"no TaskManager among the deployments on chain {chain_id}: --manager")
    return deployed["TaskManager"]


async def _is_manager(web3: Web3, address: Address) -> bool:
    """Whether the code is what this package's TaskManager makes of itself."""
    code = bytes(await web3.eth.get_code(address))
    try:
        fee = await TaskManagerClient(web3, address).fee_terms() if code else None
    except (ContractError, ChainError):
        fee = None
    if fee is None:
        return False
    init = load_abi("TaskManager").encode_init(fee)
    made = bytes(await web3.eth.call({"data": init, "from": ZERO_ADDRESS}))
    creator = bytes.fromhex(address[2:])
    return is_same_code(code, made, [created_address(creator, nonce) for nonce in (1, 2)])
