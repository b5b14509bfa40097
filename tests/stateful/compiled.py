"""What the state machines deploy: creation code and storage layout, as forge compiled them."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from tools import artifacts

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = (
    "ContractExecutor",
    "ContractOwner",
    "Counter",
    "GasBurner",
    "GasWitness",
    "LongAnswer",
    "ReentrantCallee",
    "Reverter",
)


@dataclass(frozen=True)
class Compiled:
    """Creation code by contract, and where the manager keeps what."""

    creation: dict[str, bytes]
    manager_runtime: bytes
    slots: dict[str, int]


@functools.cache
def contracts() -> Compiled:
    """The contracts of this tree, compiled if they changed."""
    artifacts.build()
    return read(artifacts.OUT)


def read(out: Path) -> Compiled:
    """Read what forge left in a folder."""
    files = {name: json.loads((out / f"{name}.sol/{name}.json").read_text()) for name in DEPLOYED}
    creation, runtime, slots = manager_in(out)
    codes = {name: code_in(file["bytecode"]) for name, file in files.items()}
    return Compiled(codes | {"TaskManager": creation}, runtime, slots)


def manager_in(out: Path) -> tuple[bytes, bytes, dict[str, int]]:
    """The manager's creation code, its runtime code and its slots."""
    file = json.loads((out / "TaskManager.sol/TaskManager.json").read_text())
    layout = file["storageLayout"]["storage"]
    slots = {entry["label"]: int(entry["slot"]) for entry in layout}
    return code_in(file["bytecode"]), code_in(file["deployedBytecode"]), slots


def code_in(bytecode: dict[str, str]) -> bytes:
    return bytes.fromhex(bytecode["object"].removeprefix("0x"))


@functools.cache
def gas_costs() -> dict[str, int]:
    """The calibrated constants of `GasCosts`: the model takes these figures as given."""
    source = (ROOT / "contracts/libraries/GasCosts.sol").read_text(encoding="utf-8")
    found = re.findall(r"uint256 internal constant (\w+) = ([\d_]+);", source)
    return {name: int(figure.replace("_", "")) for name, figure in found}
