"""What a scenario can say. `examples/demo.yaml` is the manual; here is the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from examples.demo.units import Reserves, parse_amount, parse_bond
from taskwork.chain.types import UNLIMITED, TaskStatus
from taskwork.chain.validation import MAX_TASK_GAS, MIN_INTERVAL

CALL = re.compile(r"([\w-]+)\.(\w+)\((.*)\)")
ENVOY = re.compile(r"([\w-]+)'s envoy")


class Contradiction(Exception):
    """Two parts of a scenario that do not fit together; `where` is the one to change."""

    def __init__(self, where: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.where = where


def _runs(value: object) -> object:
    return UNLIMITED if value == "forever" else value


def _status(value: object) -> TaskStatus:
    names = [status.name.lower() for status in TaskStatus if status is not TaskStatus.NONE]
    if value not in names:
        raise ValueError(f"must be one of {', '.join(names)}, not {value!r}")
    return TaskStatus[str(value).upper()]


def _name(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][\w-]*", value):
        raise ValueError(f"name it with letters, digits and dashes, not {value!r}")
    return value


Amount = Annotated[int, BeforeValidator(parse_amount)]
Bond = Annotated[int | Reserves, BeforeValidator(parse_bond)]
Block = Annotated[int, Field(gt=0, lt=2**32)]
Count = Annotated[int, Field(ge=0)]
Name = Annotated[str, BeforeValidator(_name)]
Status = Annotated[TaskStatus, BeforeValidator(_status)]


class Part(BaseModel):
    """Nothing is guessed: unknown words and wrong kinds are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True
    )


class BaseFee(Part):
    """A wave between two fees."""

    low: Amount = 10**9
    high: Amount = 10**9
    period: Annotated[int, Field(gt=1)] = 240

    def at(self, block: int) -> int:
        """The base fee of a block."""
        phase = block % self.period * 2
        rise = min(phase, 2 * self.period - phase)
        return self.low + (self.high - self.low) * rise // self.period


class Chain(Part):
    """From when to when, and what gas costs."""

    opens: Block = 100
    ends: Block
    base_fee: BaseFee = BaseFee()


class Keeper(Part):
    """The executor's means."""

    funds: Amount = 10**18
    gas_reserve: Count = 50_000


class Terms(Part):
    """An owner's `setPriceTerms`."""

    ceiling: Amount
    tip: Amount
    premium_cap: Amount
    failure_limit: Annotated[int, Field(ge=0, le=15)]


class Owner(Part):
    """An account that schedules tasks."""

    funds: Amount
    terms: Terms | None = None


class Callee(Part):
    """A contract that tasks call."""

    kind: str = Field(alias="is")
    args: list[Any] = []
    funds: Amount = 0


class TaskExpectation(Part):
    """What must have come of a task."""

    status: Status
    executed: Count
    failed: Count = 0


class TaskPlan(Part):
    """A task and the bond that is paid in with it."""

    owner: str
    call: Annotated[str, Field(pattern=CALL.pattern)]
    gas: Annotated[int, Field(ge=1, le=MAX_TASK_GAS)]
    start: Block
    every: Count = 0
    runs: Annotated[int, BeforeValidator(_runs), Field(ge=1, le=UNLIMITED)] = 1
    deadline: Count = 0
    bond: Bond
    expect: TaskExpectation


class Act(Part):
    """Something an account does at a block. Exactly one of the verbs."""

    at: Block
    who: str
    cancels: str | None = None
    reactivates: str | None = None
    withdraws: Amount | None = None
    deposits: Amount | None = None
    funds: str | None = None
    value: Bond = Field(default=0, alias="with")

    @model_validator(mode="before")
    @classmethod
    def _free_is_no_amount(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("withdraws") == "free":
            return {**data, "withdraws": f"{FREE} wei"}
        return data

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        if len(self.verbs) != 1:
            raise ValueError(f"{self.who} must do one of {', '.join(VERBS)}")
        return self

    @property
    def verbs(self) -> list[str]:
        return [verb for verb in VERBS if getattr(self, verb) is not None]


VERBS = ("cancels", "reactivates", "withdraws", "deposits", "funds")
FREE = 2**256 - 1  # `withdraws: free`


class Expectation(Part):
    """What must have come of everything else."""

    balances: dict[str, Amount] = {}


class Scenario(Part):
    """The whole play."""

    title: str
    chain: Chain
    keeper: Keeper = Keeper()
    owners: Annotated[dict[Name, Owner], Field(min_length=1)]
    people: list[Name] = []
    contracts: Annotated[dict[Name, Callee], Field(min_length=1)]
    tasks: Annotated[dict[Name, TaskPlan], Field(min_length=1)]
    acts: list[Act] = []
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _check_names(self)
        _check_tasks(self)
        _check_acts(self)
        return self


def known_words() -> set[str]:
    """Every word that a scenario can use."""
    fields = (field for part in Part.__subclasses__() for field in part.model_fields.items())
    return {field.alias or name for name, field in fields}


def _check_names(play: Scenario) -> None:
    if play.chain.ends <= play.chain.opens:
        raise Contradiction(("chain", "ends"), f"must be after it opens, block {play.chain.opens}")
    if play.chain.base_fee.high < play.chain.base_fee.low:
        raise Contradiction(("chain", "base_fee", "high"), "must not be below low")
    used: set[str] = set()
    for group in ("owners", "people", "contracts"):
        for name in getattr(play, group):
            if name in used or name == "keeper":
                raise Contradiction((group, name), f"{name} is already somebody else")
            used.add(name)
    for name in play.expect.balances:
        _known(("expect", "balances", name), name, used | {"keeper"})


def _check_tasks(play: Scenario) -> None:
    for name, task in play.tasks.items():
        where = ("tasks", name)
        _known((*where, "owner"), task.owner, play.owners)
        match = CALL.fullmatch(task.call)
        _known((*where, "call"), match[1] if match else task.call, play.contracts)
        if task.start <= play.chain.opens:
            message = f"must be after the chain opens, block {play.chain.opens}"
            raise Contradiction((*where, "start"), message)
        if task.runs > 1 and task.every < MIN_INTERVAL:
            message = f"must be at least {MIN_INTERVAL} blocks, not {task.every}"
            raise Contradiction((*where, "every"), message)
        if task.deadline and task.deadline < task.start:
            raise Contradiction((*where, "deadline"), f"must not be before block {task.start}")


def _check_acts(play: Scenario) -> None:
    for index, act in enumerate(play.acts):
        where = ("acts", index)
        if not play.chain.opens < act.at <= play.chain.ends:
            message = f"must be after block {play.chain.opens} and up to {play.chain.ends}"
            raise Contradiction((*where, "at"), message)
        _known((*where, "who"), act.who, play.owners)
        for verb in ("cancels", "reactivates"):
            if getattr(act, verb) is not None:
                _known((*where, verb), getattr(act, verb), play.tasks)
        if act.funds is not None:
            _known((*where, "funds"), act.funds, play.contracts)
        if isinstance(act.value, Reserves) and not act.reactivates:
            raise Contradiction((*where, "with"), "write an amount: no task is reactivated here")


def _known(where: tuple[str | int, ...], name: str, names: Iterable[str]) -> None:
    if name not in names:
        raise Contradiction(where, f"{name!r} is none of {', '.join(sorted(names))}")
