"""Arguments as a scenario writes them, turned into what a contract takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eth_typing import ABIComponent, ABIElement
from eth_utils.abi import abi_to_signature, collapse_if_tuple

from examples.demo.scenario import CALL, ENVOY
from taskwork.chain.abi import ContractAbi
from taskwork.chain.types import Address, as_address
from taskwork.errors import TaskworkError
from taskwork.units import is_amount, parse_wei

COMMA_OUTSIDE_BRACKETS = re.compile(r",\s*(?![^\[]*\])")


class Nonsense(TaskworkError):
    """A call or an argument that means nothing in this scenario."""


@dataclass(frozen=True)
class Names:
    """Who is who, and which envoy calls for whom."""

    addresses: Mapping[str, Address]
    envoys: Mapping[str, Address]

    def address(self, word: str) -> Address:
        """The account that a word means."""
        if match := ENVOY.fullmatch(word):
            return self._look_up(self.envoys, match[1])
        return as_address(word) if word.startswith("0x") else self._look_up(self.addresses, word)

    def value(self, kind: str, word: object) -> object:
        """What an argument means where an ABI type is wanted."""
        if kind.endswith("[]"):
            items = word if isinstance(word, list) else list(_split(str(word).strip("[]")))
            return [self.value(kind[:-2], item) for item in items]
        if isinstance(word, str):
            return self._read(kind, word)
        return word

    def _read(self, kind: str, word: str) -> object:
        if kind == "address":
            return self.address(word)
        if kind.startswith(("uint", "int")):
            return parse_wei(word) if is_amount(word) else int(word.replace("_", ""))
        return {"true": True, "false": False}[word] if kind == "bool" else word

    def _look_up(self, names: Mapping[str, Address], word: str) -> Address:
        if word not in names:
            raise Nonsense(f"{word!r} is none of {', '.join(sorted(names))}")
        return names[word]


def encode_call(text: str, contracts: Mapping[str, ContractAbi], names: Names) -> bytes:
    """The calldata of a call such as `wages.payBonus(erna, 0.5 ether)`."""
    match = CALL.fullmatch(text)
    if not match:
        raise Nonsense(f"{text!r} is not a call, such as wages.pay()")
    contract, function, words = contracts[match[1]], match[2], list(_split(match[3]))
    element = _function(contract, function, len(words))
    return contract.encode_call(abi_to_signature(element), _values(_inputs(element), words, names))


def encode_init(contract: ContractAbi, words: Sequence[object], names: Names) -> bytes:
    """The init code of a contract with these constructor arguments."""
    if len(words) != len(contract.constructor):
        wanted = ", ".join(str(c.get("name")) for c in contract.constructor) or "no arguments"
        raise Nonsense(f"{contract.name} takes {wanted}; {len(words)} given")
    return contract.encode_init(_values(contract.constructor, words, names))


def _function(contract: ContractAbi, name: str, count: int) -> ABIElement:
    for signature, element in contract.functions.items():
        if signature.startswith(f"{name}(") and len(_inputs(element)) == count:
            return element
    known = ", ".join(sorted(contract.functions))
    raise Nonsense(f"{contract.name} has no {name} with {count} arguments; it has {known}")


def _inputs(element: ABIElement) -> Sequence[ABIComponent]:
    return element.get("inputs", [])  # type: ignore[return-value]


def _values(
    components: Sequence[ABIComponent], words: Sequence[object], names: Names
) -> list[object]:
    kinds = [collapse_if_tuple(component) for component in components]
    try:
        return [names.value(kind, word) for kind, word in zip(kinds, words, strict=True)]
    except (ValueError, KeyError) as error:
        raise Nonsense(f"{list(words)} do not read as ({', '.join(kinds)}): {error}") from error


def _split(words: str) -> Iterator[str]:
    yield from (word.strip() for word in COMMA_OUTSIDE_BRACKETS.split(words) if word.strip())
