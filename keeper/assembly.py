"""Puts the keeper's loops together from its parts."""

from __future__ import annotations

from dataclasses import dataclass

from keeper.appraiser import Appraiser
from keeper.bots.base import Bot
from keeper.bots.executor import Executor
from keeper.bots.indexer import Indexer
from keeper.bots.rehearser import NOBODY, Rehearser
from keeper.ledger import Ledger
from keeper.protocols import Lease, NoLease, Signer
from keeper.providers.endpoint import Endpoint
from keeper.providers.heads import Heads, HeadStream
from keeper.providers.manager import ManagerReader
from keeper.queues import Queues
from keeper.sender import Sender
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.store.database import Store
from keeper.tracker import Tracker
from keeper.types import Identity
from taskwork.chain.types import Address


@dataclass(frozen=True, slots=True)
class Parts:
    """What is open for as long as the process lives."""

    settings: Settings
    signals: Signals
    about: Identity
    manager: ManagerReader
    heads: Heads
    store: Store
    ledger: Ledger
    private: Endpoint | None


def build_bots(
    parts: Parts, signer: Signer | None, lease: Lease | None
) -> tuple[list[Bot], Executor | None]:
    """All loops, and the one among them that sends."""
    stream = parts.heads.subscribe()
    indexer = Indexer(
        parts.heads.subscribe(),
        manager=parts.manager,
        store=parts.store,
        settings=parts.settings,
        signals=parts.signals,
        wake=stream.repeat,
    )
    if signer is None:
        return [indexer, _rehearser(parts, stream)], None
    executor = _executor(parts, stream, signer, lease or NoLease())
    return [indexer, executor], executor


def _rehearser(parts: Parts, stream: HeadStream) -> Rehearser:
    return Rehearser(
        stream,
        appraiser=_appraiser(parts, NOBODY),
        ledger=parts.ledger,
        timeout_s=parts.settings.block_timeout_s,
        signals=parts.signals,
    )


def _appraiser(parts: Parts, executor: Address) -> Appraiser:
    queues = Queues(parts.manager, parts.store)
    return Appraiser(parts.manager, executor, parts.settings, parts.signals, queues)


def _executor(parts: Parts, stream: HeadStream, signer: Signer, lease: Lease) -> Executor:
    settings, signals, store = parts.settings, parts.signals, parts.store
    return Executor(
        stream,
        manager=parts.manager,
        appraiser=_appraiser(parts, signer.address),
        tracker=Tracker(
            signer.address,
            parts.manager,
            store,
            parts.ledger,
            confirmations=settings.confirmations,
            signals=signals,
        ),
        sender=Sender(
            signer,
            parts.manager.endpoints,
            chain_id=parts.about.chain_id,
            private=parts.private,
            store=store,
            lease=lease,
            signals=signals,
        ),
        store=store,
        settings=settings,
        signals=signals,
    )
