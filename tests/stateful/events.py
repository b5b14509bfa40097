"""The manager's events as numbers, and the order in which a transaction emitted them."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, NamedTuple

from eth_utils import keccak

from tests.stateful.calls import WORD, split
from tests.stateful.engine import Log
from tests.support.abi import signature

ABI = Path(__file__).resolve().parents[2] / "taskwork/abi/TaskManager.json"
ANSWER_AT = 3 * WORD  # of TaskExecuted: after success, an offset and the length

NOTHING = "nothing"  # what a call reverts with that runs out of gas


class Event(NamedTuple):
    """An event; `args` has the indexed arguments first, as the interface does."""

    name: str
    args: tuple[int, ...]
    answer: bytes = b""  # what a target answered


class Refused(Exception):
    """The manager reverts with this error."""

    def __init__(self, error: str, *args: int) -> None:
        super().__init__(error, *args)
        self.error = error
        self.values = args


@functools.cache
def entries(kind: str) -> dict[str, Any]:
    abi = json.loads(ABI.read_text(encoding="utf-8"))
    return {entry["name"]: entry for entry in abi["abi"] if entry["type"] == kind}


@functools.cache
def names_by_topic() -> dict[int, str]:
    named = entries("event").items()
    return {int.from_bytes(keccak(text=signature(e)), "big"): name for name, e in named}


@functools.cache
def error_selector(error: str) -> int:
    return int.from_bytes(keccak(text=signature(entries("error")[error]))[:4], "big")


@functools.cache
def names_by_selector() -> dict[bytes, str]:
    return {error_selector(name).to_bytes(4, "big"): name for name in entries("error")}


def decode(logs: list[Log], manager: int) -> list[Event]:
    return [decode_one(log) for log in logs if log.address == manager]


def decode_one(log: Log) -> Event:
    name = names_by_topic()[log.topics[0]]
    data = split(log.data)
    if name != "TaskExecuted":
        return Event(name, (*log.topics[1:], *data))
    success, _, length = data[:3]
    return Event(name, (*log.topics[1:], success), log.data[ANSWER_AT : ANSWER_AT + length])


def refusal(output: bytes) -> tuple[str, tuple[int, ...]]:
    """The error that a call reverted with."""
    name = names_by_selector().get(output[:4], output[:4].hex() or NOTHING)
    return name, split(output[4:])


class Feed:
    """A transaction's events, taken one by one by the model, which knows what comes next."""

    def __init__(self, events: list[Event], note: str = "") -> None:
        self.events = events
        self.note = note
        self.at = 0

    @property
    def reverted(self) -> bool:
        return bool(self.note)

    def take(self, name: str, *args: int) -> Event:
        """The next event, which must be this one; the arguments may be only the first ones."""
        event = self.peek()
        assert event is not None, f"no event where {name}{args} was due{self.note}"
        told = (event.name, event.args[: len(args)])
        assert told == (name, args), f"{event} where {name}{args} was due"
        self.at += 1
        return event

    def peek(self) -> Event | None:
        return self.events[self.at] if self.at < len(self.events) else None

    def is_next(self, name: str, *args: int) -> bool:
        event = self.peek()
        return event is not None and event.name == name and event.args[: len(args)] == args

    def settled(self) -> list[tuple[int, int]]:
        """The tasks that the batch under way has handled, in order, and what each was charged."""
        found: list[tuple[int, int]] = []
        for event in self.events[self.at :]:
            if event.name == "ExecutorReimbursed":
                found.append((event.args[0], event.args[2]))
            elif found and event.name != "ProtocolFeeCollected":
                break
        return found

    def end(self) -> None:
        assert self.peek() is None, f"nobody expected {self.events[self.at :]}"
