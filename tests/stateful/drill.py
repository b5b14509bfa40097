"""Plants a bug in a copy of the contracts and compiles what comes of it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tests.stateful.compiled import ROOT, Compiled, contracts, manager_in
from tools import artifacts

PLANTED = Path(__file__).parent / "planted"
COPIES = ROOT / ".build/drill"
LINKED = ("node_modules", ".venv")


def bugs(planted: Path = PLANTED) -> list[str]:
    return sorted(patch.stem for patch in planted.glob("*.patch"))


def with_bug(name: str) -> Compiled:
    """The contracts of this tree with a bug in the manager; compiled once."""
    creation, runtime, slots = manager_in(compiled_with(PLANTED / f"{name}.patch", "TaskManager"))
    sound = contracts()
    assert creation != sound.creation["TaskManager"], f"{name} changes nothing"
    return dataclasses.replace(
        sound,
        creation=sound.creation | {"TaskManager": creation},
        manager_runtime=runtime,
        slots=slots,
    )


def compiled_with(patch: Path, contract: str) -> Path:
    """Where forge left what comes of a contract with a patch on the sources; compiled once."""
    copy = COPIES / contract / patch.stem / digest_of(patch)
    if not (copy / "done").exists():
        shutil.rmtree(copy.parent, ignore_errors=True)  # of sources that are no more
        plant(patch, contract, copy)
    return copy / artifacts.OUT.relative_to(ROOT)


def plant(patch: Path, contract: str, copy: Path) -> None:
    """Make a copy of the sources with a patch on it, and compile a contract of it."""
    copy.mkdir(parents=True)
    shutil.copy(ROOT / "foundry.toml", copy)
    for source in artifacts.sources():
        (copy / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / source, copy / source)
    for linked in LINKED:
        (copy / linked).symlink_to(ROOT / linked)
    run(copy, "git", "apply", "--recount", str(patch))
    run(copy, str(artifacts.FORGE), "build", f"contracts/{contract}.sol")
    (copy / "done").touch()


def run(folder: Path, *command: str) -> None:
    # Not as a part of the repository around it.
    alone = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(
        command, cwd=folder, env=alone, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"


def digest_of(patch: Path) -> str:
    return hashlib.sha256(sources() + patch.read_bytes()).hexdigest()[:16]


@functools.cache
def sources() -> bytes:
    texts = [(ROOT / source).read_bytes() for source in artifacts.sources()]
    return b"\0".join([*texts, (ROOT / "foundry.toml").read_bytes()])
