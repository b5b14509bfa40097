"""Mines a block every so often, at the base fee that the weather says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.chain import GWEI, Chain

Weather = Callable[[int], int]  # base fee by block


def calm(_: int) -> int:
    return GWEI


class Miner:
    """A thread with a connection of its own."""

    def __init__(self, url: str, *, period_s: float) -> None:
        self.weather: Weather = calm
        self._chain = Chain(url)
        self._period_s = period_s
        self._end = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, daemon=True)

    @contextmanager
    def working(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._end.set()
            self._thread.join()
            self._chain.close()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No block comes by itself meanwhile."""
        with self._lock:
            yield

    def mine_one(self) -> None:
        """Mine while it is paused."""
        self._mine()

    def skip_to(self, block: int) -> None:
        """Let time pass at once until this is the latest block."""
        with self._lock:
            missing = block - self._chain.head()
            if missing > 1:
                self._chain.rpc("anvil_mine", hex(missing - 1))
            if missing > 0:
                self._mine()

    def _work(self) -> None:
        while not self._end.wait(self._period_s):
            with self._lock:
                self._mine()

    def _mine(self) -> None:
        head = self._chain.head()
        self._chain.mine(base_fee=self.weather(head + 1))
        # What the node foretells of the next block is what it will be.
        self._chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(self.weather(head + 2)))
