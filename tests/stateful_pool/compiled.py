"""What the state machine of the pools deploys, as forge compiled it."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from tests.stateful.compiled import code_in, manager_in
from tools import artifacts

POOL = "TaskPool"
DEPLOYED = ("ContractOwner", "TaskPoolFactory", "TaskPoolViewer", "TokenDouble", "VerifierDouble")


@dataclass(frozen=True)
class Compiled:
    """Creation code by contract, and the manager's own code."""

    creation: dict[str, bytes]
    manager_runtime: bytes


@functools.cache
def contracts() -> Compiled:
    """The contracts of this tree, compiled if they changed."""
    artifacts.build()
    manager, runtime, _ = manager_in(artifacts.OUT)
    creation = {name: creation_in(artifacts.OUT, name) for name in (POOL, *DEPLOYED)}
    return Compiled(creation | {"TaskManager": manager}, runtime)


def creation_in(out: Path, name: str) -> bytes:
    """The creation code that forge left in a folder."""
    return code_in(json.loads((out / f"{name}.sol/{name}.json").read_text())["bytecode"])
