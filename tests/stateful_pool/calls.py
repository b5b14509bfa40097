"""The calls of a pool that the machine makes, with addresses as numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from tests.stateful.engine import text
from tests.support.rpc import calldata, split_types

TERMS = "(address,uint32,uint32,uint96,uint32,uint32,uint16,uint16,uint8,bool)"
ARRAYS = "uint256[],uint256[],string[],string[],uint256[]"
RESULT = "string,bytes,uint256,uint256,string"


@dataclass(frozen=True)
class Call:
    """A call whose fields are the function's arguments, in order."""

    signature: ClassVar[str]

    def encode(self) -> bytes:
        values = [getattr(self, field.name) for field in fields(self)]
        return encoded(self.signature, *values)


def encoded(signature: str, *values: Any) -> bytes:
    """Calldata; addresses may be numbers."""
    types = split_types(signature[signature.index("(") + 1 : -1])
    return calldata(signature, *map(readable, types, values))


def readable(of: str, value: Any) -> Any:
    """A value as the ABI's encoder takes it."""
    if of == "address":
        return text(value).lower()
    if of.startswith("("):
        return tuple(map(readable, split_types(of[1:-1]), value))
    return value


@dataclass(frozen=True)
class Post(Call):
    """`addAITasks` with options."""

    signature = f"addAITasks({ARRAYS},(address,uint8,uint256))"

    rewards: tuple[int, ...]
    request_ids: tuple[int, ...]
    model_ids: tuple[str, ...]
    inputs: tuple[str, ...]
    deadlines: tuple[int, ...]
    options: tuple[int, int, int]  # requester, priority, expected terms


@dataclass(frozen=True)
class Cancel(Call):
    signature = "cancelTask(uint256)"

    task_id: int


@dataclass(frozen=True)
class ClaimNext(Call):
    signature = "claimTaskForUser(address)"

    user: int


@dataclass(frozen=True)
class Claim(Call):
    signature = "claimTaskForUser(address,uint256)"

    user: int
    task_id: int


@dataclass(frozen=True)
class ClaimSigned(Call):
    signature = "claimTaskForUser(address,uint256,uint256,bytes)"

    user: int
    task_id: int
    expiry: int
    signature_: bytes


@dataclass(frozen=True)
class Submit(Call):
    signature = f"submitTaskForUser(address,uint256,{RESULT})"

    user: int
    task_id: int
    result_hash: str
    proof: bytes
    public_input: int
    public_result: int
    result: str


@dataclass(frozen=True)
class Verify(Call):
    signature = "verifyAndPay(uint256,bool)"

    task_id: int
    is_valid: bool


@dataclass(frozen=True)
class VerifyMany(Call):
    signature = "batchVerifyAndPay(uint256[],bool[])"

    task_ids: tuple[int, ...]
    are_valid: tuple[bool, ...]


@dataclass(frozen=True)
class Dispute(Call):
    signature = "disputeTask(uint256)"

    task_id: int


@dataclass(frozen=True)
class Release(Call):
    signature = "releaseExpiredTask(uint256)"

    task_id: int


@dataclass(frozen=True)
class ReleaseMany(Call):
    signature = "releaseExpiredTasks(uint256[])"

    task_ids: tuple[int, ...]


@dataclass(frozen=True)
class SettleBucket(Call):
    signature = "settleBucket(uint256,uint256)"

    bucket: int
    limit: int


@dataclass(frozen=True)
class ScheduleBucket(Call):
    signature = "scheduleBucket(uint256)"

    bucket: int


@dataclass(frozen=True)
class Deposit(Call):
    signature = "depositCredit(address,uint256)"

    account: int
    amount: int


@dataclass(frozen=True)
class Withdraw(Call):
    signature = "withdraw(uint256,address)"

    amount: int
    receiver: int


@dataclass(frozen=True)
class WithdrawAll(Call):
    signature = "withdraw()"


@dataclass(frozen=True)
class WithdrawFunds(Call):
    signature = "withdrawFunds(uint256)"

    amount: int


@dataclass(frozen=True)
class Activate(Call):
    signature = "activatePool()"


@dataclass(frozen=True)
class Deactivate(Call):
    signature = "deactivatePool()"


@dataclass(frozen=True)
class SetVerifier(Call):
    signature = "setZKPVerifier(address)"

    verifier: int


@dataclass(frozen=True)
class SetRegistry(Call):
    signature = "setModelRegistry(address)"

    registry: int


@dataclass(frozen=True)
class SetTerms(Call):
    signature = f"setTerms({TERMS})"

    terms: tuple[Any, ...]
