"""What the state machine asks of a chain. Addresses are numbers; every transaction is mined."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from eth_utils import to_checksum_address

GWEI = 10**9
ETHER = 10**18
CHAIN_ID = 31337
DEPLOYER = 0xF39FD6E51AAD88F6F4CE6AB8827279CFFFB92266
AMPLE_GAS = 29_000_000


class Log(NamedTuple):
    """An event, undecoded."""

    address: int
    topics: tuple[int, ...]
    data: bytes


@dataclass(frozen=True)
class Answer:
    """What became of a transaction."""

    ok: bool
    output: bytes  # what it returned, or reverted with
    logs: list[Log] = field(default_factory=list)
    gas_used: int = 0
    fee: int = 0  # wei that the sender paid for gas


class Engine(Protocol):
    """A chain on which everybody can send."""

    block: int  # number of the block that the next transaction is in
    time: int  # its timestamp: a second after that of the block before
    base_fee: int
    true_gas: bool  # whether gas is what it is on a chain, and returned data is not to be had

    def deploy(self, code: bytes, runtime: bytes = b"") -> int: ...

    def send(
        self, sender: int, to: int, data: bytes, *, value: int = 0, gas: int = AMPLE_GAS,
        hold: bool = False,
    ) -> Answer:  # fmt: skip
        """Run a transaction. With `hold`, the next one may be in the same block."""
        ...

    def view(self, to: int, data: bytes) -> bytes: ...

    def word(self, contract: int, slot: int) -> int: ...

    def balance(self, account: int) -> int: ...

    def give(self, account: int, wei: int) -> None: ...

    def advance(self, blocks: int) -> None: ...

    def wait_until(self, time: int) -> None:
        """Let no block go by, but time."""
        ...

    def set_base_fee(self, wei: int) -> None: ...

    def mark(self) -> Any: ...

    def undo(self, mark: Any) -> None:
        """Go back to a mark that is not needed again: the latest, or one before it."""
        ...

    def rewind(self, mark: Any) -> Any:
        """Go back to `mark`; returns the mark to use the next time."""
        ...


@functools.lru_cache(maxsize=4096)
def text(address: int) -> str:
    return str(to_checksum_address(f"0x{address:040x}"))
