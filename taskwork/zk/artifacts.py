"""What circuits are compiled and set up to, checked against circuits/artifacts.lock.

    .build/circuits/NAME/   NAME.r1cs, NAME.wasm, NAME.zkey, verification_key.json, transcript.txt

`make circuits` makes them; keys of this repository are for development only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskwork.errors import BadKey
from taskwork.zk.circuits import CIRCUITS, Circuit
from taskwork.zk.keys import VerifyingKey, read_key

FOLDER = Path(".build/circuits")
LOCK = Path("circuits/artifacts.lock")
DEVELOPMENT, PRODUCTION = "development", "production"  # grades of keys
REMEDY = "run `make circuits`"


@dataclass(frozen=True)
class Artifacts:
    """A circuit's files. Use `load`, which checks them."""

    circuit: Circuit
    folder: Path

    @property
    def r1cs(self) -> Path:
        return self.folder / f"{self.circuit.name}.r1cs"

    @property
    def wasm(self) -> Path:
        return self.folder / f"{self.circuit.name}.wasm"

    @property
    def zkey(self) -> Path:
        return self.folder / f"{self.circuit.name}.zkey"

    @property
    def symbols(self) -> Path:
        """The names of the wires, for who audits the circuit."""
        return self.folder / f"{self.circuit.name}.sym"

    @property
    def verification_key(self) -> Path:
        return self.folder / "verification_key.json"

    @property
    def transcript(self) -> Path:
        return self.folder / "transcript.txt"

    def files(self) -> dict[str, Path]:
        """Return the files that the lock names, by their names in it."""
        return {
            "r1cs": self.r1cs,
            "wasm": self.wasm,
            "zkey": self.zkey,
            "verification_key": self.verification_key,
            "transcript": self.transcript,
        }

    def key(self) -> VerifyingKey:
        return read_key(json.loads(self.verification_key.read_text()))


def load(name: str, root: Path | None = None, lock: Path | None = None) -> Artifacts:
    """Return the artifacts of a circuit, whole and as locked.

    Args:
        name: of the circuit; see `taskwork.zk.circuits`.
        root: the repository's folder; by default the present one.
        lock: another lock file, for production keys.

    Raises:
        BadKey: a file is missing, or is not the one that the lock names.

    """
    if name not in CIRCUITS:
        raise BadKey(f"there is no circuit {name!r}; there are {', '.join(CIRCUITS)}")
    base = root or Path.cwd()
    artifacts = Artifacts(CIRCUITS[name], base / FOLDER / name)
    locked = read_lock(lock or base / LOCK).get(name)
    if locked is None:
        raise BadKey(f"the lock file names no {name}: {REMEDY}")
    for kind, path in artifacts.files().items():
        if not path.exists():
            raise BadKey(f"{name} has no {kind} here: {REMEDY}")
        if sha256(path) != locked[kind]:
            raise BadKey(f"{path.name} is not the one in the lock file: {REMEDY}")
    return artifacts


def read_lock(path: Path) -> Mapping[str, Any]:
    """Read the locked hashes by circuit."""
    circuits: Mapping[str, Any] = _read(path).get("circuits", {})
    return circuits


def is_for_production(path: Path) -> bool:
    """Whether the lock file says that its keys had a set-up with a secret."""
    return bool(_read(path).get("grade") == PRODUCTION)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> Mapping[str, Any]:
    try:
        lock = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise BadKey(f"{path} is no lock file of circuits: {error}") from error
    if not isinstance(lock, dict):
        raise BadKey(f"{path} is no lock file of circuits")
    return lock
