"""Errors that the library raises.

TaskworkError
├── ConfigError             stop: only the operator can help
├── InvalidInput            stop: the chain would refuse this value
├── ChainError              retry with backoff: the node is away or misbehaves
│   ├── NodeRefused         the node answered, and said no
│   │   └── MethodMissing   it does not know this request: ask another way
│   └── NotMined            the transaction is still out: wait longer or replace it
├── ContractError           a contract refused: by name and arguments; see contract_errors
│   ├── NotFound            no such task, job or pool: check the id and the chain
│   ├── NotPermitted        somebody else may
│   ├── WrongState          it is past that, or not there yet: read it again
│   ├── OutOfTime           too early or too late
│   ├── NotEnough           money, gas or room is lacking: add, or wait
│   └── BadValue            no contract will accept this argument
├── TransactionFailed       a mined transaction reverted
├── UntrustedPool           stop: it would have you sign for another pool
├── ProofError              stop: this statement cannot be proven or judged
│   ├── BadKey              none, not the locked one, or one that anybody could forge for
│   ├── BadProof            not a proof: its length, a coordinate, a point
│   ├── BadSignal           a value that the circuit does not take, by its name
│   └── ProverFailed        the prover ended without a proof
└── PrivacyError            skip: this ciphertext or key is not to be used; ask its sender
    ├── NotAnEnvelope       something else, or an envelope of something else
    ├── UnknownEnvelope     of a version or kind that this release does not know
    ├── TruncatedEnvelope   cut short on its way
    ├── MisdirectedEnvelope for another chain, pool, job or party: a replay
    ├── WrongAddressee      sealed to another key
    ├── TamperedEnvelope    changed on its way
    └── UntrustedKey        not announced by the account, or no longer

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


class NotFound(ContractError):
    """There is no such task, job or pool, at least on this chain."""


class NotPermitted(ContractError):
    """The caller, or the signer, is not who may do this."""


class WrongState(ContractError):
    """What it is about is not in a state that allows it."""


class OutOfTime(ContractError):
    """It is too early or too late."""


class NotEnough(ContractError):
    """Money, gas or room is lacking."""


class BadValue(ContractError):
    """An argument is out of range, or does not fit the others."""


class TransactionFailed(TaskworkError):
    """A transaction was mined and reverted; its gas is spent."""

    def __init__(self, tx_hash: str, block: int) -> None:
        super().__init__(f"transaction {tx_hash} reverted in block {block}")
        self.tx_hash = tx_hash
        self.block = block


class ProofError(TaskworkError):
    """A proof, a key or a statement is not as it must be."""


class BadKey(ProofError):
    """A proving or verification key is not to be used."""


class BadProof(ProofError):
    """These are no points that a proof could be made of. A proof of something false is no error."""


class BadSignal(ProofError):
    """A circuit does not take this value. `signal` is its name, with the index in an array."""

    def __init__(self, signal: str, value: object, bound: str) -> None:
        super().__init__(f"{signal} is {value!r}: {bound}")
        self.signal = signal
        self.value = value


class ProverFailed(ProofError):
    """The prover is missing, or ended without a proof."""


class UntrustedPool(TaskworkError):
    """A pool gives the signing domain of another pool, or of another chain, for its own."""

    def __init__(self, pool: str, chain_id: int, named: str, named_chain_id: int) -> None:
        super().__init__(
            f"the pool {pool} on chain {chain_id} would have you sign for {named} "
            f"on chain {named_chain_id}"
        )
        self.pool = pool
        self.named = named


class PrivacyError(TaskworkError):
    """An encrypted input or result cannot be opened, or a key not be trusted."""


class NotAnEnvelope(PrivacyError):
    """The bytes are no envelope, or not the one wanted."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"not the envelope wanted: it {fault}")


class UnknownEnvelope(PrivacyError):
    """A later release made it, or nobody did."""

    def __init__(self, field: str, value: int) -> None:
        super().__init__(f"the envelope's {field} is {value}, which this release does not know")
        self.field = field
        self.value = value


class TruncatedEnvelope(PrivacyError):
    """The envelope ends too early."""

    def __init__(self, wanted: int, found: int) -> None:
        super().__init__(f"the envelope is cut short: {found} of {wanted} bytes")
        self.wanted = wanted
        self.found = found


class MisdirectedEnvelope(PrivacyError):
    """The envelope is for another chain, pool, job or party; perhaps somebody replays it."""

    def __init__(self, context: object, found: bytes) -> None:
        super().__init__(f"the envelope is not for {context}, but for 0x{found.hex()}")
        self.context = context
        self.found = found


class WrongAddressee(PrivacyError):
    """The envelope is sealed to another key."""

    def __init__(self, own: bytes, addressee: bytes) -> None:
        super().__init__(f"the envelope is for the key 0x{addressee.hex()}, not 0x{own.hex()}")
        self.own = own
        self.addressee = addressee


class TamperedEnvelope(PrivacyError):
    """The ciphertext or its header was changed."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the {kind} does not authenticate: it was changed on its way")
        self.kind = kind


class UntrustedKey(PrivacyError):
    """An announced encryption key cannot be taken for the account's."""

    def __init__(self, account: str, fault: str) -> None:
        super().__init__(f"the key announced for {account} is not to be used: {fault}")
        self.account = account
        self.fault = fault


def _listed(args_by_name: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in args_by_name.items())


def _plain(value: object) -> object:
    return value.name.lower() if isinstance(value, Enum) else value
