"""Runs commands as users do: as processes, with their output and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
TIMEOUT_S = 120


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The error's only line; what ape says of its connection does not count."""
        assert "Traceback" not in self.err
        lines = [line for line in self.err.splitlines() if not line.startswith("INFO")]
        assert len(lines) == 1, self.err
        return lines[0]


@dataclass(frozen=True)
class Ape:
    """`ape run` against one node."""

    url: str
    chain_id: int

    def run(self, script: str, *arguments: str, account: str | None = "TEST::0") -> Outcome:
        signer = [] if account is None else ["--account", account]
        network = ["--network", f"ethereum:local:{self.url}"]
        return run(str(BIN / "ape"), "run", script, *arguments, *signer, *network)

    def status(self, *arguments: str) -> Any:
        return self.run("status", *arguments, "--json", account=None).json


def run(*command: str) -> Outcome:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def python(*arguments: str) -> Outcome:
    return run(sys.executable, "-m", *arguments)
