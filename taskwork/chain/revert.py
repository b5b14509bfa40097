"""Revert data as errors with a name, and returned data as words."""

from __future__ import annotations

from collections.abc import Sequence

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import ABIElement

from taskwork.chain.abi import ContractAbi, decode_error
from taskwork.chain.contract_errors import error_class, known_errors
from taskwork.errors import ContractError

_ERROR_STRING = bytes.fromhex("08c379a0")  # Error(string)
_PANIC = bytes.fromhex("4e487b71")  # Panic(uint256)
_PANICS = {
    0x01: "assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x21: "no such enum value",
    0x22: "corrupt storage bytes",
    0x31: "pop from an empty array",
    0x32: "index out of bounds",
    0x41: "out of memory",
    0x51: "call of an uninitialised function",
}


def decode_revert(data: bytes, others: Sequence[ContractAbi] = ()) -> ContractError:
    """Name what a contract, ours or one of `others`, reverted with; never fails."""
    if not data:
        return ContractError("NoReason", {}, "reverted without a reason")
    selector, arguments = data[:4], data[4:]
    try:
        if selector == _ERROR_STRING:
            text = _message(arguments)
            return ContractError("Error", {"message": text}, f"reverted: {text}")
        if selector == _PANIC:
            return _panic(arguments)
        error = _known_error(selector, others)
        if error is not None:
            name = str(error["name"])  # type: ignore[typeddict-item]
            return error_class(name)(name, decode_error(error, arguments))
    except DecodingError:
        pass  # cut short, or another contract's error behind the same selector
    return ContractError("Unknown", {"data": f"0x{data.hex()}"}, f"reverted with 0x{data.hex()}")


def error_name(selector: bytes) -> str:
    """The name of a custom error, or its selector in hex when no ABI has it."""
    error = _known_error(selector)
    return str(error["name"]) if error else f"0x{selector.hex()}"  # type: ignore[typeddict-item]


def describe_return(success: bool, data: bytes, others: Sequence[ContractAbi] = ()) -> str:
    """What `TaskExecuted.returnData` says, for people. The chain keeps its first 256 bytes."""
    if success:
        return f"returned 0x{data.hex()}" if data else "returned nothing"
    return str(decode_revert(data, others))


def _known_error(selector: bytes, others: Sequence[ContractAbi] = ()) -> ABIElement | None:
    found = (abi.errors[selector] for abi in others if selector in abi.errors)
    return known_errors().get(selector) or next(found, None)


def _panic(arguments: bytes) -> ContractError:
    (code,) = decode(["uint256"], arguments)
    meaning = _PANICS.get(code, "unknown panic")
    return ContractError("Panic", {"code": code}, f"panicked: {meaning} (0x{code:02x})")


def _message(arguments: bytes) -> str:
    """The string, or as much of it as was kept."""
    offset, length = (int.from_bytes(arguments[i : i + 32], "big") for i in (0, 32))
    if offset != 32 or len(arguments) < 64:
        raise DecodingError("not a string")
    kept = arguments[64 : 64 + length]
    text = kept.decode("utf-8", errors="replace")
    return text if len(kept) == length else f"{text}…"
