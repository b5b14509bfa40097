"""The model's rules for a pool's owner, and for credit going in and out."""

from __future__ import annotations

from typing import Any

from tests.stateful_pool import calls
from tests.stateful_pool.model import Model
from tests.stateful_pool.state import Moment, Refused, Terms


class Pool(Model):
    """A whole pool."""

    def _check_owner(self, now: Moment) -> None:
        if now.caller != self.config.owner:
            raise Refused("Unauthorized")

    def on_Activate(self, _: calls.Activate, now: Moment) -> list[Any]:  # noqa: N802
        self._check_owner(now)
        self.emit("PoolActivated", self.pool)
        self.active = True
        return []

    def on_Deactivate(self, _: calls.Deactivate, now: Moment) -> list[Any]:  # noqa: N802
        self._check_owner(now)
        self.emit("PoolDeactivated", self.pool)
        self.active = False
        return []

    def on_SetVerifier(self, call: calls.SetVerifier, now: Moment) -> list[Any]:  # noqa: N802
        self._check_owner(now)
        self._set_terms(self.terms[-1]._replace(verifier=call.verifier, is_hook=False, hook_gas=0))
        return []

    def on_SetRegistry(self, call: calls.SetRegistry, now: Moment) -> list[Any]:  # noqa: N802
        self._check_owner(now)
        self.registry = call.registry
        self.emit("ModelRegistrySet", call.registry)
        return []

    def on_SetTerms(self, call: calls.SetTerms, now: Moment) -> list[Any]:  # noqa: N802
        self._check_owner(now)
        self._set_terms(Terms(*call.terms))
        return [len(self.terms) - 1]

    def _set_terms(self, terms: Terms) -> None:
        self.terms.append(terms)
        self.emit("TermsSet", len(self.terms) - 1, tuple(terms))

    def on_WithdrawFunds(self, call: calls.WithdrawFunds, now: Moment) -> list[Any]:  # noqa: N802
        self._check_owner(now)
        faults = []
        if not 0 < call.amount <= self.free:
            faults.append("InsufficientFunds")
        if not self.takes(now.caller):
            faults.append("TaskPool_PaymentRefused")
        if faults:
            raise Refused(*faults)
        self.emit("FundsWithdrawn", now.caller, call.amount)
        self.pay(now.caller, call.amount)
        return []

    # Credit

    def on_Deposit(self, call: calls.Deposit, now: Moment) -> list[Any]:  # noqa: N802
        faults = list(self.check_comes(now.caller, now.value, call.amount))
        if faults:
            raise Refused(*faults)
        self.check_owed(call.amount)
        self.move(now.caller, self.pool, call.amount)
        self.credit(call.account, call.amount)
        return []

    def on_Withdraw(self, call: calls.Withdraw, now: Moment) -> list[Any]:  # noqa: N802
        faults = []
        if not 0 < call.amount <= self.credits[now.caller]:
            faults.append("TaskPool_InsufficientCredit")
        if not self.takes(call.receiver):
            faults.append("TaskPool_PaymentRefused")
        if faults:
            raise Refused(*faults)
        self.credits[now.caller] -= call.amount
        self.touched_accounts.add(now.caller)
        self.emit("CreditWithdrawn", now.caller, call.receiver, call.amount)
        self.pay(call.receiver, call.amount)
        return []

    def on_WithdrawAll(self, _: calls.WithdrawAll, now: Moment) -> list[Any]:  # noqa: N802
        return self.on_Withdraw(calls.Withdraw(self.credits[now.caller], now.caller), now)
