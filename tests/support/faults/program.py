"""Which request meets which fault: rules by method, count and chance."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from tests.support.faults.faults import Fault


@dataclass(eq=False)
class Rule:
    """A fault, and the requests that meet it: the first `skip` pass, the next `times` do not."""

    fault: Fault
    methods: frozenset[str] = frozenset()  # none for every method
    skip: int = 0
    times: int | None = None  # None for all that follow
    repeats: bool = False  # pass and fail in turns: a flapping node
    chance: float = 1.0
    seen: int = 0
    hit: int = 0

    def concerns(self, method: str) -> bool:
        return method in self.methods or not self.methods

    def strikes(self, luck: Random) -> bool:
        """Whether the next request of its methods meets the fault."""
        place, self.seen = self.seen, self.seen + 1
        if self.repeats and self.times is not None:
            place %= self.skip + self.times
        is_due = place >= self.skip and (self.times is None or place < self.skip + self.times)
        strikes = is_due and luck.random() < self.chance
        self.hit += strikes
        return strikes


@dataclass
class Program:
    """The rules in force; the first one that strikes is applied. Any thread may change them."""

    luck: Random
    requests: list[str] = field(default_factory=list)  # methods, as they came
    _rules: list[Rule] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, rule: Rule) -> Rule:
        with self._lock:
            self._rules.append(rule)
        return rule

    def remove(self, rule: Rule) -> None:
        with self._lock:
            self._rules.remove(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    @contextmanager
    def during(
        self,
        fault: Fault,
        *methods: str,
        skip: int = 0,
        times: int | None = None,
        repeats: bool = False,
        chance: float = 1.0,
    ) -> Iterator[Rule]:
        """A rule for as long as the block."""
        rule = self.add(Rule(fault, frozenset(methods), skip, times, repeats, chance))
        try:
            yield rule
        finally:
            self.remove(rule)

    def choose(self, method: str) -> Fault | None:
        """What happens to a request that just came."""
        with self._lock:
            self.requests.append(method)
            for rule in self._rules:
                if rule.concerns(method) and rule.strikes(self.luck):
                    return rule.fault
        return None

    def silences(self) -> bool:
        """Whether a subscription's next message is kept back."""
        with self._lock:
            named = [rule for rule in self._rules if "eth_subscription" in rule.methods]
            return any(rule.strikes(self.luck) for rule in named)
