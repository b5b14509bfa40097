"""Constraint systems as circom writes them: wires times coefficients, A * B = C in each row."""

from __future__ import annotations

import struct
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from taskwork.devnet.processes import find_program
from taskwork.zk.curve import R
from taskwork.zk.files import WORD, sections

ROOT = Path(__file__).parents[2]

Row = dict[int, int]  # coefficient by wire


@dataclass(frozen=True)
class System:
    """A circuit's constraints."""

    wires: int
    constraints: tuple[tuple[Row, Row, Row], ...]

    def broken(self, witness: Sequence[int]) -> list[int]:
        """Return the constraints that do not hold."""
        return [index for index in range(len(self.constraints)) if self.breaks(index, witness)]

    def breaks(self, index: int, witness: Sequence[int]) -> bool:
        a, b, c = (sum(k * witness[w] for w, k in row.items()) for row in self.constraints[index])
        return (a * b - c) % R != 0

    def is_free(self, wire: int, witness: Sequence[int]) -> bool:
        """Whether another value on this one wire would go unnoticed."""
        changed = list(witness)
        changed[wire] = (changed[wire] + 1) % R
        return not any(self.breaks(index, changed) for index in self.uses[wire])

    @cached_property
    def uses(self) -> dict[int, list[int]]:
        """The constraints that each wire is in."""
        found: dict[int, list[int]] = defaultdict(list)
        for index, rows in enumerate(self.constraints):
            for wire in {wire for row in rows for wire in row}:
                found[wire].append(index)
        return found


def read_system(path: Path) -> System:
    part = sections(path, b"r1cs")
    wires, _, _, _, _, count = struct.unpack_from("<IIIIQI", part[1], 4 + WORD)
    data, at = part[2], 0
    constraints = []
    for _ in range(count):
        rows = []
        for _ in range(3):
            row, at = read_row(data, at)
            rows.append(row)
        constraints.append((rows[0], rows[1], rows[2]))
    return System(wires, tuple(constraints))


def read_row(data: bytes, at: int) -> tuple[Row, int]:
    (length,) = struct.unpack_from("<I", data, at)
    at += 4
    row = {}
    for _ in range(length):
        (wire,) = struct.unpack_from("<I", data, at)
        row[wire] = int.from_bytes(data[at + 4 : at + 4 + WORD], "little")
        at += 4 + WORD
    return row, at


def read_names(path: Path) -> dict[str, int]:
    """Return the wire of each signal by its name."""
    rows = (line.split(",") for line in path.read_text().splitlines())
    return {name.removeprefix("main."): int(wire) for _, wire, _, name in rows}


def compile_main(source: Path, folder: Path) -> None:
    """Compile a circuit as it is written, so that each signal has a wire."""
    compiler = ROOT / "node_modules/circom2/cli.js"
    inside, output = source.relative_to(ROOT), folder.relative_to(ROOT)
    subprocess.run(
        [find_program("node"), str(compiler), str(inside), "--r1cs", "--wasm", "--sym", "--O0",
         "-o", str(output)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
