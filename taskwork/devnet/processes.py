"""Processes that run beside ours: started with a log, stopped gently, then firmly."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from taskwork.errors import ConfigError

READY_SECONDS = 30


def find_program(name: str) -> str:
    """A program of this environment, else one on PATH."""
    here = str(Path(sys.executable).parent)
    found = shutil.which(name, path=f"{here}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise ConfigError(f"{name} is not installed here: run make setup")
    return found


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(
    command: Sequence[str], log: Path, *, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process of its own session, so that Ctrl-C reaches only ourselves."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )


@contextmanager
def running(
    command: Sequence[str], log: Path, *, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives as long as the block."""
    process = start(command, log, environment=environment)
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], *, grace_s: float = 10.0) -> int:
    """Ask a process to end, make it end after `grace_s`; returns its exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def wait_until(
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    log: Path,
    patience_s: float = READY_SECONDS,
) -> None:
    """Wait until a started process is ready, for as long as a busy machine may need."""
    deadline = time.monotonic() + patience_s
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise ConfigError(f"{Path(str(process.args[0])).name} did not start: {last_line(log)}")  # type: ignore[index]
        time.sleep(0.02)


def last_line(log: Path) -> str:
    """The last thing that a process said."""
    lines = log.read_text("utf-8", "replace").split("\n") if log.exists() else []
    said = [line.strip() for line in lines if line.strip()]
    return said[-1] if said else f"it said nothing in {log}"
