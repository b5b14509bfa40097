"""Deployment through the deterministic proxy: the same code gets the same address everywhere."""

from __future__ import annotations

from taskwork.chain.abi import load_abi
from taskwork.chain.addresses import CREATE2_PROXY, NO_SALT, create2_address
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.transactions import Call, Signer, send
from taskwork.chain.types import Address
from taskwork.errors import ChainError, ConfigError


async def deploy_missing(
    web3: Web3,
    account: Signer,
    contract: str,
    *args: object,
    salt: bytes = NO_SALT,
) -> Address:
    """Deploy a contract unless these arguments did before; returns its address."""
    init_code = load_abi(contract).encode_init(args)
    address = create2_address(init_code, salt=salt)
    if await has_code(web3, address):
        return address
    if not await has_code(web3, CREATE2_PROXY):
        raise ConfigError(f"this chain lacks the deployment proxy {CREATE2_PROXY}: deploy it first")
    await send(web3, account, Call(CREATE2_PROXY, salt + init_code))
    if not await has_code(web3, address):
        raise ChainError(f"{contract} was deployed, but the node shows no code at {address}")
    return address


async def has_code(web3: Web3, address: Address) -> bool:
    """Whether there is a contract at the address."""
    with node_errors():
        return bool(await web3.eth.get_code(address))
