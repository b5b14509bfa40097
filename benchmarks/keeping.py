"""A keeper under observation: the real process, its log, what it took of the machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from taskwork.devnet import processes
from taskwork.devnet.keeper import KeeperEnded

ROOT = Path(__file__).parent.parent
PATIENCE_S = 60.0  # of whoever waits for a word of a keeper
TICK = os.sysconf("SC_CLK_TCK")


def executor(name: str) -> LocalAccount:
    """An account that can sign, of its own for every name, the same in every run."""
    account: LocalAccount = Account.from_key(keccak(text=f"executor {name}"))
    return account


@dataclass
class Keeper:
    """One operator's keeper: started, killed and started again on the same store."""

    name: str
    account: LocalAccount
    folder: Path  # its store and its logs; several keepers may share it
    settings: Mapping[str, object]
    sources: Path = ROOT  # of the keeper that is run
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None
    under: tuple[str, ...] = ()  # a program that sets limits and then becomes the keeper

    @property
    def store(self) -> Path:
        """The file of its store."""
        return self.folder / "keeper.db"

    @property
    def log(self) -> Path:
        """What it has said since its last start."""
        return self.folder / f"{self.name}-{self.starts}.log"

    def start(self, **settings: object) -> None:
        """Start it, and do not wait."""
        self.starts += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*self.under, sys.executable, "-P", "-m", "keeper", "run"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self._environment(settings),
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it as the kernel would, with no time to say anything."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, *, grace_s: float = PATIENCE_S) -> int:
        """Ask it to end; returns its exit code."""
        self.ask_to_stop()
        assert self.process is not None
        return self.process.wait(grace_s)

    def ask_to_stop(self) -> None:
        """Tell it to end when what it has sent is mined."""
        assert self.process is not None
        if self.process.poll() is None:
            self.said_anything()  # while Python still loads, any signal is the end
            self.process.send_signal(signal.SIGTERM)

    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def check(self) -> None:
        """Raise `KeeperEnded` when it has ended by itself."""
        code = None if self.process is None else self.process.poll()
        if code not in {None, -signal.SIGKILL}:
            said = processes.last_line(self.log)
            raise KeeperEnded(f"{self.name} ended with exit code {code}, saying: {said}")

    # What it says

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """What it has logged since its last start."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        said = [event for event in map(_event, lines) if event is not None]
        return [event for event in said if name in {None, event.get("event")}]

    def said(self, name: str, count: int = 1) -> dict[str, Any]:
        """Wait until it said something so often; returns the latest."""
        assert self.process is not None
        processes.wait_until(
            lambda: len(self.events(name)) >= count, self.process, self.log, PATIENCE_S
        )
        return self.events(name)[-1]

    def said_anything(self) -> None:
        """Wait until it has come to life."""
        assert self.process is not None
        processes.wait_until(lambda: bool(self.events()), self.process, self.log, PATIENCE_S)

    def ask(self, *command: str) -> Any:
        """What one of its other commands prints as JSON."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "keeper", *command, "--json"],
            cwd=self.folder,
            env=self._environment({}),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"keeper {' '.join(command)}: {done.stderr}"
        return json.loads(done.stdout)

    # What it takes

    def cpu_seconds(self) -> float:
        """Processor time since its last start."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def peak_memory(self) -> int:
        """The most memory it has held at once, in bytes."""
        (line,) = (one for one in self._proc("status").splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def _proc(self, name: str) -> str:
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/{name}").read_text("utf-8")

    def _environment(self, settings: Mapping[str, object]) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("KEEPER_")}
        chosen = {"private_key": f"0x{self.account.key.hex()}", "store": self.store}
        chosen |= {**self.settings, **settings}
        given = {f"KEEPER_{k.upper()}": str(v) for k, v in chosen.items() if v is not None}
        return {**inherited, "PYTHONPATH": str(self.sources), **given}


def _event(line: str) -> dict[str, Any] | None:
    """A line of the log; None for what is no event, such as a line that a full disk cut short."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
