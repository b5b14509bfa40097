"""Compares what the sources say of their storage with what the compiler makes of it.

Two forms are checked. In structs and contracts, the sum above the fields of a slot:

    // Slot 0: 20 + 12 = 32 bytes
    address target;
    uint96 bond;

and, above a packed word (`type Account is uint256`), the sum and the fields that its library reads
at the offsets `<FIELD>_AT`:

    /// @dev Slot 0: 11 + 21 = 32 bytes, from the low end
    ///   uint88 bond      what it holds
    ///   uint168 rest     everything else
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.artifacts import ROOT, Artifact, build, sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORD_BITS = 256
BITS_PER = {"bytes": 8, "bits": 1}

SLOT = re.compile(r"Slot (\d+)(?:: ([\d +]+) = (\d+) (bytes|bits))?")
SCOPE = re.compile(r"^(?:struct|(?:abstract )?contract) (\w+)")
FIELD = re.compile(r"^ +[\w(][^;{}]*?(\w+)(?: = [^;]*)?;")
PACKED_FIELD = re.compile(r"^/// {2,}u?(?:int|bytes)(\d+)(?:\[(\d+)\])? +(\w+)")
WORD_TYPE = re.compile(r"^type (\w+) is ")
OFFSET = re.compile(r"\b(\w+)_AT = (\d+);")


@dataclass(frozen=True)
class Slot:
    """A slot as the source describes it; widths in bits."""

    where: str
    scope: str
    number: int
    widths: list[int]
    total: int
    fields: list[str]

    def sum_fault(self) -> str | None:
        if sum(self.widths) != self.total:
            return f"{self.where}: the sum is {sum(self.widths)}, not {self.total} bits"
        if self.total > WORD_BITS:
            return f"{self.where}: {self.total} bits do not fit a slot"
        return None


def parse(match: re.Match[str]) -> tuple[int, list[int], int]:
    number, summands, total, unit = match.groups()
    if summands is None:
        return int(number), [WORD_BITS], WORD_BITS
    factor = BITS_PER[unit]
    return int(number), [int(part) * factor for part in summands.split("+")], int(total) * factor


# Structs and contracts


def described_slots(source: Path, text: str) -> Iterator[Slot]:
    scope, slot = "", None
    for line_number, line in enumerate(text.splitlines(), start=1):
        if match := SCOPE.match(line):
            scope = match[1]
        comment = line.strip()
        if comment.startswith("// Slot") and (match := SLOT.search(comment)):
            number, widths, total = parse(match)
            slot = Slot(f"{source}:{line_number}", scope, number, widths, total, [])
            yield slot
        elif slot and (match := FIELD.match(line)):
            slot.fields.append(match[1])
        elif not comment or comment == "}":
            slot = None


def compiled_layouts(artifacts: list[Artifact]) -> dict[str, dict[str, Any]]:
    """Map each struct and contract to its members: label -> (slot, bit offset, bits)."""
    layouts: dict[str, dict[str, Any]] = {}
    for artifact in artifacts:
        types = artifact.storage.get("types") or {}
        layouts[artifact.name] = members(artifact.storage.get("storage", []), types)
        for described in types.values():
            if "members" in described:
                name = described["label"].removeprefix("struct ").split(".")[-1]
                layouts[name] = members(described["members"], types)
    return layouts


def members(entries: list[dict[str, Any]], types: dict[str, Any]) -> dict[str, Any]:
    return {
        entry["label"]: (
            int(entry["slot"]),
            entry["offset"] * 8,
            min(int(types[entry["type"]]["numberOfBytes"]) * 8, WORD_BITS),
        )
        for entry in entries
    }


def check_slots(slots: list[Slot], layouts: dict[str, dict[str, Any]]) -> Iterator[str]:
    for slot in slots:
        if fault := slot.sum_fault():
            yield fault
            continue
        layout = layouts.get(slot.scope)
        if layout is None:
            yield f"{slot.where}: no contract stores {slot.scope}, so it has no slots"
            continue
        said, at = [], 0
        for width in slot.widths:
            said.append((slot.number, at, width))
            at += width
        made = [layout.get(field) for field in slot.fields]
        if said != made:
            fields = ", ".join(slot.fields)
            yield f"{slot.where}: {fields}: said (slot, bit, bits) {said}, compiled {made}"


# Packed words


def packed_words(source: Path, text: str) -> Iterator[tuple[Slot, dict[str, int]]]:
    """Yield each described word, with the offsets of its fields."""
    slot: Slot | None = None
    listed: list[int] = []
    offsets: dict[str, int] = {}
    for line_number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("/// @dev Slot") and (match := SLOT.search(line)):
            number, widths, total = parse(match)
            slot, listed, offsets = (
                Slot(f"{source}:{line_number}", "", number, widths, total, []),
                [],
                {},
            )
        elif slot and (match := PACKED_FIELD.match(line)):
            offsets[match[3]] = sum(listed)
            listed.append(int(match[1]) * int(match[2] or 1))
        elif slot and (match := WORD_TYPE.match(line)):
            word = Slot(slot.where, match[1], slot.number, slot.widths, slot.total, list(offsets))
            yield word, (offsets if listed == slot.widths else {})
            slot = None


def check_words(source: Path, text: str) -> Iterator[str]:
    known: dict[str, set[int]] = {}
    for word, offsets in packed_words(source, text):
        if fault := word.sum_fault():
            yield fault
        elif not offsets:
            yield f"{word.where}: the fields of {word.scope} are not as wide as the sum says"
        for field, offset in offsets.items():
            known.setdefault(shouted(field), set()).add(offset)
    for name, value in OFFSET.findall(text):
        fitting = known.get(name) or next(
            (v for k, v in known.items() if k.startswith(f"{name}_")), None
        )
        if fitting is not None and int(value) not in fitting:
            wanted = " or ".join(map(str, sorted(fitting)))
            yield f"{source}: {name}_AT is {value}, the comment puts the field at {wanted}"


def shouted(name: str) -> str:
    """Turn `lastId` into `LAST_ID`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def main() -> int:
    texts = {
        source: (ROOT / source).read_text(encoding="utf-8")
        for source in sources()
        if "mocks" not in source.parts
    }
    slots = [slot for source, text in texts.items() for slot in described_slots(source, text)]
    faults = [fault for source, text in texts.items() for fault in check_words(source, text)]
    if slots:
        faults += check_slots(slots, compiled_layouts(build()))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
