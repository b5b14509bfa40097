"""Writes taskwork/abi/<Contract>.json, the ABI and creation code of all that can be deployed.

What a demo's tasks may call goes into examples/demo/abi in the same way.

`python -m tools.export_abi` writes, `python -m tools.export_abi --check` only compares. The code is
what `ape run deploy` deploys: both compilers get the same settings, and no metadata goes in.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools.artifacts import ROOT, Artifact, build

FOLDER = ROOT / "taskwork/abi"
DEMO_FOLDER = ROOT / "examples/demo/abi"
# A contract that answers with another's code too, and the interface that tells all that it answers.
FACES = {"TaskManager": "ITaskManager", "TaskPool": "ITaskPool"}
DEMO = ("ContractOwner", "Counter", "Heartbeat", "Payroll", "ReturndataBomb", "Reverter", "Vault")


def render(artifact: Artifact) -> str:
    """Lay the file out with one ABI entry to a line, so that a change shows as one."""
    entries = ",\n".join(f"    {json.dumps(entry, sort_keys=True)}" for entry in artifact.abi)
    return f'{{\n  "abi": [\n{entries}\n  ],\n  "bytecode": "{artifact.creation_code}"\n}}\n'


def wanted() -> dict[Path, str]:
    artifacts = with_faces(build())
    ours = {FOLDER / f"{one.name}.json": render(one) for one in artifacts if one.deployable}
    demo = {DEMO_FOLDER / f"{one.name}.json": render(one) for one in artifacts if one.name in DEMO}
    return {**ours, **demo}


def with_faces(artifacts: list[Artifact]) -> list[Artifact]:
    """Give each contract that has a face the whole face's ABI, beside its own constructor."""
    abis = {one.name: one.abi for one in artifacts}
    return [
        replace(one, abi=[*constructor(one), *abis[FACES[one.name]]]) if one.name in FACES else one
        for one in artifacts
    ]


def constructor(artifact: Artifact) -> list[dict[str, Any]]:
    return [entry for entry in artifact.abi if entry["type"] == "constructor"]


def stale(files: dict[Path, str]) -> list[tuple[Path, str]]:
    """List the files that are not as they should be, each with what is wrong."""
    found = []
    for path in sorted({*files, *FOLDER.glob("*.json"), *DEMO_FOLDER.glob("*.json")}):
        if path not in files:
            found.append((path, "is of no contract"))
        elif not path.exists():
            found.append((path, "is missing"))
        elif path.read_text(encoding="utf-8") != files[path]:
            found.append((path, "is stale"))
    return found


def write(files: dict[Path, str]) -> None:
    for folder in (FOLDER, DEMO_FOLDER):
        folder.mkdir(parents=True, exist_ok=True)
    for path, _ in stale(files):
        if path in files:
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
        print(f"{'wrote' if path in files else 'removed'} {path.relative_to(ROOT)}")


def check(files: dict[Path, str]) -> bool:
    wrong = stale(files)
    for path, what in wrong:
        print(f"{path.relative_to(ROOT)} {what}: run `make abi`")
    return not wrong


def main(arguments: list[str]) -> int:
    files = wanted()
    if arguments == ["--check"]:
        return 0 if check(files) else 1
    write(files)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
