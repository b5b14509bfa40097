"""Mines in step with a keeper: a block comes when the keeper has had its say about the last one."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks import outside
from benchmarks.chain import GWEI
from benchmarks.keeping import Keeper
from benchmarks.world import World

_LOOK_S = 0.005
_END_S = 0.2


@dataclass(frozen=True)
class Pace:
    """How long a keeper is waited for, where it may have nothing to say."""

    world: World
    keeper: Keeper
    patience_s: float  # while something is due
    idle_s: float  # while nothing is

    def step(self, *, base_fee: int = GWEI) -> None:
        """Mine a block with what the keeper has sent."""
        deadline = time.monotonic() + (self.patience_s if outside.due(self.world) else self.idle_s)
        while not self._is_out() and time.monotonic() < deadline:
            self.keeper.check()
            time.sleep(_LOOK_S)
        self.world.chain.mine(base_fee=base_fee)

    def step_to(self, block: int) -> None:
        """Mine up to a block."""
        while self.world.chain.head() < block:
            self.step()

    def end(self, *, within: int) -> int:
        """Stop the keeper, and mine what it waits for; returns its exit code."""
        self.keeper.ask_to_stop()
        for _ in range(within):
            if not self.keeper.is_running():
                return self.keeper.stop()
            time.sleep(_END_S)
            self.world.chain.mine()
        raise AssertionError(f"the keeper waits for more than {within} blocks")

    def clear(self, *, within: int) -> None:
        """Mine until nothing is due, for so many blocks at most."""
        last = self.world.chain.head() + within
        while outside.due(self.world) or self._is_out():
            assert self.world.chain.head() < last, f"still {outside.due(self.world)} due"
            self.step()

    def _is_out(self) -> bool:
        return outside.waiting(self.world.chain, self.keeper.account.address) > 0
