"""The engine for depth: revm inside this process, by way of pyrevm.

Its BASEFEE is always zero, so the manager's code is deployed with PREVRANDAO in that opcode's
place, which can be set. Storage stays warm from one transaction to the next, so gas is lower here
than on a chain; what it costs is tested on the other engine.
"""

from __future__ import annotations

from typing import Any

from pyrevm import EVM, BlockEnv, CfgEnv, Env

from tests.stateful.engine import AMPLE_GAS, CHAIN_ID, DEPLOYER, ETHER, GWEI, Answer, Log, text

BASEFEE = 0x48
PREVRANDAO = 0x44
PUSH1, PUSH32 = 0x60, 0x7F
FIRST_BLOCK = 1
FIRST_TIME = 1_800_000_000


class Revm:
    """An Ethereum virtual machine without a chain."""

    true_gas = False

    def __init__(self) -> None:
        self._evm = EVM(env=Env(cfg=CfgEnv(chain_id=CHAIN_ID)))
        self.block = FIRST_BLOCK
        self.time = FIRST_TIME
        self.base_fee = GWEI
        self.give(DEPLOYER, ETHER)
        self._set_environment()

    def deploy(self, code: bytes, runtime: bytes = b"") -> int:
        if runtime:
            at = code.index(runtime)
            code = code[:at] + with_settable_base_fee(runtime) + code[at + len(runtime) :]
        address = int(self._evm.deploy(text(DEPLOYER), code), 16)
        self.advance(1)
        return address

    def send(
        self, sender: int, to: int, data: bytes, *, value: int = 0, gas: int = AMPLE_GAS,
        hold: bool = False,
    ) -> Answer:  # fmt: skip
        self._evm.reset_transient_storage()
        try:
            output = self._evm.message_call(text(sender), text(to), data, value=value, gas=gas)
            ok = True
        except RuntimeError as error:
            output, ok = revert_data(str(error)), False
        result = self._evm.result
        logs = [to_log(log) for log in result.logs] if ok else []
        if not hold:
            self.advance(1)
        return Answer(ok, bytes(output), logs, result.gas_used)

    def view(self, to: int, data: bytes) -> bytes:
        self._evm.reset_transient_storage()
        output = self._evm.message_call(text(DEPLOYER), text(to), data, gas=10**12, is_static=True)
        return bytes(output)

    def word(self, contract: int, slot: int) -> int:
        return int(self._evm.storage(text(contract), slot))

    def balance(self, account: int) -> int:
        return int(self._evm.get_balance(text(account)))

    def give(self, account: int, wei: int) -> None:
        self._evm.set_balance(text(account), wei)

    def advance(self, blocks: int) -> None:
        self.block += blocks
        self.time += blocks
        self._set_environment()

    def wait_until(self, time: int) -> None:
        assert time >= self.time, f"{time} has passed"
        self.time = time
        self._set_environment()

    def set_base_fee(self, wei: int) -> None:
        self.base_fee = wei
        self._set_environment()

    def mark(self) -> Any:
        return self._evm.snapshot(), self.block, self.time

    def undo(self, mark: Any) -> None:
        checkpoint, self.block, self.time = mark
        self._evm.revert(checkpoint)
        self.set_base_fee(GWEI)

    def rewind(self, mark: Any) -> Any:
        self.undo(mark)
        return self.mark()

    def _set_environment(self) -> None:
        stand_in = self.base_fee.to_bytes(32, "big")
        environment = BlockEnv(number=self.block, timestamp=self.time, prevrandao=stand_in)
        self._evm.set_block_env(environment)


def with_settable_base_fee(runtime: bytes) -> bytes:
    """Put PREVRANDAO in the place of each BASEFEE, past the operands of the pushes."""
    code = bytearray(runtime)
    at = 0
    while at < len(code):
        opcode = code[at]
        assert opcode != PREVRANDAO, "the manager would see the base fee for the randomness"
        if opcode == BASEFEE:
            code[at] = PREVRANDAO
        at += 1 + (opcode - PUSH1 + 1 if PUSH1 <= opcode <= PUSH32 else 0)
    return bytes(code)


def revert_data(message: str) -> bytes:
    """What a call reverted with: pyrevm says it in the text of its exception."""
    _, found, rest = message.partition("output: 0x")
    return bytes.fromhex(rest.split(" ")[0].rstrip("})")) if found else b""


def to_log(log: Any) -> Log:
    _, data = log.data
    return Log(int(log.address, 16), tuple(int(topic, 16) for topic in log.topics), bytes(data))
