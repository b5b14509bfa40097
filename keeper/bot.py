"""The keeper's life: connect, follow the head, connect again after a failure, stop in order."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import structlog
from eth_account.signers.local import LocalAccount

from keeper.ledger import Ledger
from keeper.runner import Runner
from keeper.sender import Sender
from keeper.services.plan import rest_s
from keeper.settings import Settings
from keeper.types import Totals
from keeper.watcher import Watcher, wait_for_any
from taskwork.chain.rpc import Web3, connect
from taskwork.chain.types import Address
from taskwork.errors import ConfigError

log = structlog.get_logger()


class Keeper:
    """One executor on one TaskManager. Without an account it only says what it would do."""

    def __init__(
        self, settings: Settings, chain_id: int, manager: Address, account: LocalAccount | None
    ) -> None:
        self._settings = settings
        self._chain_id = chain_id
        self._manager = manager
        self._sender = Sender(account, chain_id) if account else None
        self._ledger = Ledger()
        self._failures = 0  # in a row

    async def run(self, stop: asyncio.Event) -> Totals:
        """Work until `stop` is set, then see the transaction through that is out."""
        executor = self._sender.address if self._sender else None
        log.info(
            "keeper_started",
            chain_id=self._chain_id,
            manager=self._manager,
            executor=executor,
            dry_run=executor is None,
        )
        await self._follow(stop, accept_work=True)
        if self._sender is not None:
            await self._finish(self._sender)
        totals = self._ledger.totals
        log.info("keeper_stopped", **asdict(totals), profit=totals.profit)
        return totals

    async def _finish(self, sender: Sender) -> None:
        try:
            async with asyncio.timeout(self._settings.stop_timeout_s):
                await self._follow(sender.landed, accept_work=False)
        except TimeoutError:
            log.error("transaction_left_behind", hashes=sender.flight and sender.flight.hashes)

    async def _follow(self, stop: asyncio.Event, *, accept_work: bool) -> None:
        while not stop.is_set():
            try:
                async with connect(self._settings.rpc.get_secret_value()) as web3:
                    await self._on_connection(web3, stop, accept_work=accept_work)
            except ConfigError:
                raise
            except Exception:  # the package's only broad handler
                self._failures += 1
                log.exception("connection_given_up", failures_in_row=self._failures)
                await wait_for_any(stop, timeout_s=rest_s(self._failures))

    async def _on_connection(self, web3: Web3, stop: asyncio.Event, *, accept_work: bool) -> None:
        runner = Runner(web3, self._manager, self._settings, self._sender, self._ledger)
        async with Watcher(web3, poll_interval_s=self._settings.poll_interval_s) as watcher:
            while (head := await watcher.next_head(stop)) is not None:
                async with asyncio.timeout(self._settings.block_timeout_s):
                    await runner.on_block(head, accept_work=accept_work)
                self._failures = 0
