"""The keeper, as a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eth_account.signers.local import LocalAccount

from taskwork.chain.types import Address
from taskwork.devnet.processes import find_program, last_line, wait_until
from taskwork.errors import TaskworkError

STARTED = "keeper_started"  # the event that the keeper logs


class KeeperEnded(TaskworkError):
    """The keeper is gone while it is needed."""


@dataclass(frozen=True)
class KeeperProcess:
    """A keeper that runs, and where it logs."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_started(self) -> None:
        """Wait until the keeper follows the chain."""
        wait_until(lambda: STARTED in self.log.read_text("utf-8"), self.process, self.log)

    def check(self) -> None:
        """Raise `KeeperEnded` when the keeper is gone."""
        code = self.process.poll()
        if code is not None:
            said = last_line(self.log)
            raise KeeperEnded(f"the keeper ended with exit code {code}, saying: {said}")


def keeper_command(rpc: str, manager: Address, gas_reserve: int) -> list[str]:
    """What an operator would type."""
    command = [find_program("keeper"), "run", "--rpc", rpc, "--manager", manager]
    return [*command, "--gas-reserve", str(gas_reserve)]


def keeper_environment(account: LocalAccount, store: Path, *, poll_s: float) -> Mapping[str, str]:
    """The key, which no command line shall show, what to remember, and how often to look."""
    return {
        "KEEPER_PRIVATE_KEY": f"0x{account.key.hex()}",
        "KEEPER_STORE": str(store),
        "KEEPER_POLL_INTERVAL_S": str(poll_s),
    }


def fresh_store(folder: Path) -> Path:
    """Where a keeper of a new chain keeps its books: what an earlier chain's left is removed."""
    store = folder / "keeper.db"
    for file in folder.glob(f"{store.name}*"):
        file.unlink()
    return store
