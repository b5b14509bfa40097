"""Errors of the keeper, in the library's tree.

TaskworkError
├── ConfigError             stop: only the operator can help
│   ├── WrongChain
│   ├── NotATaskManager
│   └── KeyUnusable
├── InvalidInput            stop: a setting is no address
├── ChainError              back off, connect again: the node is away or misbehaves
│   └── NodeRefused         not this transaction: try again with the next block
│       └── MethodMissing   predict instead of simulating
└── ContractError           back off, connect again: a read was refused

Each message is one line and says what the operator can do.
"""

from __future__ import annotations

from taskwork.errors import ConfigError


class WrongChain(ConfigError):
    """The node serves another chain than the operator named."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"the node serves chain {found}, not {expected}: correct --chain-id or --rpc"
        )


class NotATaskManager(ConfigError):
    """There is no TaskManager at the address given."""

    def __init__(self, address: str, chain_id: int) -> None:
        super().__init__(
            f"no TaskManager at {address} on chain {chain_id}: correct --manager or --rpc"
        )


class KeyUnusable(ConfigError):
    """The keystore cannot be read or opened, or the private key is none."""
