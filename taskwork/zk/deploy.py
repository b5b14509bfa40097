"""Deploys the verifiers of models. Development keys go to local chains only."""

from __future__ import annotations

from pathlib import Path

from taskwork.chain.abi import load_abi
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.proof_types import NO_KEY, CircuitKey, ModelKeys
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.transactions import Call, Signer, simulate
from taskwork.chain.types import Address
from taskwork.errors import BadKey, ConfigError
from taskwork.zk.artifacts import LOCK, is_for_production, read_lock
from taskwork.zk.generator import contract_name

LOCAL_CHAINS = frozenset({1337, 31337})


async def deploy_adapter(web3: Web3, account: Signer) -> Address:
    """Deploy the judge of all models, which has no key of its own, unless it is there."""
    return await deploy_missing(web3, account, "Groth16Verifier")


async def deploy_model(
    web3: Web3, account: Signer, single: str, batch: str = "", lock: Path = LOCK
) -> ModelKeys:
    """Deploy a model's verifiers unless they are there; return what its id is made from.

    Args:
        web3: the chain.
        account: who pays.
        single: the circuit of one result.
        batch: the circuit of several in one proof; none by default.
        lock: the lock file of the keys.

    Raises:
        ConfigError: the keys are for development, and this is another chain.
        BadKey: the lock file does not name a circuit.

    """
    await refuse_development_keys(web3, lock)
    first = await deploy_circuit(web3, account, single, lock)
    return ModelKeys(first, await deploy_circuit(web3, account, batch, lock) if batch else NO_KEY)


async def deploy_circuit(web3: Web3, account: Signer, circuit: str, lock: Path) -> CircuitKey:
    entry = read_lock(lock).get(circuit)
    if entry is None:
        raise BadKey(f"{lock} names no {circuit}: run `make circuits`")
    verifier = await deploy_missing(web3, account, contract_name(circuit))
    call = Call(verifier, load_abi(contract_name(circuit)).encode_call("VK_HASH()", []))
    if (await simulate(web3, call, sender=account.address)).hex() != entry["vk_hash"][2:]:
        raise BadKey(f"{contract_name(circuit)} is not of the locked key: run `make circuits abi`")
    return CircuitKey(verifier, entry["vk_hash"], f"0x{entry['transcript']}")


async def refuse_development_keys(web3: Web3, lock: Path) -> None:
    with node_errors():
        chain_id = await web3.eth.chain_id
    if not is_for_production(lock) and chain_id not in LOCAL_CHAINS:
        raise ConfigError(
            f"the keys in {lock} are for development, and anybody can forge proofs for them: "
            f"chain {chain_id} is not a local one. See docs/ceremony.md for keys of your own"
        )
