"""Errors that the library raises.

TaskworkError
├── ConfigError             stop: only the operator can help
├── InvalidInput            stop: the chain would refuse this value
├── ChainError              retry with backoff: the node is away or misbehaves
│   ├── NodeRefused         the node answered, and said no
│   │   └── MethodMissing   it does not know this request: ask another way
│   └── NotMined            the transaction is still out: wait longer or replace it
├── ContractError           a contract refused: by name and arguments
└── TransactionFailed       a mined transaction reverted

The branch says what the caller does, the message what the operator does.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any


class TaskworkError(Exception):
    """The root: catch it to catch everything that Taskwork raises on purpose."""


class ConfigError(TaskworkError):
    """A setting, a key or an address is wrong; trying again cannot help."""


class InvalidInput(TaskworkError):
    """A value is out of the range that a contract accepts; nothing was sent."""

    def __init__(self, field: str, value: object, bound: str) -> None:
        super().__init__(f"{field} is {value!r}: {bound}")
        self.field = field
        self.value = value
        self.bound = bound


class ChainError(TaskworkError):
    """The node did not answer, or answered what makes no sense."""


class NodeRefused(ChainError):
    """The node answered with an error."""


class MethodMissing(NodeRefused):
    """The node does not know the method."""


class NotMined(ChainError):
    """A transaction was not mined in the time given."""

    def __init__(self, tx_hash: str, seconds: float) -> None:
        super().__init__(f"transaction {tx_hash} was not mined within {seconds:g} seconds")
        self.tx_hash = tx_hash


class ContractError(TaskworkError):
    """A contract reverted. `name` is the error's own; `args_by_name` are its arguments."""

    def __init__(self, name: str, args_by_name: Mapping[str, Any], message: str = "") -> None:
        super().__init__(message or f"{name}({_listed(args_by_name)})")
        self.name = name
        self.args_by_name = dict(args_by_name)


class TransactionFailed(TaskworkError):
    """A transaction was mined and reverted; its gas is spent."""

    def __init__(self, tx_hash: str, block: int) -> None:
        super().__init__(f"transaction {tx_hash} reverted in block {block}")
        self.tx_hash = tx_hash
        self.block = block


def _listed(args_by_name: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in args_by_name.items())


def _plain(value: object) -> object:
    return value.name.lower() if isinstance(value, Enum) else value
