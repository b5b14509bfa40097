"""Calls as values, and the two things that can be done with one: simulate it, or send it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eth_account.datastructures import SignedTransaction
from web3.exceptions import TransactionNotFound
from web3.types import BlockIdentifier, TxParams, TxReceipt
from web3.types import Wei as Web3Wei

from taskwork.chain.rpc import Request, Web3, batch, node_errors
from taskwork.chain.types import NO_VALUE, ZERO_ADDRESS, Address, Gas, Wei
from taskwork.errors import ChainError, NotMined, TransactionFailed

NO_GAS = Gas(0)
_GAS_MARGIN = 150  # percent of the estimate: scheduling opens more storage once a block emptied
_POLL_SECONDS = 0.1
_BATCH = 100  # requests that every node takes at once


@dataclass(frozen=True, slots=True)
class Call:
    """What to send, to whom, and with how much native coin."""

    to: Address
    data: bytes
    value: Wei = NO_VALUE
    spare: Gas = NO_GAS  # beyond the estimate: what a later block's time may add

    def as_tx(self, sender: Address) -> TxParams:
        """The fields that are known without a node."""
        return {"from": sender, "to": self.to, "data": self.data, "value": Web3Wei(self.value)}


@dataclass(frozen=True, slots=True)
class Fees:
    """EIP-1559 fees, in wei per gas."""

    max_fee: Wei
    tip: Wei


@dataclass(frozen=True, slots=True)
class SignedTx:
    """A transaction that anyone may hand to a node."""

    raw: bytes
    tx_hash: str


class Signer(Protocol):
    """Who signs: eth-account's `LocalAccount`, or whatever does the same."""

    @property
    def address(self) -> Address: ...

    def sign_transaction(self, transaction_dict: Any, /) -> SignedTransaction: ...


async def simulate(
    web3: Web3,
    call: Call,
    *,
    sender: Address = ZERO_ADDRESS,
    gas: Gas | None = None,
    block: BlockIdentifier = "latest",
) -> bytes:
    """Run a call without sending it; raises `ContractError` when it reverts."""
    tx = call.as_tx(sender)
    if gas is not None:
        tx["gas"] = gas
    with node_errors():
        return bytes(await web3.eth.call(tx, block))


async def simulate_many(
    web3: Web3, calls: Sequence[Call], *, block: BlockIdentifier = "latest"
) -> list[bytes]:
    """Run many calls at one block, in few requests; raises the first error, as `simulate` does."""
    with node_errors():
        at = block if block != "latest" else await web3.eth.block_number
    found: list[bytes] = []
    for first in range(0, len(calls), _BATCH):
        requests = [_as_request(call, at) for call in calls[first : first + _BATCH]]
        found += [bytes.fromhex(data[2:]) for data in await batch(web3, requests)]
    return found


async def send(
    web3: Web3,
    account: Signer,
    call: Call,
    *,
    gas: Gas | None = None,
    fees: Fees | None = None,
    timeout_s: float = 120.0,
) -> TxReceipt:
    """Sign and send a call, and wait until it is mined.

    Raises `ContractError` when it would revert (nothing is sent then), `TransactionFailed` when it
    reverted, `NotMined` when it is still out after `timeout_s`.
    """
    tx = call.as_tx(account.address)
    with node_errors():
        tx["gas"] = gas or await web3.eth.estimate_gas(tx) * _GAS_MARGIN // 100 + call.spare
        tx["nonce"] = await web3.eth.get_transaction_count(account.address, "pending")
        tx["chainId"] = await web3.eth.chain_id
    signed = sign(account, tx, fees or await usual_fees(web3))
    await broadcast(web3, signed)
    return await wait_mined(web3, signed.tx_hash, timeout_s=timeout_s)


def sign(account: Signer, tx: TxParams, fees: Fees) -> SignedTx:
    """Sign a transaction that has its gas, nonce and chain id, with these fees."""
    priced: TxParams = {
        **tx,
        "maxFeePerGas": Web3Wei(fees.max_fee),
        "maxPriorityFeePerGas": Web3Wei(fees.tip),
    }
    signed = account.sign_transaction(dict(priced))
    return SignedTx(bytes(signed.raw_transaction), f"0x{signed.hash.hex()}")


async def broadcast(web3: Web3, signed: SignedTx) -> None:
    """Hand a transaction to the node; raises `NodeRefused` when it will not have it."""
    with node_errors():
        await web3.eth.send_raw_transaction(signed.raw)


async def wait_mined(web3: Web3, tx_hash: str, *, timeout_s: float) -> TxReceipt:
    """Wait for a transaction's receipt; raises `TransactionFailed` when it reverted."""
    try:
        async with asyncio.timeout(timeout_s):
            receipt = await _next_receipt(web3, tx_hash)
    except TimeoutError:
        raise NotMined(tx_hash, timeout_s) from None
    if not receipt["status"]:
        raise TransactionFailed(tx_hash, receipt["blockNumber"])
    return receipt


async def find_receipt(web3: Web3, tx_hash: str) -> TxReceipt | None:
    """The receipt, or None while the transaction is not mined."""
    with node_errors():
        try:
            return await web3.eth.get_transaction_receipt(tx_hash)  # type: ignore[arg-type]
        except TransactionNotFound:
            return None


def _as_request(call: Call, block: BlockIdentifier) -> Request:
    at = hex(block) if isinstance(block, int) else block
    return "eth_call", [{"to": call.to, "data": f"0x{call.data.hex()}"}, at]


async def _next_receipt(web3: Web3, tx_hash: str) -> TxReceipt:
    while True:
        receipt = await find_receipt(web3, tx_hash)
        if receipt is not None:
            return receipt
        await asyncio.sleep(_POLL_SECONDS)


async def usual_fees(web3: Web3) -> Fees:
    """Fees that hold while the base fee doubles."""
    with node_errors():
        head = await web3.eth.get_block("latest")
        tip = await web3.eth.max_priority_fee
    base_fee = head.get("baseFeePerGas")
    if base_fee is None:
        raise ChainError("the chain has no base fee (EIP-1559)")
    return Fees(max_fee=Wei(2 * base_fee + tip), tip=Wei(tip))
