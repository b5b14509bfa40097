"""Logs and errors by name: what a receipt says, and what a revert means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_abi import decode
from eth_utils import keccak, to_checksum_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Json = dict[str, Any]


@dataclass(frozen=True)
class Named:
    """An event or an error, with its arguments by name."""

    name: str
    args: dict[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.args[field]


class Interface:
    """The events and errors of one contract's ABI."""

    def __init__(self, abi: Sequence[Json]) -> None:
        self.functions = {signature(e): e for e in abi if e["type"] == "function"}
        self.events = {e["name"]: e for e in abi if e["type"] == "event"}
        self.errors = {e["name"]: e for e in abi if e["type"] == "error"}
        self._by_topic = {keccak(text=signature(e)): e for e in self.events.values()}
        self._by_selector = {keccak(text=signature(e))[:4]: e for e in self.errors.values()}

    def topic(self, event: str) -> bytes:
        return keccak(text=signature(self.events[event]))

    def selector(self, error: str) -> bytes:
        return keccak(text=signature(self.errors[error]))[:4]

    def decode_logs(self, logs: Iterable[Json], emitter: str) -> list[Named]:
        own = [log for log in logs if to_bytes(log["address"]) == to_bytes(emitter)]
        return [self.decode_log(log) for log in own]

    def decode_log(self, log: Json) -> Named:
        topics = [to_bytes(topic) for topic in log["topics"]]
        event = self._by_topic[topics[0]]
        indexed = [field for field in event["inputs"] if field["indexed"]]
        plain = [field for field in event["inputs"] if not field["indexed"]]
        args = {f["name"]: _value(f, topic) for f, topic in zip(indexed, topics[1:], strict=True)}
        values = decode([canonical(f) for f in plain], to_bytes(log["data"]))
        args |= {f["name"]: _tidy(f, value) for f, value in zip(plain, values, strict=True)}
        return Named(event["name"], args)

    def decode_error(self, data: bytes) -> Named:
        error = self._by_selector.get(data[:4])
        if error is None:
            return Named("0x" + data[:4].hex(), {"data": data[4:]})
        values = decode([canonical(f) for f in error["inputs"]], data[4:])
        pairs = zip(error["inputs"], values, strict=True)
        return Named(error["name"], {f["name"]: _tidy(f, value) for f, value in pairs})


def signature(entry: Json) -> str:
    return f"{entry['name']}({','.join(canonical(field) for field in entry['inputs'])})"


def canonical(field: Json) -> str:
    """The type as it stands in a signature: tuples spelled out."""
    if not field["type"].startswith("tuple"):
        return str(field["type"])
    inner = ",".join(canonical(part) for part in field["components"])
    return f"({inner}){field['type'].removeprefix('tuple')}"


def to_bytes(data: str | bytes) -> bytes:
    return bytes.fromhex(data[2:]) if isinstance(data, str) else bytes(data)


def _value(field: Json, topic: bytes) -> Any:
    return _tidy(field, decode([canonical(field)], topic)[0])


def _tidy(field: Json, value: Any) -> Any:
    return to_checksum_address(value) if field["type"] == "address" else value
