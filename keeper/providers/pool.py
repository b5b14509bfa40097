"""Several nodes as one: the best is asked, the next one when it does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar

import structlog

from keeper.errors import NoEndpoint
from keeper.providers.endpoint import Endpoint, short_name
from keeper.services.endpoints import rank
from keeper.signals import FailedOver, Signals
from keeper.types import Reading
from taskwork.chain.rpc import Web3
from taskwork.errors import ChainError, NodeRefused

log = structlog.get_logger()

T = TypeVar("T")


class Endpoints:
    """The operator's nodes, in the order of the settings."""

    def __init__(self, endpoints: Sequence[Endpoint], *, max_lag: int, signals: Signals) -> None:
        self.all = tuple(endpoints)
        self._max_lag = max_lag
        self._signals = signals
        self.asked = endpoints[0].name  # the one that answered last

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        for endpoint in self.all:
            await endpoint.close()

    def usable(self) -> list[Endpoint]:
        """Those that may be believed, best first."""
        by_name = {endpoint.name: endpoint for endpoint in self.all}
        healths = {name: endpoint.health for name, endpoint in by_name.items()}
        return [by_name[name] for name in rank(healths, self._max_lag)]

    async def ask(self, work: Callable[[Web3], Awaitable[T]]) -> T:
        """Ask the best; when it does not answer or refuses, the next; at last those in disgrace.

        A revert is an answer: it is not taken elsewhere.
        """
        usable = self.usable()
        errors: list[tuple[Endpoint, ChainError]] = []
        for endpoint in (*usable, *(one for one in self.all if one not in usable)):
            try:
                answer = await endpoint.ask(work)
            except ChainError as error:
                errors.append((endpoint, error))
            else:
                self._note(endpoint)
                return answer
        if all(isinstance(error, NodeRefused) for _, error in errors):
            raise errors[0][1]
        raise NoEndpoint([f"{endpoint.name}: {error}" for endpoint, error in errors])

    async def ask_all(self, work: Callable[[Web3], Awaitable[T]]) -> list[T | ChainError]:
        """Ask everybody who may be believed at once; a failure stands among the answers."""
        asked = self.usable() or self.all
        return list(await asyncio.gather(*(_try(endpoint, work) for endpoint in asked)))

    def _note(self, endpoint: Endpoint) -> None:
        if endpoint.name != self.asked:
            log.warning("failed_over", before=self.asked, after=endpoint.name)
            self._signals.emit(FailedOver(self.asked, endpoint.name))
            self.asked = endpoint.name


async def _try(endpoint: Endpoint, work: Callable[[Web3], Awaitable[T]]) -> T | ChainError:
    try:
        return await endpoint.ask(work)
    except ChainError as error:
        return error


def open_endpoints(urls: Sequence[str], reading: Reading, signals: Signals) -> Endpoints:
    """The endpoints of the settings, each with a name of its own."""
    names: list[str] = []
    for url in urls:
        name = short_name(url)
        names.append(f"{name}#{names.count(name) + 1}" if name in names else name)
    found = [
        Endpoint(url, name=name, timeout_s=reading.timeout_s)
        for url, name in zip(urls, names, strict=True)
    ]
    return Endpoints(found, max_lag=reading.max_lag, signals=signals)
