"""The books of a pool, checked after every test that used one: what it owes, it has.

All of it is read through the pool's own reads, over the thin client, and summed up anew.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eth_utils import to_checksum_address

from tests.contracts.pool.jobs import Status
from tests.support.definitions import ZERO_ADDRESS

if TYPE_CHECKING:
    from tests.support.abi import Interface
    from tests.support.rpc import Rpc

INFO = f"(uint256,uint8,uint8,address,address{',uint256' * 6},bytes32,bytes32)"
TERMS = "(address,uint32,uint32,uint96,uint32,uint32,uint16,uint16,uint8,bool)"
CONFIG = "(address,address,address,uint32,uint8,uint8,bool)"
STATS = "(uint256,uint256,uint256,uint256,uint256,uint256)"
BOND_HELD = (Status.CLAIMED, Status.SUBMITTED, Status.DISPUTED)
ENDED = (Status.SETTLED, Status.REFUNDED, Status.EXPIRED, Status.CANCELLED)


class PoolBooks:
    """One pool's balances, recomputed from its jobs and accounts."""

    def __init__(self, rpc: Rpc, pool: str, interface: Interface) -> None:
        self._rpc = rpc
        self._pool = pool
        self._interface = interface

    def check(self) -> None:
        self.check_counts()
        self.check_solvency()
        self.check_queues()
        self.check_workers()

    # P1, P2

    def check_solvency(self) -> None:
        owed = self.rewards_of_live_jobs() + self.live_bonds() + self.credits()
        stats = self.stats()
        assert owed == stats[4], "P2: what is owed is rewards of live jobs, live bonds and credits"
        assert self.balance() >= owed, "P1: what is owed is there"

    def rewards_of_live_jobs(self) -> int:
        return sum(job[5] for job in self.jobs() if Status(job[1]) not in ENDED)

    def live_bonds(self) -> int:
        held = [job for job in self.jobs() if Status(job[1]) in BOND_HELD]
        return sum(self._read("termsAt(uint256)", job[10], returns=TERMS)[0][3] for job in held)

    def credits(self) -> int:
        people = {event["account"] for event in self.events("CreditAdded")}
        return sum(self._read("creditOf(address)", who, returns="uint256")[0] for who in people)

    def balance(self) -> int:
        asset = to_checksum_address(self._read("config()", returns=CONFIG)[0][1])
        if asset == ZERO_ADDRESS:
            return int(self._rpc("eth_getBalance", self._pool, "latest"), 16)
        (amount,) = self._rpc.read(asset, "balanceOf(address)", self._pool, returns="uint256")
        return int(amount)

    # P3

    def check_counts(self) -> None:
        jobs = self.jobs()
        statuses = Counter(Status(job[1]) for job in jobs)
        posted, opened, live, *_ = self.stats()
        assert posted == len(jobs)
        assert opened == statuses[Status.OPEN], "P3: open jobs are counted"
        assert live == sum(n for status, n in statuses.items() if status not in ENDED)
        assert not statuses[Status.NONE]
        assert not statuses[Status.REJECTED], "P3: no job rests as rejected"

    # P4

    def check_queues(self) -> None:
        queued: list[int] = []
        for priority in range(3):
            ids = self.queue(priority)
            queued += ids
            for task_id in ids:
                assert self.job(task_id)[1:3] == (Status.OPEN, priority)
        assert len(queued) == len(set(queued)) == self.stats()[1], "P4: open means queued once"

    def queue(self, priority: int) -> list[int]:
        call = "getOpenTasks(uint8,uint256,uint256)"
        return list(self._read(call, priority, 0, 10**6, returns="uint256[]")[0])

    # P5

    def check_workers(self) -> None:
        claimed = [job for job in self.jobs() if Status(job[1]) == Status.CLAIMED]
        most = self._read("config()", returns=CONFIG)[0][4]
        for worker in {job[4] for job in claimed}:
            own = {job[0] for job in claimed if job[4] == worker}
            (held,) = self._read("getUserActiveTasks(address)", worker, returns="uint256[]")
            assert sorted(held) == sorted(own), "P5: a worker's claims are its claimed jobs"
            assert len(held) <= most

    # What is read

    def jobs(self) -> list[tuple]:
        return [self.job(task_id) for task_id in range(1, self.stats()[0] + 1)]

    def job(self, task_id: int) -> tuple:
        return self._read("getJob(uint256)", task_id, returns=INFO)[0]

    def stats(self) -> tuple[int, ...]:
        return self._read("getPoolStats()", returns=STATS)[0]

    def events(self, name: str) -> list[dict]:
        topic = "0x" + self._interface.topic(name).hex()
        logs = self._rpc(
            "eth_getLogs", {"address": self._pool, "fromBlock": "0x0", "topics": [topic]}
        )
        return [event.args for event in self._interface.decode_logs(logs, self._pool)]

    def _read(self, call: str, *args: object, returns: str) -> tuple:
        return self._rpc.read(self._pool, call, *args, returns=returns)
