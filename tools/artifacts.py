"""What forge makes of contracts/: compiled afresh when a source changed, read from .build."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "contracts"
OUT = ROOT / ".build/forge"
FORGE = ROOT / ".venv/bin/forge"

# Never deployed by us: declarations, doubles for tests, and code that goes into other contracts.
UNDEPLOYED = ("interfaces", "mocks", "types")


@dataclass(frozen=True)
class Artifact:
    """One contract or library of ours, compiled."""

    name: str
    source: Path  # relative to the project
    kind: str  # "contract", "abstract contract", "library" or "interface"
    abi: list[dict[str, Any]]
    creation_code: str
    runtime_code: str
    storage: dict[str, Any]

    @property
    def deployable(self) -> bool:
        if self.source.parts[1] in UNDEPLOYED:
            return False
        callable_from_outside = any(entry["type"] == "function" for entry in self.abi)
        return self.kind == "contract" or (self.kind == "library" and callable_from_outside)

    @property
    def size(self) -> int:
        """Bytes that the chain keeps."""
        return (len(self.runtime_code) - 2) // 2


def sources() -> list[Path]:
    """Our Solidity files, without what ape unpacks beside them."""
    found = (path.relative_to(ROOT) for path in CONTRACTS.rglob("*.sol"))
    return sorted(path for path in found if ".cache" not in path.parts)


def build() -> list[Artifact]:
    """Compile what changed; return every contract, library and interface of ours."""
    compile_contracts()
    if not all(is_whole(path) for source in sources() for path in outputs(source).values()):
        # `forge lint` compiles what changed to less than `forge build` does, into the same place.
        compile_contracts("--force")
    return [artifact for source in sources() for artifact in read(source)]


def compile_contracts(*options: str) -> None:
    done = subprocess.run(
        [FORGE, "build", *options],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.exit(f"{done.stdout.decode()}\ncontracts/ does not compile: see above")


def is_whole(output: Path) -> bool:
    return "bytecode" in json.loads(output.read_text(encoding="utf-8"))


def outputs(source: Path) -> dict[tuple[str, str], Path]:
    """Where forge put what a file declares, by kind and name."""
    pattern = r"^(abstract contract|contract|library|interface) (\w+)"
    declared = re.findall(pattern, (ROOT / source).read_text(encoding="utf-8"), re.MULTILINE)
    return {(kind, name): OUT / source.name / f"{name}.json" for kind, name in declared}


def read(source: Path) -> Iterator[Artifact]:
    for (kind, name), path in outputs(source).items():
        compiled = json.loads(path.read_text(encoding="utf-8"))
        yield Artifact(
            name=name,
            source=source,
            kind=kind,
            abi=compiled["abi"],
            creation_code=compiled["bytecode"]["object"],
            runtime_code=compiled["deployedBytecode"]["object"],
            storage=compiled.get("storageLayout", {}),
        )
