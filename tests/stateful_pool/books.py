"""The model's money: what a pool owes to whom, what it has, and what left it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tests.stateful_pool.state import Config, Doubles, Job, Receiving, Refused, Transfer

BPS = 10_000
MAX_OWED = 2**96 - 1

Event = tuple[object, ...]


class Books:
    """Credits, and balances of the pool's asset."""

    def __init__(self, pool: int, config: Config, doubles: Doubles) -> None:
        self.pool = pool
        self.config = config
        self.doubles = doubles
        self.jobs: dict[int, Job] = {}
        self.credits: defaultdict[int, int] = defaultdict(int)
        self.balances: defaultdict[int, int] = defaultdict(int)  # of the pool's asset
        self.rewarded = 0
        self.touched_accounts: set[int] = set()  # since they were last looked at
        self.events: list[Event] = []

    @property
    def is_native(self) -> bool:
        return self.config.asset == 0

    @property
    def owed(self) -> int:
        return sum(job.owed for job in self.jobs.values()) + sum(self.credits.values())

    @property
    def free(self) -> int:
        return max(0, self.balances[self.pool] - self.owed)

    def emit(self, name: str, *values: object) -> None:
        self.events.append((name, *values))

    def credit(self, account: int, amount: int) -> None:
        if amount:
            self.emit("CreditAdded", account, amount)
            self.credits[account] += amount
            self.touched_accounts.add(account)

    def move(self, payer: int, receiver: int, amount: int) -> None:
        self.balances[payer] -= amount
        self.balances[receiver] += amount
        self.touched_accounts |= {payer, receiver}

    # Out

    def takes(self, receiver: int) -> bool:
        """Whether a payment of the asset arrives."""
        if self.is_native:
            return self.doubles.receiving.get(receiver, Receiving.ACCEPT) == Receiving.ACCEPT
        moves = (Transfer.HONEST, Transfer.RETURNS_NOTHING, Transfer.TAKES_FEE, Transfer.PLAYS)
        return self.doubles.transfer in moves and receiver not in self.doubles.blocked

    def pay(self, receiver: int, amount: int) -> bool:
        """Push a payment; whether it was taken."""
        if not self.takes(receiver):
            return False
        self.move(self.pool, receiver, amount)
        if self.is_native and receiver == self.pool:
            self.emit("PoolFunded", self.pool, amount)
        if not self.is_native and self.doubles.transfer == Transfer.TAKES_FEE:
            self.balances[receiver] -= amount // 100
        return True

    def pay_reward(self, job: Job) -> None:
        self.rewarded = min(self.rewarded + job.reward, MAX_OWED)
        if self.pay(job.worker, job.reward):
            self.emit("RewardPaid", job.worker, job.id, job.reward)
        else:
            self.credit(job.worker, job.reward)

    # In

    def check_comes(self, payer: int, value: int, amount: int) -> Iterable[str]:
        """What keeps `amount` from coming with a call."""
        if self.is_native:
            if value < amount:
                yield "InsufficientFunds"
            if value > amount:
                yield "TaskPool_ValueMismatch"
            return
        if value:
            yield "TaskPool_ValueMismatch"
        transfer = self.doubles.transfer
        if transfer in (Transfer.RETURNS_FALSE, Transfer.BURNS_GAS):
            yield "SafeERC20FailedOperation"
        if transfer == Transfer.BURNS_GAS:
            yield "nothing"
        if transfer == Transfer.REVERTS or payer in self.doubles.blocked:
            yield "TokenDouble_Refused"
        if transfer == Transfer.TAKES_FEE and amount >= 100:
            yield "TaskPool_TransferMismatch"
        if self.balances[payer] < amount:
            yield "ERC20InsufficientBalance"

    def check_owed(self, more: int) -> None:
        if self.owed + more > MAX_OWED:
            raise Refused("TaskPool_AmountTooLarge")
