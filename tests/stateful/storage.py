"""The manager's storage, word by word. The layouts are in contracts/types."""

from __future__ import annotations

import functools
from typing import NamedTuple

from eth_utils import keccak

from tests.stateful.calls import words
from tests.stateful.engine import Engine
from tests.stateful.state import Account, Task

LANE_BITS = 40
LANES = 5
LANE = 2**LANE_BITS - 1
AMOUNT = 2**88 - 1
PAGE_AT, PAGE = 224, 2**12 - 1
ONE_SUCCESS = 1 << 160  # what a word of zero says of the runs made
NEVER = 2**40 - 1


class Head(NamedTuple):
    """A bucket's head, or a page of it."""

    ids: list[int]
    kilogas: int = 0
    first: int = 0
    last: int = 0
    count: int = 0


class Storage:
    """What a manager remembers."""

    def __init__(self, engine: Engine, manager: int, slots: dict[str, int]) -> None:
        self._engine = engine
        self._manager = manager
        self._slots = slots

    def word(self, slot: int) -> int:
        return self._engine.word(self._manager, slot)

    def manager(self) -> int:
        return self.word(self._slots["_manager"])

    def state(self, task_id: int) -> int:
        return self.word(slot_in(self._slots["_states"], task_id))

    def account(self, owner: int) -> int:
        return self.word(slot_in(self._slots["_accounts"], owner))

    def terms_in_force(self, owner: int) -> int:
        return self.word(slot_in(self._slots["_termsInForce"], owner))

    def credit(self, executor: int) -> int:
        return self.word(slot_in(self._slots["_credits"], executor))

    def marks(self, size_class: int, level: int, index: int) -> int:
        """A word of the bitmaps."""
        key = size_class << 24 | level << 16 | index
        return self.word(slot_in(self._slots["_queue"] + 1, key))

    def bucket(self, block: int, size_class: int) -> int:
        return slot_in(self._slots["_queue"], size_class << 64 | block)

    def walk(self, block: int, size_class: int) -> tuple[Head, dict[int, int]]:
        """A bucket's head, with all its ids, and the page of each of them."""
        slot = self.bucket(block, size_class)
        head = head_of(self.word(slot))
        pages = dict.fromkeys(head.ids, 0)
        number, before = head.first, 0
        while number:
            word = self.word(slot_in(slot + 1, number))
            ids, following, previous = lanes(word), word >> 200 & PAGE, word >> 212 & PAGE
            assert ids, f"page {number} of block {block} is empty"
            assert previous == before, f"page {number} of block {block} points back to {previous}"
            pages |= dict.fromkeys(ids, number)
            before, number = number, following
        assert head.last == before, f"block {block} ends with page {before}, not {head.last}"
        return head, pages


@functools.lru_cache(maxsize=65_536)
def slot_in(mapping: int, key: int) -> int:
    return int.from_bytes(keccak(words(key, mapping)), "big")


def head_of(word: int) -> Head:
    return Head(
        ids=lanes(word),
        kilogas=word >> 200 & 0xFFFF,
        first=word >> 216 & PAGE,
        last=word >> 228 & PAGE,
        count=word >> 240 & PAGE,
    )


def lanes(word: int) -> list[int]:
    """The ids of a head or a page, which has no gaps."""
    all_lanes = [word >> (LANE_BITS * lane) & LANE for lane in range(LANES)]
    ids = [one for one in all_lanes if one]
    assert ids == all_lanes[: len(ids)], f"a gap in {all_lanes}"
    return ids


def state_word(task: Task, page: int) -> int:
    if task.is_spent:
        return 0
    return (
        task.next | task.deadline << 40 | task.left << 80 | task.interval << 112
        | task.drift << 136 | task.executed << 160 | task.single << 187 | task.failed << 188
        | task.streak << 212 | task.deferrals << 216 | task.status << 220 | page << PAGE_AT
        | task.crowd << 236 | task.terms.version << 240
    )  # fmt: skip


def account_word(account: Account) -> int:
    head = account.tasks[-1] if account.tasks else 0
    has_terms = int(len(account.terms) > 1)
    return (
        account.bond | account.reserved << 88 | account.nonce << 176 | head << 208
        | has_terms << 248
    )  # fmt: skip


def manager_word(oldest: list[int | None], last_id: int, fees: int) -> int:
    due = [NEVER if block is None else block for block in oldest]
    return due[0] | due[1] << 40 | due[2] << 80 | last_id << 120 | fees << 160
