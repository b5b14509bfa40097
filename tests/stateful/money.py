"""The model's money: bonds, credits, fees, and who has how much ether."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from tests.stateful import calls, limits
from tests.stateful.events import Refused
from tests.stateful.state import Account, Contract, Mode, Moment, Terms

Result = tuple[int, ...] | None


class Charged(NamedTuple):
    """Bounds of the gas that a handled task was charged for."""

    least: int
    most: int


class Money(ABC):
    """What a manager owes, and what everybody has."""

    def __init__(self, manager: int, fee_bps: int, recipient: int) -> None:
        self.manager = manager
        self.fee_bps = fee_bps
        self.recipient = recipient
        self.accounts: defaultdict[int, Account] = defaultdict(Account)
        self.credits: defaultdict[int, int] = defaultdict(int)
        self.contracts: dict[int, Contract] = {}
        self.balances: defaultdict[int, int] = defaultdict(int)
        self.fees = 0
        self.charged: list[Charged | None] = []  # for each task handled; None at no price
        self.doubts = 0  # decisions that were the chain's to make, as they depend on gas
        self.running: list[int] = []  # hashes of the tasks whose targets are being called

    @abstractmethod
    def play(self, player: int, now: Moment) -> None:
        """Make the call that a contract was told to make."""

    def covers(self, account: Account, required: int, doubt: Callable[[], bool]) -> bool:
        """Whether so much is free; `doubt` says what the chain found when it depends on gas."""
        if account.free < required:
            return False
        if account.free - account.held >= required:
            return True
        self.doubts += 1
        return doubt()

    def goes_on(self, now: Moment) -> bool:
        """Whether a call from inside a run had an effect: else the run is what ends next."""
        return bool(self.running) and not now.feed.is_next("TaskExecuted", self.running[-1])

    def check_deposit(self, account: int, now: Moment) -> None:
        bond = self.accounts[account].bond + now.value
        if now.value and bond > limits.MAX_BOND:
            raise Refused("TaskManager_BondTooLarge", account, bond, limits.MAX_BOND)

    def receive(self, account: int, now: Moment) -> None:
        if now.value == 0:
            return
        now.feed.take("BondDeposited", account, now.caller, now.value)
        self.accounts[account].bond += now.value
        self._move(now.caller, self.manager, now.value)

    def deposit(self, call: calls.Deposit, now: Moment) -> Result:
        self.check_deposit(call.account, now)
        self.receive(call.account, now)
        return ()

    def withdraw(self, call: calls.Withdraw, now: Moment) -> Result:
        account = self.accounts[now.caller]
        if not self.covers(account, call.amount, lambda: self.goes_on(now)):
            raise Refused("TaskManager_InsufficientBond", now.caller, account.free, call.amount)
        self._check_payable(now.caller, call.amount)
        account.bond -= call.amount
        now.feed.take("BondWithdrawn", now.caller, call.amount)
        self._send(now.caller, call.amount, now)
        return ()

    def withdraw_credit(self, _call: calls.WithdrawCredit, now: Moment) -> Result:
        amount = self.credits[now.caller]
        if amount == 0:
            raise Refused("TaskManager_NoCredit", now.caller)
        self._check_payable(now.caller, amount)
        self.credits[now.caller] = 0
        now.feed.take("CreditWithdrawn", now.caller, amount)
        self._send(now.caller, amount, now)
        return ()

    def withdraw_fees(self, _call: calls.WithdrawFees, now: Moment) -> Result:
        amount = self.fees
        if amount == 0:
            raise Refused("TaskManager_NoCredit", self.recipient)
        self.fees = 0
        now.feed.take("FeesWithdrawn", self.recipient, amount)
        self._send(self.recipient, amount, now)
        return ()

    def set_terms(self, call: calls.SetTerms, now: Moment) -> Result:
        for given in (call.ceiling, call.tip, call.premium_cap):
            if given > limits.MAX_TERM:
                raise Refused("TaskManager_TermOutOfRange", given, limits.MAX_TERM)
        if call.failure_limit > limits.MAX_FAILURE_LIMIT:
            most = limits.MAX_FAILURE_LIMIT
            raise Refused("TaskManager_TermOutOfRange", call.failure_limit, most)
        terms = self.accounts[now.caller].terms
        given_terms = call.ceiling, call.tip, call.premium_cap, call.failure_limit
        terms.append(Terms(*given_terms, version=len(terms)))
        now.feed.take("PriceTermsChanged", now.caller, *terms[-1])
        return ()

    def _check_payable(self, receiver: int, amount: int) -> None:
        contract = self.contracts.get(receiver)
        if contract and contract.mode in (Mode.REFUSE, Mode.BURN, Mode.BOMB):
            raise Refused("TaskManager_PaymentRefused", receiver, amount)

    def _send(self, receiver: int, amount: int, now: Moment) -> None:
        """Pay a receiver that takes it, and that may re-enter with all the gas."""
        self._move(self.manager, receiver, amount)
        contract = self.contracts.get(receiver)
        if contract and contract.mode == Mode.PLAY:
            self.play(receiver, now)

    def reimburse(self, executor: int, amount: int, now: Moment) -> None:
        """Pay an executor, with little gas; what it does not take is its credit."""
        contract = self.contracts.get(executor)
        refuses = contract is not None and contract.mode in (Mode.REFUSE, Mode.BURN, Mode.BOMB)
        if contract and contract.mode == Mode.PLAY and contract.script:
            refuses = now.feed.is_next("CreditAdded")  # whether the script fits that gas
        if not refuses:
            self._move(self.manager, executor, amount)
            return
        now.feed.take("CreditAdded", executor, amount)
        self.credits[executor] += amount

    def _move(self, payer: int, receiver: int, amount: int) -> None:
        self.balances[payer] -= amount
        self.balances[receiver] += amount
