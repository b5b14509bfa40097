"""A pool's events and errors, by name, with addresses as numbers."""

from __future__ import annotations

import functools
import json
from typing import Any

from tests.stateful.engine import Log
from tests.support.abi import Interface
from tools import artifacts

NOTHING = "nothing"  # what a call reverts with that runs out of gas
# Of contracts that a pool's calls go through.
FOREIGN_ERRORS = (
    ("SafeERC20FailedOperation", ["address"]),
    ("TokenDouble_Refused", ["address", "address"]),
    ("ERC20InsufficientBalance", ["address", "uint256", "uint256"]),
    ("ERC20InsufficientAllowance", ["address", "uint256", "uint256"]),
)
# Whether and for when a bucket is scheduled is the task manager's affair.
UNPREDICTED = ("BucketScheduled", "BucketNotScheduled")


@functools.cache
def interface() -> Interface:
    compiled = artifacts.OUT / "ITaskPool.sol/ITaskPool.json"
    abi = json.loads(compiled.read_text(encoding="utf-8"))["abi"]
    foreign = [
        {
            "type": "error",
            "name": name,
            "inputs": [{"name": f"value{at}", "type": of} for at, of in enumerate(types)],
        }
        for name, types in FOREIGN_ERRORS
    ]
    return Interface([*abi, *foreign])


def decode(logs: list[Log], pool: int) -> list[tuple[Any, ...]]:
    """The pool's events, as the model says them."""
    return [decode_one(log) for log in logs if log.address == pool]


def decode_one(log: Log) -> tuple[Any, ...]:
    raw = {"topics": [topic.to_bytes(32, "big") for topic in log.topics], "data": log.data}
    named = interface().decode_log(raw)
    fields = interface().events[named.name]["inputs"]
    values = (tidy(field["type"], named.args[field["name"]]) for field in fields)
    return (named.name, *values)


def tidy(of: str, value: Any) -> Any:
    """An address as a number, also inside a tuple."""
    if of == "address":
        return int(value, 16)
    if of == "tuple":
        return tuple(int(part, 16) if is_address(part) else part for part in value)
    return tuple(value) if of.endswith("[]") else value


def is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("0x")


def refusal(output: bytes) -> str:
    """The name of the error that a call reverted with."""
    return interface().decode_error(output).name if len(output) >= 4 else NOTHING


def comparable(events: list[tuple[Any, ...]]) -> list[str]:
    """What happened, in whatever order; what an account is credited in a call is one sum."""
    credits_: dict[Any, int] = {}
    others = []
    for event in events:
        if event[0] == "CreditAdded":
            credits_[event[1]] = credits_.get(event[1], 0) + event[2]
        elif event[0] not in UNPREDICTED:
            others.append(event)
    sums = [("CreditAdded", account, amount) for account, amount in credits_.items() if amount]
    return sorted(map(repr, [*others, *sums]))
