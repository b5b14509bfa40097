"""Checks what no linter knows: who may import whom, how long things are, what files may say.

`python -m tools.check_tree` prints one line for each fault.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tools.artifacts import ROOT, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_CONTRACT_LINES = 700
MAX_SOLIDITY_FUNCTION_LINES = 75
MAX_CONTRACT_SIZE = 24_576  # bytes, EIP-170
MAX_MODULE_LINES = 400
MAX_PYTHON_FUNCTION_LINES = 60

# foundry.toml's name and ape-config.yaml's
SAME_SETTINGS = {
    "evm_version": "evm_version",
    "optimizer": "optimize",
    "optimizer_runs": "optimization_runs",
    "via_ir": "via_ir",
}
OUTER_CONTRACTS = ("adapters", "mocks", "periphery")
GENERATED = "contracts/verifiers/generated/"
# A Python package, and what it must never import.
FORBIDDEN_IMPORTS = {
    "taskwork": ("ape", "keeper"),
    "keeper": ("ape",),
}
# Decisions are pure: whatever reaches out is not imported beside them.
PURE = "services"
REACHING_OUT = (
    "aiohttp", "asyncio", "http", "httpx", "psycopg", "requests", "socket", "sqlite3",
    "subprocess", "urllib", "web3", "websockets",
)  # fmt: skip
MEASURED_PYTHON = ("benchmarks", "examples", "keeper", "scripts", "taskwork", "tools")

HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
HOST = re.compile("|".join(re.escape(".".join(parts)) for parts in HOSTS))
THIS_FOLDER = re.compile(rf"{re.escape(str(ROOT))}\b")
MACHINE_PATH = re.compile(r"(?<![\w.~}-])/(?:root|home/\w+|Users/\w+|work)/[\w.]")


@dataclass(frozen=True)
class File:
    """A file of the tree, tracked or about to be."""

    path: Path  # relative to the project
    text: str

    @property
    def lines(self) -> int:
        return self.text.count("\n")


def tree() -> list[File]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = []
    for name in sorted(set(listing.split("\0")) - {""}):
        file = ROOT / name
        if file.is_file() and b"\0" not in (content := file.read_bytes()):
            found.append(File(Path(name), content.decode(errors="replace")))
    return found


# Solidity


def solidity(files: list[File]) -> Iterator[File]:
    for file in files:
        is_ours = file.path.parts[0] == "contracts" and file.path.suffix == ".sol"
        if is_ours and not file.path.as_posix().startswith(GENERATED):
            yield file


def check_contract_imports(files: list[File]) -> Iterator[str]:
    """Core contracts import nothing from periphery/, adapters/ or mocks/."""
    for file in solidity(files):
        if file.path.parts[1] in OUTER_CONTRACTS:
            continue
        for imported in re.findall(r'^import [^"]*"([^"]+)";', file.text, re.MULTILINE):
            for folder in OUTER_CONTRACTS:
                if imported.startswith(".") and folder in Path(imported).parts:
                    yield f"{file.path}: the core must not import {folder}/ ({imported})"


def check_contract_lengths(files: list[File]) -> Iterator[str]:
    for file in solidity(files):
        if file.lines >= MAX_CONTRACT_LINES:
            yield f"{file.path}: {file.lines} lines, must stay below {MAX_CONTRACT_LINES}"
        for name, line, length in solidity_functions(file.text):
            if length >= MAX_SOLIDITY_FUNCTION_LINES:
                limit = MAX_SOLIDITY_FUNCTION_LINES
                yield f"{file.path}:{line}: {name} has {length} lines, must stay below {limit}"


def solidity_functions(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield name, first line and length of each function, as `forge fmt` lays them out."""
    start = re.compile(r"^( *)(?:function (\w+)|(constructor|receive|fallback)\b|modifier (\w+))")
    lines = text.splitlines()
    for number, line in enumerate(lines):
        match = start.match(line)
        if match is None:
            continue
        name = match[2] or match[3] or match[4]
        for end in range(number, len(lines)):
            ends_here = end == number and line.rstrip().endswith(("}", ";"))
            if ends_here or re.match(rf"{match[1]}\S.*[;}}]$|{match[1]}}}$", lines[end]):
                yield name, number + 1, end - number + 1
                break


def check_contract_sizes(files: list[File]) -> Iterator[str]:
    if not any(solidity(files)):
        return
    for artifact in build():
        if artifact.deployable and artifact.size >= MAX_CONTRACT_SIZE:
            size, limit = f"{artifact.size:,}", f"{MAX_CONTRACT_SIZE:,}"
            yield f"{artifact.source}: {artifact.name} is {size} bytes, must stay below {limit}"


def check_compiler_settings(_: list[File]) -> Iterator[str]:
    """Tests and deployments compile with ape, packages with forge: both must make the same code."""
    forge = tomllib.loads((ROOT / "foundry.toml").read_text(encoding="utf-8"))["profile"]["default"]
    ape = yaml.safe_load((ROOT / "ape-config.yaml").read_text(encoding="utf-8"))["solidity"]
    for theirs, ours in SAME_SETTINGS.items():
        if forge[theirs] != ape[ours]:
            yield (
                f"foundry.toml: {theirs} is {forge[theirs]}, "
                f"but {ours} in ape-config.yaml is {ape[ours]}"
            )


# Python


def python(files: list[File]) -> Iterator[tuple[File, ast.Module]]:
    for file in files:
        if file.path.suffix == ".py" and file.path.parts[0] in MEASURED_PYTHON:
            yield file, ast.parse(file.text, str(file.path))


def imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def check_python_imports(files: list[File]) -> Iterator[str]:
    for file, module in python(files):
        package = file.path.parts[0]
        banned = FORBIDDEN_IMPORTS.get(package, ())
        if PURE in file.path.parts[1:]:
            banned += REACHING_OUT
        for line, name in imports(module):
            root = name.split(".")[0]
            if root in banned:
                what = package if root in FORBIDDEN_IMPORTS.get(package, ()) else "a pure service"
                yield f"{file.path}:{line}: {what} must not import {root}"


def check_python_lengths(files: list[File]) -> Iterator[str]:
    for file, module in python(files):
        if file.lines > MAX_MODULE_LINES:
            yield f"{file.path}: {file.lines} lines, at most {MAX_MODULE_LINES}"
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_PYTHON_FUNCTION_LINES:
                    limit = MAX_PYTHON_FUNCTION_LINES
                    where = f"{file.path}:{node.lineno}"
                    yield f"{where}: {node.name} has {length} lines, at most {limit}"


# Words


def check_words(files: list[File]) -> Iterator[str]:
    """No path of one machine, and no registry host: both differ where others work."""
    for file in files:
        for number, line in enumerate(file.text.splitlines(), start=1):
            for pattern in (MACHINE_PATH, THIS_FOLDER, HOST):
                if found := pattern.search(line):
                    yield f"{file.path}:{number}: names {found[0]}, which others do not have"


CHECKS: tuple[Callable[[list[File]], Iterator[str]], ...] = (
    check_compiler_settings,
    check_contract_imports,
    check_contract_lengths,
    check_contract_sizes,
    check_python_imports,
    check_python_lengths,
    check_words,
)


def main() -> int:
    files = tree()
    faults = [fault for check in CHECKS for fault in check(files)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
