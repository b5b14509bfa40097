"""Turns what was drawn into calls that mean something to the model as it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from tests.stateful import calls, limits
from tests.stateful.calls import (
    Call,
    Definition,
    ExecuteCommitted,
    ExecuteQueued,
    ExecuteThese,
    words,
)
from tests.stateful.drawing import Outline
from tests.stateful.driver import Driver, Fill, Send, Step
from tests.stateful.engine import ETHER
from tests.stateful.state import Script, Task
from tests.stateful.world import ALICE, RUN

GATHERING = 32  # tasks that start "where the others are" share a block in so many
SCRIPT_DELAY = 120  # blocks within which a script should be played, if it has a definition


def definition(driver: Driver, owner: int, outline: Outline, delay: int = 0) -> Definition:
    """A definition by `owner`, wrong in the way that the outline says."""
    gas, target, data = _what(driver, owner, outline)
    start, deadline = _when(driver, outline, delay)
    account = driver.model.accounts[owner]
    plan = Definition(
        owner=owner, gas=gas, target=target, data=data, nonce=account.nonce, start=start,
        interval=outline.interval, executions=outline.executions, active=outline.active,
        deadline=deadline,
    )  # fmt: skip
    return _flawed(plan, driver, outline.flaw)


def _what(driver: Driver, owner: int, outline: Outline) -> tuple[int, int, bytes]:
    behaviour, world = outline.behaviour, driver.world
    if behaviour == "own run" and owner in world.owners:
        return limits.LARGE_GAS, owner, RUN
    if behaviour == "stranger":
        return limits.LARGE_GAS, world.stranger, RUN
    behaviour = "good" if behaviour == "own run" else behaviour
    target, data = world.behaviours()[behaviour]
    if behaviour == "witness":
        data = words(max(0, outline.gas - 1000))
    return outline.gas, target, data.ljust(outline.size, b"\0")


def _when(driver: Driver, outline: Outline, delay: int) -> tuple[int, int]:
    now = driver.engine.block + delay
    start = now + outline.start if outline.start else (now // GATHERING + 1) * GATHERING
    start = min(start, driver.engine.block + limits.MAX_DISTANCE)
    return start, start + outline.deadline if outline.deadline >= 0 else 0


def _flawed(plan: Definition, driver: Driver, flaw: str) -> Definition:
    now = driver.engine.block
    changes: dict[str, dict[str, int | bytes]] = {
        "nonce": {"nonce": plan.nonce + 1},
        "from": {"owner": driver.world.manager},
        "gas 0": {"gas": 0},
        "gas too high": {"gas": limits.LARGE_GAS + 1},
        "start now": {"start": now},
        "start too far": {"start": now + limits.MAX_DISTANCE + 1},
        "interval 99": {"interval": limits.MIN_INTERVAL - 1},
        "interval too long": {"interval": limits.MAX_DISTANCE + 1},
        "no run": {"executions": 0},
        "too many runs": {"executions": limits.ENDLESS},
        "deadline before start": {"deadline": plan.start - 1},
        "deadline too far": {"deadline": limits.MAX_BLOCK + 1},
        "data too long": {"data": bytes(limits.MAX_DATA + 1)},
    }
    return plan._replace(**changes.get(flaw, {}))  # type: ignore[arg-type]


def update(driver: Driver, task: Task, outline: Outline, delay: int = 0) -> calls.Update:
    """A new schedule for a task; some flaws change the task, too."""
    plan = definition(driver, task.owner, outline, delay)
    same = task.definition(
        start=plan.start, interval=plan.interval, executions=plan.executions,
        active=plan.active, deadline=plan.deadline,
    )  # fmt: skip
    if outline.flaw == "nonce":
        same = same._replace(nonce=task.nonce + 1)
    return calls.Update(None if task.is_committed else task.hash, same)


def named(driver: Driver, task_hash: int, *, rightly: bool = True) -> int | Definition:
    """How the manager is told of a task: by its hash, or by its definition if it is committed."""
    task = driver.model.by_hash.get(task_hash)
    if task is None or task.is_committed != rightly:
        return task_hash
    return task.definition()


def amount(driver: Driver, owner: int, which: str) -> int:
    """Wei to withdraw."""
    account = driver.model.accounts[owner]
    return {
        "none": 0,
        "one": 1,
        "some": account.free // 2,
        "all": account.free,
        "too much": account.free + 1,
    }[which]


def picked(driver: Driver, pick: int) -> int:
    """The hash of a task, the latest for 0; of none that was ever scheduled if there is none."""
    tasks = list(driver.model.tasks.values())
    return tasks[-1 - pick % len(tasks)].hash if tasks else 1


def picked_committed(driver: Driver, picks: Iterable[int]) -> tuple[Definition, ...]:
    """The definitions of some committed tasks, if there are any."""
    tasks = [task for task in driver.model.tasks.values() if task.is_committed]
    return tuple(tasks[-1 - pick % len(tasks)].definition() for pick in picks) if tasks else ()


def script(driver: Driver, player: int, act: str, pick: int, outline: Outline) -> Script | None:
    """A call for a contract to make when it is run, and what ether goes with it."""
    outline = outline._replace(size=0, behaviour="good")  # what is stored costs gas
    task_hash = picked(driver, pick)
    if act in ("update", "pause", "reactivate", "cancel"):
        return _script_on(driver, act, driver.model.by_hash.get(task_hash), task_hash, outline)
    if act.startswith("schedule"):
        plan = definition(driver, player, outline, SCRIPT_DELAY)
        value = ETHER // 2 if pick % 2 else 0
        kinds = act.endswith("at once"), act.endswith("committed")
        return Script(calls.Schedule(plan, *kinds), value)
    if act == "deposit":
        return Script(calls.Deposit((player, ALICE)[pick % 2]), ETHER // 4)
    plain: dict[str, Call] = {
        "withdraw": calls.Withdraw(ETHER // 4),
        "terms": calls.SetTerms(60 * 10**9, 0, 10**9, 3),
        "execute": calls.ExecuteQueued(),
        "execute these": calls.ExecuteThese((task_hash, task_hash)),
        "execute one": calls.ExecuteOne(task_hash),
        "execute committed": calls.ExecuteCommitted(picked_committed(driver, [pick])),
        "credit": calls.WithdrawCredit(),
        "fees": calls.WithdrawFees(),
    }
    return Script(plain[act], 0) if act in plain else None


def _script_on(
    driver: Driver, act: str, task: Task | None, task_hash: int, outline: Outline
) -> Script | None:
    if act == "cancel":
        return Script(calls.Cancel(named(driver, task_hash)), 0)
    if act == "reactivate":
        return Script(calls.Reactivate(named(driver, task_hash)), ETHER // 4)
    if task is None or len(task.data) > 100:
        return None
    outline = outline._replace(active=act == "update")
    return Script(update(driver, task, outline, SCRIPT_DELAY), 0)


def plainly(step: Step) -> Step:
    """The same with gas and money enough that no engine's gas costs decide anything."""
    match step:
        case Send(sender, calls.Deposit() as call, value):
            return Send(sender, call, max(value, ETHER))
        case Send(sender, ExecuteQueued() | ExecuteThese() | ExecuteCommitted() as call):
            return Send(sender, dataclasses.replace(call, reserve=0))
        case Send(sender, calls.ExecuteOne() as call):
            return Send(sender, call)
        case Send(sender, calls.Withdraw(amount), value):
            return Send(sender, calls.Withdraw(amount % 2), value)
        case Fill(owner, definition, times):
            return Fill(owner, definition, min(times, 12))
    return step
