"""Reaching into a manager's storage, for states that no test could live long enough to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_abi import encode
from eth_utils import keccak

if TYPE_CHECKING:
    from tests.support.rpc import Rpc

BOND_BITS = 88
BLOCK_BITS = 40
SLOTS_TO_SEARCH = 40


def account_slot(rpc: Rpc, manager: str, account: str, distance: int = 0) -> bytes:
    """The slot of `account`'s word: the one in a mapping by address that starts with its bond.

    With a `distance`, the slot of the same account in the mapping declared so much later.
    """
    bond, _ = rpc.read(manager, "bondOf(address)", account, returns="uint256,uint256")
    assert bond, "only an account with a bond can be told from an empty slot"
    for index in range(SLOTS_TO_SEARCH):
        if read_word(rpc, manager, _slot(account, index)) % (1 << BOND_BITS) == bond:
            return _slot(account, index + distance)
    raise AssertionError(f"no slot of {manager} holds the bond of {account}")


def find_state_slot(rpc: Rpc, manager: str, task_id: int, next_block: int) -> bytes:
    """The slot of a task's state: the one in a mapping by id that starts with its block."""
    for index in range(SLOTS_TO_SEARCH):
        slot = keccak(encode(["uint256", "uint256"], [task_id, index]))
        if read_word(rpc, manager, slot) % (1 << BLOCK_BITS) == next_block:
            return slot
    raise AssertionError(f"no slot of {manager} holds task {task_id}")


def _slot(account: str, index: int) -> bytes:
    return keccak(encode(["address", "uint256"], [account, index]))


def read_word(rpc: Rpc, contract: str, slot: bytes) -> int:
    return int(rpc("eth_getStorageAt", contract, "0x" + slot.hex(), "latest"), 16)


def write_word(rpc: Rpc, contract: str, slot: bytes, word: int) -> None:
    rpc("anvil_setStorageAt", contract, "0x" + slot.hex(), f"0x{word:064x}")
