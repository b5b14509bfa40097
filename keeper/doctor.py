"""Checks everything that a keeper needs, one line each, and says what to do about what fails."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from web3.types import TxParams

from keeper.keys import load_signer
from keeper.keys.choice import Hide
from keeper.lease import choose_lease
from keeper.protocols import Signer
from keeper.providers.endpoint import Endpoint
from keeper.providers.heads import read_head
from keeper.providers.manager import ManagerReader
from keeper.providers.pool import Endpoints, open_endpoints
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.startup import find_manager
from keeper.store.database import MEMORY, Store
from keeper.types import Head, Identity
from taskwork.chain.rpc import Web3
from taskwork.errors import TaskworkError
from taskwork.units import short

_CLOCK_TOLERANCE_S = 30
# No chain ever mines this: nonces end before it (EIP-2681), and it pays nothing.
_PROBE = {"nonce": 2**64 - 1, "gas": 21_000, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0}
_NODE = "see that the node runs and is synced; correct --rpc"
_KEY = "see docs/operations.md, The key"
_STORE = "see docs/operations.md, The store"
_LEASE = "see docs/operations.md, Several keepers"


class Outcome(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"  # the keeper would run
    FAILED = "failed"  # it would not, or would send nothing
    SKIPPED = "skipped"  # something before it failed


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    check: str
    outcome: Outcome
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    said: str
    outcome: Outcome = Outcome.OK
    remedy: str = ""


class Doctor:
    """Examines one set of settings; each check may use what those before it found."""

    def __init__(self, settings: Settings, hide: Hide, endpoints: Endpoints) -> None:
        self._settings = settings
        self._hide = hide
        self._endpoints = endpoints
        self._about: Identity | None = None
        self._head: Head | None = None
        self._signer: Signer | None = None

    async def findings(self) -> AsyncIterator[Finding]:
        """All checks, in order."""
        for endpoint in self._endpoints.all:
            yield await _try(f"endpoint {endpoint.name}", self._endpoint(endpoint), _NODE)
        yield await _try("manager", self._manager(), "correct --manager, --rpc or --chain-id")
        yield await _try("clock", self._clock(), _NODE)
        yield await _try("key", self._key(), _KEY)
        yield await _try("balance", self._balance(), _NODE)
        yield await _try("store", self._store(), _STORE)
        yield await _try("lease", self._lease(), _LEASE)
        yield await _try("metrics", self._metrics(), "give another --metrics-port")

    async def _endpoint(self, endpoint: Endpoint) -> _Answer:
        started = time.monotonic()
        chain_id, head = await endpoint.ask(_read_chain)
        took = time.monotonic() - started
        wanted = self._settings.chain_id
        said = f"chain {chain_id}, block {head.number}, {took:.2f} s"
        if wanted not in {None, chain_id}:
            return _Answer(f"{said}, not chain {wanted}", Outcome.FAILED, "correct --rpc")
        if self._head is None or head.number > self._head.number:
            self._head = head
        if wanted is None:
            return _Answer(said, Outcome.WARNING, f"give --chain-id {chain_id}, to be sure")
        return _Answer(said)

    async def _manager(self) -> _Answer:
        self._about = await find_manager(self._endpoints, self._settings)
        return _Answer(f"{self._about.manager} has the code of a TaskManager")

    async def _clock(self) -> _Answer:
        if self._head is None:
            return _skipped("no block")
        age = time.time() - self._head.timestamp
        if age < -_CLOCK_TOLERANCE_S:
            said = f"this clock is {-age:.0f} s behind the newest block"
            return _Answer(said, Outcome.FAILED, "let NTP set it: days begin and end by it")
        said = f"the newest block is {max(age, 0):.0f} s old"
        if age > self._settings.max_head_age_s:
            return _Answer(said, Outcome.WARNING, "is the node synced, the chain halted?")
        return _Answer(said)

    async def _key(self) -> _Answer:
        self._signer = await load_signer(self._settings, self._hide)
        if self._signer is None:
            return _Answer("none: a dry run", Outcome.WARNING, _KEY)
        me = self._signer.address
        chain_id = self._about.chain_id if self._about else 1
        probe = _PROBE | {"chainId": chain_id, "from": me, "to": me, "value": 0, "data": b""}
        await self._signer.sign(cast("TxParams", probe))
        return _Answer(f"signs for {me}")

    async def _balance(self) -> _Answer:
        if self._about is None or self._signer is None:
            return _skipped("no manager, or no key")
        me, manager = self._signer.address, ManagerReader(self._endpoints, self._about.manager)
        balance, wanted = await manager.balance(me), self._settings.low_balance
        credit = await manager.read(lambda client: client.credit_of(me))
        said = f"{short(balance)}, and {short(credit)} of credit"
        if balance < wanted:
            return _Answer(said, Outcome.WARNING, f"send at least {short(wanted)} to {me}")
        if credit:
            return _Answer(said, Outcome.WARNING, "the credit waits for withdrawCredit")
        return _Answer(said)

    async def _store(self) -> _Answer:
        place = self._settings.store.get_secret_value()
        if place == MEMORY:
            remedy = "give --store a file: what is sent must not be forgotten"
            return _Answer("in memory", Outcome.WARNING, remedy)
        if "://" not in place and (answer := _new_file(place)) is not None:
            return answer
        if self._about is None:
            return _skipped("no manager")
        store = await Store.open(place, self._about)
        try:
            await store.probe()
        finally:
            await store.close()
        return _Answer("open, of this manager, up to date and writable")

    async def _lease(self) -> _Answer:
        if self._about is None or self._signer is None:
            return _skipped("no manager, or no key")
        lease = choose_lease(self._settings, self._about.chain_id, self._signer.address)
        try:
            holder = await lease.holder()
        finally:
            await lease.release()
        if holder is None:
            return _Answer("free")
        return _Answer(f"held by {holder}", Outcome.WARNING, "this keeper would wait: is it meant?")

    async def _metrics(self) -> _Answer:
        host, port = self._settings.metrics_host, self._settings.metrics_port
        if port is None:
            remedy = "give --metrics-port, and alarms that watch it"
            return _Answer("not served", Outcome.WARNING, remedy)
        try:
            with socket.create_server((host, port)):
                return _Answer(f"{host}:{port} is free")
        except OSError as error:
            said = f"{host}:{port} cannot be used: {error.strerror or error}"
            return _Answer(said, Outcome.WARNING, "a keeper that runs has it, or give another")


async def examine(settings: Settings, hide: Hide) -> list[Finding]:
    """Check everything."""
    async with open_endpoints(settings.endpoints, settings.reading, Signals()) as endpoints:
        return [finding async for finding in Doctor(settings, hide, endpoints).findings()]


def is_well(findings: list[Finding]) -> bool:
    """Whether nothing failed."""
    return all(finding.outcome is not Outcome.FAILED for finding in findings)


def in_words(finding: Finding) -> str:
    """One line."""
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    return f"{finding.outcome.value:<8} {finding.check}: {finding.said}{remedy}"


async def _try(check: str, examined: Awaitable[_Answer], remedy: str) -> Finding:
    try:
        answer = await examined
    except TaskworkError as error:
        return Finding(check, Outcome.FAILED, str(error), remedy)
    return Finding(check, answer.outcome, answer.said, answer.remedy)


def _new_file(place: str) -> _Answer | None:
    """A store that is not there is made by the keeper, who may be another user."""
    file = Path(place).expanduser().absolute()
    if file.exists():
        return None
    folder = next(parent for parent in file.parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return _Answer("not there yet: the keeper will make it")
    return _Answer(f"{folder} cannot be written by this user", Outcome.FAILED, _STORE)


def _skipped(why: str) -> _Answer:
    return _Answer(f"not checked: {why}", Outcome.SKIPPED)


async def _read_chain(web3: Web3) -> tuple[int, Any]:
    return await web3.eth.chain_id, await read_head(web3)
