"""A lease that is the kernel's lock on a file: a process that dies loses it, however it dies."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
from pathlib import Path

from keeper.errors import LeaseLost
from keeper.lease.waiting import acquire_by_trying
from taskwork.errors import ConfigError

_LONGEST_NOTE = 256


class FileLease:
    """For keepers on one machine. The file stays: removing it would let two processes lock two."""

    def __init__(self, path: Path, *, retry_s: float = 1.0) -> None:
        self._path = path
        self._retry_s = retry_s
        self._descriptor: int | None = None

    async def acquire(self, stop: asyncio.Event) -> bool:
        """Wait for the lease; False when `stop` was set before it came."""
        return await acquire_by_trying(self.try_acquire, stop, self._retry_s, str(self._path))

    async def try_acquire(self) -> bool:
        """Take the lease if nobody has it."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, _note(), 0)
        self._descriptor = descriptor
        return True

    async def check(self) -> None:
        """Raise `LeaseLost` when the file is not the one that is locked."""
        if self._descriptor is None:
            raise LeaseLost(f"{self._path} is not locked by this process")
        if not self._is_still_there(self._descriptor):
            raise LeaseLost(f"{self._path} was removed or replaced")

    async def release(self) -> None:
        """Let another keeper have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    async def holder(self) -> str | None:
        """What the holder wrote about itself; None while nobody holds it. Leaves no trace."""
        try:
            with self._path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    note = file.read(_LONGEST_NOTE).decode("utf-8", "replace").strip()
                    return note or "another process"
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(self._path, error) from None
        return None

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(self._path, error) from None

    def _is_still_there(self, descriptor: int) -> bool:
        try:
            found = self._path.stat()
        except OSError:
            return False
        held = os.fstat(descriptor)
        return (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino)


def _unusable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"the lease {path} cannot be opened: {error.strerror}")


def _note() -> bytes:
    return f"process {os.getpid()} on {socket.gethostname()}\n".encode()
