"""The engine for truth: a real anvil, by raw JSON-RPC, with real gas, fees and storage costs."""

from __future__ import annotations

from typing import Any

from tests.stateful.engine import AMPLE_GAS, DEPLOYER, GWEI, Answer, Log, text
from tests.support.rpc import Rpc, RpcError, hexed

MAX_FEE = 10_000 * GWEI  # what transactions offer, whatever the base fee is
BLOCK_GAS = 10**9


class Node:
    """A chain that mines a block for each transaction."""

    true_gas = True

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self.base_fee = GWEI
        rpc("anvil_autoImpersonateAccount", True)
        rpc("evm_setAutomine", False)  # which can lose what follows a revert
        rpc("evm_setBlockGasLimit", hex(BLOCK_GAS))
        rpc("anvil_setBlockTimestampInterval", 1)
        self.block, self.time = self._next_block()

    def deploy(self, code: bytes, _runtime: bytes = b"") -> int:
        tx = {"from": text(DEPLOYER), "data": hexed(code), "gas": hex(AMPLE_GAS)}
        receipt = self._mined(tx)
        return int(receipt["contractAddress"], 16)

    def send(
        self, sender: int, to: int, data: bytes, *, value: int = 0, gas: int = AMPLE_GAS,
        hold: bool = False,
    ) -> Answer:  # fmt: skip
        assert not hold, "every transaction has a block of its own here"
        tx = {
            "from": text(sender), "to": text(to), "data": hexed(data), "value": hex(value),
            "gas": hex(gas),
        }  # fmt: skip
        receipt = self._mined(tx)
        ok = int(receipt["status"], 16) == 1
        gas_used = int(receipt["gasUsed"], 16)
        return Answer(
            ok=ok,
            output=b"" if ok else self._refusal(tx),
            logs=[to_log(log) for log in receipt["logs"]],
            gas_used=gas_used,
            fee=gas_used * int(receipt["effectiveGasPrice"], 16),
        )

    def view(self, to: int, data: bytes) -> bytes:
        return self._rpc.call(text(to), data, gas=BLOCK_GAS)

    def word(self, contract: int, slot: int) -> int:
        return int(self._rpc("eth_getStorageAt", text(contract), f"0x{slot:064x}", "latest"), 16)

    def balance(self, account: int) -> int:
        return int(self._rpc("eth_getBalance", text(account), "latest"), 16)

    def give(self, account: int, wei: int) -> None:
        self._rpc("anvil_setBalance", text(account), hex(wei))

    def advance(self, blocks: int) -> None:
        self._rpc("anvil_mine", hex(blocks))
        self.block += blocks
        self.time += blocks

    def wait_until(self, time: int) -> None:
        assert time >= self.time, f"{time} has passed"
        if time > self.time:
            self._rpc("evm_setNextBlockTimestamp", hex(time))
            self.time = time

    def set_base_fee(self, wei: int) -> None:
        self.base_fee = wei

    def mark(self) -> Any:
        return self._rpc("evm_snapshot")

    def undo(self, mark: Any) -> None:
        self._rpc("anvil_dropAllTransactions")
        self._rpc("evm_revert", mark)
        self.base_fee = GWEI
        self.block, self.time = self._next_block()
        # A revert may leave a time behind that was set for a block that was not mined.
        self._rpc("evm_setNextBlockTimestamp", hex(self.time))

    def rewind(self, mark: Any) -> Any:
        self.undo(mark)
        return self.mark()

    def _next_block(self) -> tuple[int, int]:
        latest = self._rpc("eth_getBlockByNumber", "latest", False)
        return int(latest["number"], 16) + 1, int(latest["timestamp"], 16) + 1

    def _mined(self, tx: dict[str, str]) -> dict[str, Any]:
        self._rpc("anvil_setNextBlockBaseFeePerGas", hex(self.base_fee))
        fees = {"maxFeePerGas": hex(MAX_FEE), "maxPriorityFeePerGas": "0x0"}
        transaction = self._rpc("eth_sendTransaction", tx | fees)
        self._rpc("evm_mine")
        receipt: dict[str, Any] = self._rpc("eth_getTransactionReceipt", transaction)
        assert int(receipt["blockNumber"], 16) == self.block
        self.block += 1
        self.time += 1
        return receipt

    def _refusal(self, tx: dict[str, str]) -> bytes:
        """What a transaction just reverted with: the same call again, in the same block."""
        block = {
            "number": hex(self.block - 1), "time": hex(self.time - 1),
            "baseFeePerGas": hex(self.base_fee),
        }  # fmt: skip
        fees = {"maxFeePerGas": hex(MAX_FEE), "maxPriorityFeePerGas": "0x0"}
        try:
            self._rpc("eth_call", tx | fees, "latest", {}, block)
        except RpcError as error:
            return error.data
        raise AssertionError("the call reverted, and does not now")


def to_log(log: dict[str, Any]) -> Log:
    topics = tuple(int(topic, 16) for topic in log["topics"])
    return Log(int(log["address"], 16), topics, bytes.fromhex(log["data"][2:]))
