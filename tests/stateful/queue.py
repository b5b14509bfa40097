"""The model's queue: for each size class and block, ids in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.stateful.limits import CAPACITY, CLASSES, PROBES, SEARCH, SPAN

Key = tuple[int, int]  # block and class: their order is the order of running


@dataclass(slots=True)
class Bucket:
    """The tasks of one class that are due from one block on."""

    ids: list[int] = field(default_factory=list)
    kilogas: int = 0

    def copy(self) -> Bucket:
        return Bucket(list(self.ids), self.kilogas)


class Queue:
    """All queued tasks."""

    def __init__(self) -> None:
        self.buckets: dict[Key, Bucket] = {}
        self.touched: set[Key] = set()  # since somebody last looked

    def insert(self, block: int, size_class: int, task_id: int, kilogas: int) -> None:
        bucket = self.buckets.setdefault((block, size_class), Bucket())
        bucket.ids.append(task_id)
        bucket.kilogas += kilogas
        self.touched.add((block, size_class))

    def remove(self, block: int, size_class: int, task_id: int, kilogas: int = 0) -> None:
        """Take a task out; `kilogas` goes back to the block unless the task was handled."""
        bucket = self.buckets[block, size_class]
        bucket.ids.remove(task_id)
        bucket.kilogas -= kilogas
        self.touched.add((block, size_class))
        if not bucket.ids:
            del self.buckets[block, size_class]

    def load(self, block: int, size_class: int) -> Bucket:
        return self.buckets.get((block, size_class)) or Bucket()

    def oldest(self, size_class: int) -> int | None:
        return min((block for block, one in self.buckets if one == size_class), default=None)

    def next_due(self, now: int, passed: set[int]) -> Key | None:
        """The bucket whose turn it is: the oldest block, then the smallest class."""
        due = (key for key in self.buckets if key[0] <= now and key[1] not in passed)
        return min(due, default=None)

    def in_span(self, block: int, size_class: int) -> bool:
        oldest = self.oldest(size_class)
        return oldest is None or block < oldest + SPAN

    def has_room(self, block: int, size_class: int, kilogas: int) -> bool:
        return self.load(block, size_class).kilogas + kilogas <= CAPACITY

    def find_room(self, wanted: int, last: int, size_class: int, kilogas: int) -> int | None:
        """The first block with room among those that are probed, up to the last that will do."""
        for offset in PROBES:
            if wanted + offset > last or not self.in_span(wanted + offset, size_class):
                return None
            if self.has_room(wanted + offset, size_class, kilogas):
                return wanted + offset
        return None

    def room_after(self, start: int, size_class: int, kilogas: int) -> int:
        """What a refusal names: the next block with room, 0 when there is none nearby."""
        later = range(start + 1, start + SEARCH + 1)
        return next((block for block in later if self.has_room(block, size_class, kilogas)), 0)

    def in_order(self, first: int, last: int) -> list[int]:
        keys = sorted(key for key in self.buckets if first <= key[0] <= last)
        return [task_id for key in keys for task_id in self.buckets[key].ids]

    def first_in(self, first: int, last: int) -> int:
        return min((block for block, _ in self.buckets if first <= block <= last), default=0)

    def blocks_of(self, size_class: int) -> list[int]:
        assert size_class in CLASSES
        return sorted(block for block, one in self.buckets if one == size_class)
