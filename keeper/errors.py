"""Errors of the keeper, in the library's tree.

TaskworkError
├── ConfigError             stop: only the operator can help
│   ├── WrongChain
│   ├── NotATaskManager
│   ├── KeyUnusable
│   ├── SignerLied          the remote signer signed something else, or as somebody else
│   └── WrongStore          it is another keeper's, or cannot be opened
├── InvalidInput            stop: a setting is no address
├── ChainError              back off, try again: the node is away or misbehaves
│   ├── NoEndpoint          none of the endpoints is fit to be asked
│   ├── NoncesDisagree      send nothing until the endpoints agree
│   └── NodeRefused         not this transaction: try again with the next block
│       └── MethodMissing   predict instead of simulating
├── ContractError           back off, try again: a read was refused
├── SignerError             send nothing now: the remote signer did not sign
│   ├── SignerAway
│   └── SignerRefused
├── StoreError              send nothing until the store can be written again
└── LeaseLost               stop: another keeper leads

Each message is one line and says what the operator can do.
"""

from __future__ import annotations

from collections.abc import Sequence

from taskwork.errors import ChainError, ConfigError, TaskworkError


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


class WrongStore(ConfigError):
    """The store belongs to another chain or contract, or is no store."""


class NoEndpoint(ChainError):
    """Every endpoint is away, behind or wrong."""

    def __init__(self, troubles: Sequence[str]) -> None:
        super().__init__(f"no endpoint can be used: {'; '.join(troubles)}")
        self.troubles = tuple(troubles)


class NoncesDisagree(ChainError):
    """The endpoints tell nonces so far apart that one of them lies."""

    def __init__(self, counts: Sequence[int], ledger: int) -> None:
        told = ", ".join(str(count) for count in counts)
        super().__init__(
            f"the endpoints tell nonces {told} and the ledger {ledger}: "
            "remove the endpoint that is wrong"
        )
        self.counts = tuple(counts)
        self.ledger = ledger


class SignerLied(ConfigError):
    """The remote signer's signature is not the executor's over what was asked."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"the signer answered for {expected} with {found}: nothing was sent; look at the signer"
        )
        self.expected = expected


class SignerError(TaskworkError):
    """The remote signer did not sign; nothing was sent."""


class SignerAway(SignerError):
    """The remote signer did not answer, or not sensibly."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the signer does not answer ({reason}): see that it runs")
        self.reason = reason


class SignerRefused(SignerError):
    """The remote signer answered, and would not sign."""

    def __init__(self, status: int) -> None:
        super().__init__(
            f"the signer refused with status {status}: see that it has the key and lets us ask"
        )
        self.status = status


class StoreError(TaskworkError):
    """The store cannot be read or written: disk full, database away."""


class LeaseLost(TaskworkError):
    """Somebody else holds the lease under which this keeper works."""
