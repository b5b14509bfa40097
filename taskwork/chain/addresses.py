"""Where the contracts are: the files that a deployment writes, and CREATE2 addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from taskwork.chain.types import Address, as_address
from taskwork.errors import ConfigError

# The deterministic deployment proxy, at the same address on every chain that has it.
CREATE2_PROXY = Address(to_checksum_address("0x4e59b44847b379578588920ca78fbf26c0b4956c"))
NO_SALT = bytes(32)
DEPLOYMENTS = Path("deployments")


def create2_address(
    init_code: bytes, *, salt: bytes = NO_SALT, deployer: Address = CREATE2_PROXY
) -> Address:
    """The address at which `deployer` creates `init_code`."""
    preimage = b"\xff" + bytes.fromhex(deployer[2:]) + salt + keccak(init_code)
    return Address(to_checksum_address(keccak(preimage)[12:]))


def read_deployment(chain_id: int, folder: Path = DEPLOYMENTS) -> dict[str, Address]:
    """The contracts of one chain, by name."""
    file = folder / f"{chain_id}.json"
    try:
        entries: Mapping[str, str] = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"nothing deployed on chain {chain_id}: {file} does not exist") from None
    except json.JSONDecodeError as error:
        raise ConfigError(f"{file} is not JSON: {error}") from error
    return {name: as_address(address) for name, address in entries.items()}


def write_deployment(
    chain_id: int, contracts: Mapping[str, Address], folder: Path = DEPLOYMENTS
) -> Path:
    """Record the contracts of one chain; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{chain_id}.json"
    file.write_text(json.dumps(dict(contracts), indent=2) + "\n", "utf-8")
    return file
