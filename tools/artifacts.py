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
    done = subprocess.run(
        [FORGE, "build"], cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.exit(f"{done.stdout.decode()}\ncontracts/ does not compile: see above")
    return [artifact for source in sources() for artifact in read(source)]


def read(source: Path) -> Iterator[Artifact]:
    pattern = r"^(abstract contract|contract|library|interface) (\w+)"
    text = (ROOT / source).read_text(encoding="utf-8")
    for kind, name in re.findall(pattern, text, re.MULTILINE):
        compiled = json.loads((OUT / source.name / f"{name}.json").read_text(encoding="utf-8"))
        yield Artifact(
            name=name,
            source=source,
            kind=kind,
            abi=compiled["abi"],
            creation_code=compiled["bytecode"]["object"],
            runtime_code=compiled["deployedBytecode"]["object"],
            storage=compiled.get("storageLayout", {}),
        )
