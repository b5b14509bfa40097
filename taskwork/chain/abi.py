"""The committed ABIs, and values on their way in and out of them.

`taskwork/abi/<Contract>.json` holds `{"abi": [...], "bytecode": "0x..."}`. Functions are named by
their whole signature, because some are overloaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_typing import ABIComponent, ABIElement
from eth_utils.abi import abi_to_signature, collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from taskwork.chain import pool_types, proof_types, types
from taskwork.errors import ChainError, ConfigError, InvalidInput

_STRUCTS: Mapping[str, type] = {
    "struct Task": types.Task,
    "struct TaskSchedule": types.TaskSchedule,
    "struct TaskDefinition": types.TaskDefinition,
    "struct TaskMetrics": types.TaskMetrics,
    "struct TaskInfo": types.TaskInfo,
    "struct PriceTerms": types.PriceTerms,
    "struct ITaskManagerLens.Explanation": types.Explanation,
    "struct ITaskPoolBase.Task": pool_types.PoolTask,
    "struct JobInfo": pool_types.JobInfo,
    "struct JobTerms": pool_types.JobTerms,
    "struct PoolConfig": pool_types.PoolConfig,
    "struct PoolSetup": pool_types.PoolSetup,
    "struct PoolStats": pool_types.PoolStats,
    "struct PostOptions": pool_types.PostOptions,
    "struct JobContext": pool_types.JobContext,
    "struct ModelKeys": proof_types.ModelKeys,
    "struct ITaskPoolViewer.TaskView": pool_types.TaskView,
    "struct ITaskPoolViewer.TaskDetails": pool_types.TaskDetails,
    "struct ITaskPoolViewer.PoolView": pool_types.PoolView,
    "struct ITaskPoolViewer.Census": pool_types.Census,
    "struct ITaskPoolViewer.Totals": pool_types.Totals,
}
_ENUMS: Mapping[str, type] = {
    "enum TaskStatus": types.TaskStatus,
    "enum SizeClass": types.SizeClass,
    "enum ITaskManagerLens.Reason": types.Reason,
    "enum JobStatus": pool_types.JobStatus,
    "enum Priority": pool_types.Priority,
    "enum DataMode": pool_types.DataMode,
}


@dataclass(frozen=True, slots=True)
class ContractAbi:
    """One contract's ABI, indexed the ways it is asked for."""

    name: str
    bytecode: bytes
    constructor: Sequence[ABIComponent]
    functions: Mapping[str, ABIElement]  # by signature
    events: Mapping[bytes, ABIElement]  # by topic
    errors: Mapping[bytes, ABIElement]  # by selector

    def encode_call(self, signature: str, args: Sequence[object]) -> bytes:
        """The calldata of one call."""
        function = self._function(signature)
        return keccak(text=signature)[:4] + encode_values(_inputs(function), args)

    def decode_result(self, signature: str, data: bytes) -> tuple[Any, ...]:
        """What the function returned."""
        outputs: Sequence[ABIComponent] = self._function(signature).get("outputs", [])  # type: ignore[assignment]
        try:
            return decode_values(outputs, data)
        except (DecodingError, ValueError) as error:
            raise ChainError(f"no {self.name} answered {signature}: {error}") from error

    def decode_returned(self, selector: bytes, data: bytes) -> tuple[Any, ...]:
        """What the function behind a selector returned."""
        known = (name for name in self.functions if keccak(text=name)[:4] == selector)
        return self.decode_result(next(known, f"0x{selector.hex()}"), data)

    def encode_init(self, args: Sequence[object]) -> bytes:
        """The init code: bytecode and constructor arguments."""
        if not self.bytecode:
            raise ConfigError(f"no bytecode committed for {self.name}: compile the contracts first")
        return self.bytecode + encode_values(self.constructor, args)

    def _function(self, signature: str) -> ABIElement:
        try:
            return self.functions[signature]
        except KeyError:
            raise ConfigError(f"the committed ABI of {self.name} has no {signature}") from None


@cache
def load_abi(name: str) -> ContractAbi:
    """Read one committed ABI."""
    file = files("taskwork") / "abi" / f"{name}.json"
    if not file.is_file():
        raise ConfigError(f"no ABI committed for {name}: see taskwork/abi")
    return index_abi(name, json.loads(file.read_text("utf-8")))


@cache
def load_all_abis() -> tuple[ContractAbi, ...]:
    """Read every committed ABI, by name."""
    folder = files("taskwork") / "abi"
    names = sorted(
        f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json")
    )
    return tuple(load_abi(name) for name in names)


def decode_error(error: ABIElement, data: bytes) -> dict[str, Any]:
    """The arguments of a custom error, by name."""
    inputs = _inputs(error)
    names = (component.get("name", "") for component in inputs)
    return dict(zip(names, decode_values(inputs, data), strict=True))


def decode_event(event: ABIElement, topics: Sequence[bytes], data: bytes) -> tuple[Any, ...]:
    """The arguments of an event, indexed or not, in the order of the ABI."""
    indexed = iter(topics[1:])
    plain = iter(decode_values([c for c in _inputs(event) if not _is_indexed(c)], data))
    return tuple(
        decode_values([c], next(indexed))[0] if _is_indexed(c) else next(plain)
        for c in _inputs(event)
    )


def encode_values(components: Sequence[ABIComponent], values: Sequence[object]) -> bytes:
    """Encode Python values (dataclasses, enums, hex) for the ABI."""
    kinds = [collapse_if_tuple(component) for component in components]
    try:
        return encode(kinds, [_to_abi(c, v) for c, v in zip(components, values, strict=True)])
    except EncodingError as error:
        raise InvalidInput(f"argument for ({','.join(kinds)})", values, str(error)) from error


def decode_values(components: Sequence[ABIComponent], data: bytes) -> tuple[Any, ...]:
    """Decode ABI data into Python values, structs and enums into their own types."""
    raw = decode([collapse_if_tuple(component) for component in components], data)
    return tuple(_from_abi(c, value) for c, value in zip(components, raw, strict=True))


def snake_case(name: str) -> str:
    """The Python name of a Solidity name."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def index_abi(name: str, artifact: Mapping[str, Any]) -> ContractAbi:
    """Index an ABI and bytecode that are not among the committed ones."""
    by_type: dict[str, list[Any]] = {}
    for element in artifact["abi"]:
        by_type.setdefault(element["type"], []).append(element)
    return ContractAbi(
        name=name,
        bytecode=bytes.fromhex(artifact["bytecode"].removeprefix("0x")),
        constructor=next((e["inputs"] for e in by_type.get("constructor", [])), []),
        functions={abi_to_signature(e): e for e in by_type.get("function", [])},
        events={keccak(text=abi_to_signature(e)): e for e in by_type.get("event", [])},
        errors={keccak(text=abi_to_signature(e))[:4]: e for e in by_type.get("error", [])},
    )


def _inputs(element: ABIElement) -> Sequence[ABIComponent]:
    return element.get("inputs", [])  # type: ignore[return-value]


def _is_indexed(component: ABIComponent) -> bool:
    return bool(component.get("indexed"))


def _to_abi(component: ABIComponent, value: Any) -> Any:
    kind = component["type"]
    if kind.endswith("[]") and isinstance(value, list | tuple):
        item: ABIComponent = {**component, "type": kind[:-2]}
        return [_to_abi(item, one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        parts = zip(component["components"], fields(value), strict=True)
        return tuple(_to_abi(part, getattr(value, field.name)) for part, field in parts)
    if isinstance(value, str) and kind.startswith("bytes"):
        return bytes.fromhex(value.removeprefix("0x"))
    return value


def _from_abi(component: ABIComponent, value: Any) -> Any:
    kind = component["type"]
    if kind.endswith("[]"):
        item: ABIComponent = {**component, "type": kind[:-2]}
        return [_from_abi(item, v) for v in value]
    if kind == "tuple":
        return _from_struct(component, value)
    if kind == "address":
        return types.Address(to_checksum_address(value))
    if kind.startswith("bytes") and kind != "bytes":
        return f"0x{value.hex()}"
    enum = _ENUMS.get(component.get("internalType", ""))  # type: ignore[call-overload]
    return enum(value) if enum else value


def _from_struct(component: ABIComponent, value: Sequence[Any]) -> Any:
    values = [_from_abi(c, v) for c, v in zip(component["components"], value, strict=True)]
    name = str(component.get("internalType", "")).removesuffix("[]")
    struct = _STRUCTS.get(name)
    return struct(*values) if struct else tuple(values)
