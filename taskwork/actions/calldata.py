"""Calldata from what people type: a signature, and a word per argument."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from eth_abi.abi import encode, is_encodable_type
from eth_abi.exceptions import EncodingError, ParseError
from eth_abi.grammar import normalize, parse
from eth_utils.crypto import keccak

from taskwork.errors import InvalidInput

_SIGNATURE = re.compile(r"([A-Za-z_$][\w$]*)(\(.*\))")


def encode_call(signature: str, words: Sequence[str]) -> bytes:
    """Encode a call such as `transfer(address,uint256)` with its arguments as text.

    Arrays and structs are written as JSON lists, bytes as hex.
    """
    match = _SIGNATURE.fullmatch(signature.replace(" ", ""))
    kinds = _kinds(match[2]) if match else None
    if match is None or kinds is None:
        raise InvalidInput("signature", signature, "write it like transfer(address,uint256)")
    if len(kinds) != len(words):
        raise InvalidInput("arguments", list(words), f"{signature} takes {len(kinds)}")
    values = [_read(kind, word) for kind, word in zip(kinds, words, strict=True)]
    name = f"{match[1]}({','.join(kinds)})"
    try:
        return keccak(text=name)[:4] + encode(kinds, values)
    except (EncodingError, TypeError, ValueError) as error:
        raise InvalidInput("arguments", list(words), f"do not fit {name}: {error}") from error


def read_hex(text: str) -> bytes:
    """Read calldata in hex."""
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise InvalidInput("data", text, "must be hex") from None


def _kinds(inputs: str) -> list[str] | None:
    if inputs == "()":
        return []
    try:
        parsed = parse(normalize(inputs))  # type: ignore[no-untyped-call]
    except ParseError:
        return None
    kinds = [component.to_type_str() for component in parsed.components]
    return kinds if all(map(is_encodable_type, kinds)) else None


def _read(kind: str, word: str) -> object:
    if kind.endswith("]") or kind.startswith("("):
        try:
            return _read_json(kind, json.loads(word))
        except (ValueError, AttributeError) as error:
            raise InvalidInput("argument", word, f"must be a JSON list for {kind}") from error
    return _read_word(kind, word)


def _read_json(kind: str, value: object) -> object:
    if not isinstance(value, list):
        return _read_word(kind, value) if isinstance(value, str) else value
    parsed = parse(kind)
    if parsed.is_array:
        return [_read_json(parsed.item_type.to_type_str(), item) for item in value]
    kinds = [component.to_type_str() for component in parsed.components]
    return tuple(_read_json(one, item) for one, item in zip(kinds, value, strict=True))


def _read_word(kind: str, word: str) -> object:
    try:
        if kind.startswith(("uint", "int")):
            return int(word.replace("_", ""), 0)
        if kind.startswith("bytes"):
            return bytes.fromhex(word.removeprefix("0x"))
        return {"true": True, "false": False}[word.lower()] if kind == "bool" else word
    except (ValueError, KeyError):
        raise InvalidInput("argument", word, f"must be {kind}") from None
