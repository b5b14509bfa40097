"""What can go wrong between a client and its node, one class each.

A fault is handed a request and the node to ask. It answers, or raises: `CutOff` ends the
connection, `AnswerWith` sends bytes that need be no JSON-RPC.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from eth_utils.crypto import keccak

Json = dict[str, Any]
Ask = Callable[[Json], Awaitable[Json]]


class CutOff(Exception):
    """The connection ends without an answer."""


class AnswerWith(Exception):
    """Exactly these bytes are answered."""

    def __init__(
        self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.body, self.status, self.headers = body, status, dict(headers or {})


class Fault(Protocol):
    """One way to misbehave."""

    async def apply(self, request: Json, ask: Ask) -> Json: ...


# The connection


@dataclass(frozen=True)
class RequestLost:
    """The node never sees the request."""

    async def apply(self, request: Json, ask: Ask) -> Json:
        raise CutOff


@dataclass(frozen=True)
class AnswerLost:
    """The node does as it is asked; nobody hears of it."""

    async def apply(self, request: Json, ask: Ask) -> Json:
        await ask(request)
        raise CutOff


@dataclass(frozen=True)
class Hang:
    """The socket stays open and silent; the node may have done as it was asked."""

    node_acts: bool = False

    async def apply(self, request: Json, ask: Ask) -> Json:
        if self.node_acts:
            await ask(request)
        await asyncio.Event().wait()
        raise CutOff


@dataclass(frozen=True)
class Slow:
    """The answer comes late."""

    seconds: float

    async def apply(self, request: Json, ask: Ask) -> Json:
        answer = await ask(request)
        await asyncio.sleep(self.seconds)
        return answer


@dataclass(frozen=True)
class HttpStatus:
    """A gateway's answer, such as 429 or 503; a websocket is closed instead."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    async def apply(self, request: Json, ask: Ask) -> Json:
        raise AnswerWith(b"sorry", self.status, self.headers)


# The bytes


@dataclass(frozen=True)
class Garbage:
    """An answer that is no JSON, or no JSON-RPC."""

    body: bytes = b"<html>502 Bad Gateway</html>"

    async def apply(self, request: Json, ask: Ask) -> Json:
        raise AnswerWith(self.body)


@dataclass(frozen=True)
class HalfJson:
    """The first half of the right answer."""

    async def apply(self, request: Json, ask: Ask) -> Json:
        whole = json.dumps(await ask(request)).encode()
        raise AnswerWith(whole[: len(whole) // 2])


@dataclass(frozen=True)
class Huge:
    """A well-formed answer of so many bytes."""

    size: int

    async def apply(self, request: Json, ask: Ask) -> Json:
        return {"jsonrpc": "2.0", "id": request["id"], "result": "0x" + "00" * (self.size // 2)}


# What the node says


@dataclass(frozen=True)
class Swallowed:
    """A transaction is accepted, and never seen again."""

    async def apply(self, request: Json, ask: Ask) -> Json:
        raw = bytes.fromhex(request["params"][0][2:])
        return {"jsonrpc": "2.0", "id": request["id"], "result": f"0x{keccak(raw).hex()}"}


@dataclass(frozen=True)
class Refused:
    """The node will not serve the request."""

    code: int = -32000
    message: str = "not now"

    async def apply(self, request: Json, ask: Ask) -> Json:
        error = {"code": self.code, "message": self.message}
        return {"jsonrpc": "2.0", "id": request["id"], "error": error}


METHOD_MISSING = Refused(-32601, "Method not found")


@dataclass(frozen=True)
class Lie:
    """The node's result, changed."""

    change: Callable[[Any], Any]

    async def apply(self, request: Json, ask: Ask) -> Json:
        answer = await ask(request)
        return {**answer, "result": self.change(answer["result"])} if "result" in answer else answer


def says(value: object) -> Lie:
    """The same answer whatever is true."""
    return Lie(lambda _: value)


def off_by(amount: int) -> Lie:
    """A number, such as a nonce, that is wrong by so much."""
    return Lie(lambda result: hex(max(0, int(result, 16) + amount)))


def failed_receipt() -> Lie:
    """The receipt of a transaction that reverted, though it did not."""
    return Lie(lambda result: result and {**result, "status": "0x0", "logs": []})


def other_clock(seconds: int) -> Lie:
    """Blocks that were made at another time."""
    return Lie(
        lambda result: (
            result and {**result, "timestamp": hex(int(result["timestamp"], 16) + seconds)}
        )
    )


@dataclass(frozen=True)
class Told:
    """Somebody is told, before or after the node acts, and may end the client meanwhile."""

    tell: Callable[[], None]
    node_acts: bool

    async def apply(self, request: Json, ask: Ask) -> Json:
        answer = await ask(request) if self.node_acts else None
        await asyncio.to_thread(self.tell)
        return answer if answer is not None else await ask(request)


@dataclass(frozen=True)
class Muted:
    """A subscription that no longer tells."""

    async def apply(self, request: Json, ask: Ask) -> Json:
        raise CutOff
