"""Plays a history step by step on an engine and on the model, and compares every answer."""

from __future__ import annotations

from dataclasses import dataclass

from tests.stateful import limits
from tests.stateful.calls import (
    TASK,
    Call,
    Definition,
    ExecuteCommitted,
    ExecuteOne,
    ExecuteQueued,
    ExecuteThese,
    Schedule,
    WithdrawCredit,
    selector,
    split,
)
from tests.stateful.engine import AMPLE_GAS, Answer, Engine
from tests.stateful.events import NOTHING, Feed, Refused, decode, refusal
from tests.stateful.ledger import Ledger
from tests.stateful.model import Model, Result
from tests.stateful.state import Contract, Mode, Moment, Script, Task
from tests.stateful.storage import Storage
from tests.stateful.world import (
    OPERATOR,
    PEOPLE,
    RECIPIENT,
    World,
    forward,
    schedule_many,
    set_script,
)

INTRINSIC = 21_000
ENOUGH_TO_REFUSE = 100_000  # gas with which a refusal has its reason
EXECUTORS_SHARE = range(95, 115)  # per cent of the gas; the benchmarks hold closer bounds


@dataclass(frozen=True)
class Send:
    """A call of the manager, by a person or through a contract."""

    sender: int
    call: Call
    value: int = 0
    gas: int = AMPLE_GAS
    hold: bool = False  # whether the next transaction may be in the same block


@dataclass(frozen=True)
class Tell:
    """A contract is given a script, or none."""

    contract: int
    script: Script | None


@dataclass(frozen=True)
class Behave:
    """A contract is told how to receive ether."""

    contract: int
    mode: Mode


@dataclass(frozen=True)
class Advance:
    """Blocks go by."""

    blocks: int


@dataclass(frozen=True)
class BaseFee:
    """The base fee from now on."""

    wei: int


@dataclass(frozen=True)
class Fill:
    """A contract schedules the same task again and again, as often as it can."""

    owner: int
    definition: Definition
    times: int


Step = Send | Tell | Behave | Advance | BaseFee | Fill


class Driver:
    """A manager on an engine, and the model beside it."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine = engine
        self.world = world
        self.storage = Storage(engine, world.manager, world.slots)
        recipient = RECIPIENT if world.fee_bps else 0
        self.model = Model(world.manager, world.fee_bps, recipient, world.callee)
        for contract in (*world.owners, world.executor, world.stranger):
            self.model.contracts[contract] = Contract()
        for one in world.everybody:
            self.model.balances[one] = engine.balance(one)
        self.ledger = Ledger()
        self.answer = Answer(ok=True, output=b"")
        self.history: list[Step] = []

    def play(self, step: Step) -> None:
        self.history.append(step)
        match step:
            case Send():
                self._send(step)
            case Tell(contract, script):
                self._tell(contract, script)
            case Behave(contract, mode):
                self._setup(
                    contract, selector("setReceivingMode(uint8)") + bytes(31) + bytes([mode])
                )
                self.model.contracts[contract].mode = mode
            case Fill():
                self._fill(step)
            case Advance(blocks):
                self.engine.advance(blocks)
            case BaseFee(wei):
                self.engine.set_base_fee(wei)

    def _tell(self, contract: int, script: Script | None) -> None:
        data = script.call.encode() if script else None
        value = script.value if script else 0
        self._setup(contract, set_script(self.world.manager, value, data))
        self.model.contracts[contract].script = script

    def _setup(self, contract: int, data: bytes) -> None:
        answer = self.engine.send(OPERATOR, contract, data)
        assert answer.ok
        self.model.balances[OPERATOR] -= answer.fee

    def _fill(self, step: Fill) -> None:
        model, plan = self.model, step.definition
        block, base_fee = self.engine.block, self.engine.base_fee
        times = min(step.times, self._room_for(plan))
        if times == 0 or base_fee > model.accounts[step.owner].terms[-1].ceiling:
            return
        data = schedule_many(self.world.manager, plan, times)
        answer = self.answer = self.engine.send(OPERATOR, step.owner, data)
        model.balances[OPERATOR] -= answer.fee
        events = decode(answer.logs, self.world.manager)
        now = Moment(step.owner, 0, block, base_fee, Feed(events))
        for again in range(times):
            one = plan._replace(nonce=plan.nonce + again)
            model.apply(Schedule(one), now)
        now.feed.end()
        self.ledger.read(events, block)

    def _room_for(self, plan: Definition) -> int:
        """How many more of such a task its owner can schedule."""
        account = self.model.accounts[plan.owner]
        task = Task(0, 0, plan.owner, plan.gas, plan.target, plan.data, 0, terms=account.terms[-1])
        left = limits.CAPACITY - self.model.queue.load(plan.start, task.size_class).kilogas
        if not self.model.queue.in_span(plan.start, task.size_class):
            return 0
        return max(0, min(left // task.kilogas, account.free // task.reserve(self.world.fee_bps)))

    def _send(self, step: Send) -> None:
        block, base_fee = self.engine.block, self.engine.base_fee
        payer, to, data = self._route(step.sender, step.call)
        answer = self.engine.send(payer, to, data, value=step.value, gas=step.gas, hold=step.hold)
        self.answer = answer
        self.model.charged.clear()
        events = decode(answer.logs, self.world.manager)
        note = "" if answer.ok else f": reverted with {refusal(answer.output)}"
        gas = step.gas - INTRINSIC
        feed = Feed(events, note)
        now = Moment(step.sender, step.value, block, base_fee, feed, gas)
        self._pay(payer, step.sender, step.value if answer.ok else 0, answer.fee)
        try:
            expected = self.model.apply(step.call, now)
        except Refused as refused:
            self._check_refused(refused, answer, step)
        else:
            self._check_done(step, expected, answer, feed)
        self.ledger.read(events, block)

    def _route(self, sender: int, call: Call) -> tuple[int, int, bytes]:
        """Who sends what to whom so that `sender` makes the call."""
        data, world = call.encode(), self.world
        if sender in world.owners:
            return OPERATOR, sender, forward(world.manager, data)
        if sender == world.executor:
            return OPERATOR, sender, through_executor(call)
        return sender, world.manager, data

    def _pay(self, payer: int, sender: int, value: int, fee: int) -> None:
        """The sender has the value from the payer, who also pays for the gas."""
        self.model.balances[payer] -= fee + value
        self.model.balances[sender] += value

    def _check_refused(self, refused: Refused, answer: Answer, step: Send) -> None:
        assert not answer.ok, f"went through, where {refused} was due"
        error, values = refusal(answer.output)
        if isinstance(step.call, ExecuteOne) and error == NOTHING:
            assert step.gas < ENOUGH_TO_REFUSE
            return
        if refused.error == "TaskManager_InsufficientGas":
            values = ()  # how much there was, nobody knows
        assert error == refused.error, f"{error}{values} where {refused} was due"
        assert values == refused.values, f"{error}{values} where {refused} was due"

    def _check_done(self, step: Send, expected: Result, answer: Answer, feed: Feed) -> None:
        assert answer.ok, f"{refusal(answer.output)} where {step.call} was due"
        feed.end()
        if isinstance(step.call, ExecuteQueued | ExecuteThese | ExecuteCommitted) and feed.events:
            left = step.gas - answer.gas_used
            assert left >= step.call.reserve, f"left {left} of {step.call.reserve} gas"
        if self.engine.true_gas and isinstance(step.call, ExecuteQueued | ExecuteOne):
            self._check_charged(step, answer)
        if expected and step.sender not in self.world.owners and not self.engine.true_gas:
            returned = split(answer.output)[: len(expected)]
            assert returned == expected, f"returned {returned}, not {expected}"

    def _check_charged(self, step: Send, answer: Answer) -> None:
        """M5 on a real chain: a plain executor of all that is due gets what it spends."""
        charged = self.model.charged
        if not charged or None in charged or step.gas != AMPLE_GAS or step.sender not in PEOPLE:
            return
        least = 100 * sum(one.least for one in charged if one) // answer.gas_used
        most = 100 * sum(one.most for one in charged if one) // answer.gas_used
        told = f"{least} to {most} per cent of {answer.gas_used} gas were paid"
        assert least < EXECUTORS_SHARE.stop, told
        assert most >= EXECUTORS_SHARE.start, told


def through_executor(call: Call) -> bytes:
    """Calldata for the contract that executes."""
    data = call.encode()
    if isinstance(call, ExecuteQueued):
        return selector("executeQueued(uint256)") + data[4:]
    if isinstance(call, ExecuteThese):
        return selector("executeThese(bytes32[],uint256)") + data[4:]
    if isinstance(call, ExecuteCommitted):
        return selector(f"executeCommitted({TASK}[],uint256)") + data[4:]
    assert isinstance(call, WithdrawCredit)
    return data
