"""The state machine: draws a history, and after every step compares the chain with the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.stateful import calls, drawing, plans
from tests.stateful.calls import ExecuteCommitted, ExecuteQueued, ExecuteThese
from tests.stateful.checks import Checks
from tests.stateful.compiled import Compiled
from tests.stateful.driver import Advance, BaseFee, Behave, Driver, Fill, Send, Step, Tell
from tests.stateful.engine import ETHER, GWEI, Engine
from tests.stateful.limits import LARGE_GAS, MAX_DISTANCE, MIN_EXECUTION_GAS, MIN_INTERVAL
from tests.stateful.state import Mode
from tests.stateful.world import ALICE, BOB, EVE, FEE_BPS, World, build
from tests.support.definitions import Status

CALLDATA_GAS = 40  # for a byte: without it, a transaction is not valid (EIP-7623)
READ_EVERY = 25  # steps: the views cost more than the rest
DEPOSITS = (100 * ETHER, ETHER // 20, 50 * ETHER, ETHER // 3)
WITHDRAWALS = (calls.Withdraw, calls.WithdrawCredit, calls.WithdrawFees)
seats = st.integers(0, 3)


@dataclass
class Stage:
    """An engine with a manager without a fee, and one with; every history starts from here."""

    engine: Engine
    worlds: tuple[World, World]
    mark: Any
    longest_leap: int = MAX_DISTANCE
    holds: bool = True  # whether two transactions can share a block
    plain: bool = False  # whether what depends on gas is avoided, so that engines can agree
    steps: int = 0
    ended: Callable[[Driver], None] | None = None

    @classmethod
    def on(cls, engine: Engine, code: Compiled, **options: Any) -> Stage:
        worlds = build(engine, code, 0), build(engine, code, FEE_BPS)
        return cls(engine, worlds, engine.mark(), **options)

    def reset(self) -> None:
        self.mark = self.engine.rewind(self.mark)


class SchedulerMachine(RuleBasedStateMachine):
    """Owners, executors and strangers do what they like; set `stage` in a subclass."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.stage.reset()
        self.driver = Driver(self.stage.engine, self.stage.worlds[0])
        self.checks = Checks(self.driver)

    @initialize(has_fee=st.booleans())
    def begin(self, has_fee: bool) -> None:
        self.driver = Driver(self.stage.engine, self.stage.worlds[has_fee])
        self.checks = Checks(self.driver)
        for owner, wei in zip(self.driver.world.accounts, DEPOSITS, strict=True):
            self.play(Send(owner, calls.Deposit(owner), wei))

    def play(self, step: Step) -> None:
        self.stage.steps += 1
        if self.stage.plain:
            step = plans.plainly(step)
        self.driver.play(step)

    def owner(self, seat: int) -> int:
        return self.driver.world.accounts[seat]

    def executor(self, seat: int) -> int:
        return (EVE, EVE, self.driver.world.executor, ALICE)[seat]

    def picked(self, pick: int) -> int:
        return plans.picked(self.driver, pick)

    # Owners

    @rule(
        seat=seats, outline=drawing.outlines, value=drawing.values, hold=st.booleans(),
        kind=drawing.kinds,
    )  # fmt: skip
    def schedule(
        self, seat: int, outline: drawing.Outline, value: int, hold: bool, kind: bool
    ) -> None:
        owner, hold = self.owner(seat), hold and self.stage.holds
        plan = plans.definition(self.driver, owner, outline)
        self.play(Send(owner, calls.Schedule(plan, committed=kind), value, hold=hold))

    @rule(seat=seats, outline=drawing.outlines, kind=drawing.kinds)
    def schedule_another(self, seat: int, outline: drawing.Outline, kind: bool) -> None:
        """Most tasks have no flaw."""
        self.schedule(seat, outline._replace(flaw="none", active=True), 0, True, kind)

    @rule(seat=seats, outline=drawing.outlines, value=drawing.values)
    def execute_and_schedule(self, seat: int, outline: drawing.Outline, value: int) -> None:
        owner = self.owner(seat)
        plan = plans.definition(self.driver, owner, outline)
        self.play(Send(owner, calls.Schedule(plan, at_once=True), value))

    @rule(seat=st.integers(0, 1), outline=drawing.outlines, times=drawing.multitudes)
    def fill(self, seat: int, outline: drawing.Outline, times: int) -> None:
        """Many tasks at one block."""
        owner = self.driver.world.owners[seat]
        outline = outline._replace(flaw="none", active=True, behaviour="good", size=0, start=0)
        plan = plans.definition(self.driver, owner, outline)
        plan = plan._replace(interval=max(plan.interval, MIN_INTERVAL))
        self.play(Fill(owner, plan, times))

    @rule(pick=drawing.picks, outline=drawing.outlines)
    def update(self, pick: int, outline: drawing.Outline) -> None:
        task = self.driver.model.by_hash.get(self.picked(pick))
        if task:
            self.play(Send(task.owner, plans.update(self.driver, task, outline)))

    @rule(
        pick=drawing.picks, seat=seats, own=st.sampled_from((True, True, True, False)),
        rightly=drawing.ways,
    )  # fmt: skip
    def cancel(self, pick: int, seat: int, own: bool, rightly: bool) -> None:
        task = self.driver.model.by_hash.get(self.picked(pick))
        sender = task.owner if task and own else self.owner(seat)
        named = plans.named(self.driver, self.picked(pick), rightly=rightly)
        self.play(Send(sender, calls.Cancel(named)))

    @rule(first=st.integers(0, 40), count=st.integers(1, 12), run=st.booleans())
    def thin_out(self, first: int, count: int, run: bool) -> None:
        """Some neighbours in the fullest bucket are cancelled, or run before their turn."""
        buckets = self.driver.model.queue.buckets.values()
        ids = max((bucket.ids for bucket in buckets), key=len, default=[])
        first = min(first, max(0, len(ids) - count - 1))
        tasks = [self.driver.model.tasks[task_id] for task_id in ids[first : first + count]]
        if run:
            self.play(Send(EVE, ExecuteThese(tuple(task.hash for task in tasks))))
        else:
            for task in tasks:
                self.play(Send(task.owner, calls.Cancel(task.hash)))

    @rule(
        seat=seats, outline=drawing.outlines, starve=st.booleans(), pick=st.integers(0, 1),
        kind=drawing.kinds,
    )  # fmt: skip
    def let_down(
        self, seat: int, outline: drawing.Outline, starve: bool, pick: int, kind: bool
    ) -> None:
        """A task goes inactive: it fails, or its owner takes all the money."""
        owner, behaviour = self.owner(seat), "good" if starve else "reverts"
        changes = {"behaviour": behaviour, "flaw": "none", "active": True, "start": 3}
        outline = outline._replace(**changes, executions=3, interval=100, size=0)
        self.play(Send(owner, calls.SetTerms(60 * GWEI, 0, 0, 1)))
        plan = plans.definition(self.driver, owner, outline)
        self.play(Send(owner, calls.Schedule(plan, committed=kind), ETHER))
        if starve:
            amount = plans.amount(self.driver, owner, "all")
            self.play(Send(owner, calls.Withdraw(amount)))
        self.execute_own(plan, kind)
        self.reactivate(pick, seat + 1 & 3, False, ETHER, True)

    def execute_own(self, plan: calls.Definition, committed: bool) -> None:
        """What was just scheduled is executed, by way of the queue or not, once it is due."""
        if committed:
            self.play(Advance(max(1, plan.start - self.stage.engine.block)))
            self.play(Send(EVE, ExecuteCommitted((plan,))))
        else:
            self.wait_for_due()
            self.play(Send(EVE, ExecuteQueued()))

    @rule(
        pick=drawing.picks, seat=seats, own=st.booleans(), value=drawing.rescues,
        rightly=drawing.ways,
    )  # fmt: skip
    def reactivate(self, pick: int, seat: int, own: bool, value: int, rightly: bool) -> None:
        tasks = [task for task in self.driver.model.tasks.values() if task.status in range(3, 7)]
        task = tasks[pick % len(tasks)] if tasks else None
        sender = task.owner if task and own else self.owner(seat)
        task_hash = task.hash if task else self.picked(pick)
        named = plans.named(self.driver, task_hash, rightly=rightly)
        self.play(Send(sender, calls.Reactivate(named), value))

    @rule(seat=seats, other=seats, value=drawing.values)
    def deposit(self, seat: int, other: int, value: int) -> None:
        self.play(Send(self.owner(seat), calls.Deposit(self.owner(other)), value))

    @rule(seat=seats, which=drawing.amounts, hold=st.booleans())
    def withdraw(self, seat: int, which: str, hold: bool) -> None:
        owner = self.owner(seat)
        amount = plans.amount(self.driver, owner, which)
        self.play(Send(owner, calls.Withdraw(amount), hold=hold and self.stage.holds))

    @rule(
        seat=seats, ceiling=drawing.ceilings, tip=drawing.tips, cap=drawing.premium_caps,
        limit=drawing.failure_limits,
    )  # fmt: skip
    def set_terms(self, seat: int, ceiling: int, tip: int, cap: int, limit: int) -> None:
        self.play(Send(self.owner(seat), calls.SetTerms(ceiling, tip, cap, limit)))

    # Executors

    @rule(seat=seats, gas=drawing.gas_limits, reserve=drawing.reserves, hold=st.booleans())
    def execute(self, seat: int, gas: int, reserve: int, hold: bool) -> None:
        call = ExecuteQueued(reserve)
        self.play(Send(self.executor(seat), call, gas=gas, hold=hold and self.stage.holds))

    @rule(seat=seats)
    def execute_when_due(self, seat: int) -> None:
        """As a keeper does: wait for the next due block, and execute all there is."""
        self.wait_for_due()
        self.play(Send(self.executor(seat), ExecuteQueued()))

    @rule(
        seat=seats, chosen=st.lists(drawing.picks, max_size=6), gas=drawing.gas_limits,
        reserve=drawing.reserves, unknown=st.booleans(),
    )  # fmt: skip
    def execute_these(
        self, seat: int, chosen: list[int], gas: int, reserve: int, unknown: bool
    ) -> None:
        hashes = [self.picked(pick) for pick in chosen]
        if unknown and hashes:
            hashes.append(hashes[0] ^ 1 << 200)
            hashes.append(hashes[0])
        call = ExecuteThese(tuple(hashes), reserve)
        gas = max(gas, MIN_EXECUTION_GAS + CALLDATA_GAS * len(call.encode()))
        self.play(Send(self.executor(seat), call, gas=gas))

    @rule(
        seat=seats, chosen=st.lists(drawing.picks, max_size=6), gas=drawing.gas_limits,
        reserve=drawing.reserves, unknown=st.booleans(), due=st.booleans(),
    )  # fmt: skip
    def execute_committed(
        self, seat: int, chosen: list[int], gas: int, reserve: int, unknown: bool, due: bool
    ) -> None:
        if due:
            self.wait_for_committed()
        definitions = plans.picked_committed(self.driver, chosen)
        if unknown and definitions:
            first = definitions[0]
            definitions = (first._replace(target=first.target ^ 1), *definitions, first)
        call = ExecuteCommitted(definitions, reserve)
        gas = max(gas, MIN_EXECUTION_GAS + CALLDATA_GAS * len(call.encode()))
        self.play(Send(self.executor(seat), call, gas=gas))

    def wait_for_committed(self) -> None:
        tasks = self.driver.model.tasks.values()
        blocks = [task.next for task in tasks if task.is_committed and task.status == Status.QUEUED]
        ahead = min(blocks, default=0) - self.stage.engine.block
        if ahead > 0:
            self.play(Advance(min(ahead, self.stage.longest_leap)))

    @rule(
        pick=drawing.picks, hold=st.booleans(), forged=st.sampled_from((0, 0, 0, 1 << 255)),
        gas=drawing.gas_limits, due=st.booleans(),
    )  # fmt: skip
    def execute_one(self, pick: int, hold: bool, forged: int, gas: int, due: bool) -> None:
        if due:
            self.wait_for_due()
        call = calls.ExecuteOne(self.picked(pick) ^ forged)
        self.play(Send(EVE, call, gas=gas, hold=hold and self.stage.holds))

    @rule(fees=st.booleans())
    def collect(self, fees: bool) -> None:
        """Credit and fees are paid out."""
        if fees:
            self.play(Send(BOB, calls.WithdrawFees()))
        self.play(Send(self.driver.world.executor, calls.WithdrawCredit()))

    # The hostile

    @rule(player=st.integers(0, 2), act=drawing.acts, pick=drawing.picks, outline=drawing.outlines)
    def tell(self, player: int, act: str, pick: int, outline: drawing.Outline) -> None:
        """A contract learns what to do when it is run."""
        world = self.driver.world
        contract = (*world.owners, world.stranger)[player]
        script = plans.script(self.driver, contract, act, pick, outline)
        if script and isinstance(script.call, WITHDRAWALS):
            self.behave(player, Mode.ACCEPT)  # else it would withdraw while it withdraws
        self.play(Tell(contract, script))

    @rule(
        seat=st.integers(0, 1), act=drawing.acts, pick=drawing.picks, outline=drawing.outlines,
        value=drawing.rescues, kind=drawing.kinds,
    )  # fmt: skip
    def ambush(
        self, seat: int, act: str, pick: int, outline: drawing.Outline, value: int, kind: bool
    ) -> None:
        """A contract's own task is run, and does what the contract was told."""
        owner = self.driver.world.owners[seat]
        changes = {"behaviour": "own run", "flaw": "none", "active": True, "size": 0, "start": 3}
        plan = plans.definition(self.driver, owner, outline._replace(**changes))
        plan = plan._replace(interval=max(plan.interval, MIN_INTERVAL))
        self.play(Send(owner, calls.Schedule(plan, committed=kind), value))
        self.tell(seat, act, pick, outline._replace(flaw="none"))
        self.play(Advance(3))
        self.play(Send(EVE, ExecuteCommitted((plan,)) if kind else ExecuteQueued()))

    @rule(ahead=st.integers(3, 9), room=st.integers(0, 40), value=drawing.rescues)
    def crowd_out(self, ahead: int, room: int, value: int) -> None:
        """Somebody's next tick finds its block full, and its deadline does not let it wait."""
        outline = drawing.Outline("good", LARGE_GAS, 0, ahead, 100, 2, True, 100 + room, "none")
        if room < 20 and self.stage.holds:
            self.play(
                Send(ALICE, calls.Schedule(plans.definition(self.driver, ALICE, outline)), value)
            )
            plan = plans.definition(self.driver, self.driver.world.owners[0], outline)
            plan = plan._replace(start=plan.start + 99, deadline=0)
            self.play(Fill(self.driver.world.owners[0], plan, 86))
            self.wait_for_due()
            self.play(Send(EVE, ExecuteQueued()))

    @rule(act=st.sampled_from(("nothing", "execute", "execute one")), pick=drawing.picks)
    def tell_executor(self, act: str, pick: int) -> None:
        executor = self.driver.world.executor
        outline = drawing.Outline("good", 100_000, 0, 0, 100, 1, True, -1, "none")
        self.play(Tell(executor, plans.script(self.driver, executor, act, pick, outline)))

    @rule(seat=st.integers(0, 2), mode=drawing.modes)
    def behave(self, seat: int, mode: Mode) -> None:
        """A contract learns what to do when it is paid."""
        contract = (*self.driver.world.owners, self.driver.world.executor)[seat % 3]
        script = self.driver.model.contracts[contract].script
        if mode == Mode.PLAY and script and isinstance(script.call, WITHDRAWALS):
            return
        if contract != self.driver.world.stranger:
            self.play(Behave(contract, mode))

    @rule(mode=drawing.modes, act=st.sampled_from(("nothing", "execute one")))
    def execute_unpayable(self, mode: Mode, act: str) -> None:
        """A contract executes, and takes the payment as it is told to."""
        self.tell_executor(act, 0)
        self.behave(2, mode)
        self.wait_for_due()
        self.play(Send(self.driver.world.executor, ExecuteQueued()))

    # Time and fees

    @rule(blocks=st.integers(1, 400))
    def advance(self, blocks: int) -> None:
        self.play(Advance(min(blocks, self.stage.longest_leap)))

    @rule(late=st.integers(0, 3))
    def wait_for_due(self, late: int = 0) -> None:
        now = self.stage.engine.block
        due = self.driver.model.queue.first_in(now, now + self.stage.longest_leap)
        if due + late > now:
            self.play(Advance(min(due + late - now, self.stage.longest_leap)))

    @rule(often=st.integers(0, 9))
    def leap(self, often: int) -> None:
        if often == 0:
            self.play(Advance(self.stage.longest_leap))

    @rule(wei=drawing.base_fees)
    def set_base_fee(self, wei: int) -> None:
        self.play(BaseFee(wei))

    # Invariants, by their numbers in docs/invariants.md

    @invariant()
    def m1_the_balance_is_what_is_owed(self) -> None:
        self.checks.solvency()

    @invariant()
    def m2_reserves_are_those_of_queued_tasks(self) -> None:
        self.checks.reserves()

    @invariant()
    def m3_buckets_hold_the_queued_tasks(self) -> None:
        self.checks.buckets()

    @invariant()
    def m4_nobody_runs_between_transactions(self) -> None:
        self.checks.nobody_runs()

    @invariant()
    def m5_what_owners_pay_others_have(self) -> None:
        self.checks.everybody_has_their_own()

    @invariant()
    def m6_tasks_are_where_the_model_has_them(self) -> None:
        self.checks.states()

    @invariant()
    def m7_ticks_keep_their_cadence(self) -> None:
        self.checks.cadence()

    @invariant()
    def m8_runs_counted_are_runs_made(self) -> None:
        self.checks.counts()

    @invariant()
    def m9_tasks_keep_their_order_of_arrival(self) -> None:
        self.checks.order()

    @invariant()
    def m10_targets_had_their_whole_gas(self) -> None:
        self.checks.whole_gas()

    @invariant()
    def m11_hashes_stay(self) -> None:
        if self.is_time_to_read():
            self.checks.hashes()

    @invariant()
    def m12_the_first_block_of_each_class_is_known(self) -> None:
        self.checks.first_blocks()

    @invariant()
    def m13_events_tell_every_balance_and_state(self) -> None:
        self.checks.events_are_true()

    @invariant()
    def m14_reads_agree_with_writes(self) -> None:
        self.checks.loads()
        if self.is_time_to_read():
            self.checks.reads()

    @invariant()
    def m15_bitmaps_mark_the_blocks_with_tasks(self) -> None:
        self.checks.bitmaps()

    @invariant()
    def nothing_is_looked_at_twice(self) -> None:
        """The last of all: from here on, buckets are looked at when they change."""
        self.driver.model.queue.touched.clear()

    def is_time_to_read(self) -> bool:
        return len(self.driver.history) % READ_EVERY == 0

    def teardown(self) -> None:
        if self.stage.ended:
            self.stage.ended(self.driver)


def machine_on(stage: Stage) -> type[SchedulerMachine]:
    """The state machine for an engine."""
    return type("Machine", (SchedulerMachine,), {"stage": stage})
