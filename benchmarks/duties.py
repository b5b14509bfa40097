"""The tasks of a scenario: who they call, and how often they are to have run by the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from benchmarks.chain import BLOCK_GAS_LIMIT, ETHER, Chain
from benchmarks.crowd import schedule_many
from benchmarks.world import DEPLOYER, MANY, Plan, World, account
from taskwork.chain.abi import load_abi
from taskwork.chain.transactions import Call
from taskwork.chain.types import ZERO_ADDRESS, TaskHash, TaskInfo

GAS = 60_000
BLOCK_GAS = 36_000_000
PURSE = 10 * ETHER  # of an executor
SCHEDULE_GAS = 300_000  # more than scheduling takes
PER_BLOCK = 100  # scheduled at once


class Kind(StrEnum):
    """What a task's target does."""

    MARK = "mark"  # counts each of its runs in a word of its own
    REFUSE = "refuse"  # reverts
    BURN = "burn"  # takes all the gas there is
    BOMB = "bomb"  # reverts with 100 kB


TARGETS = {kind: account(f"chaos {kind}") for kind in Kind}
CODES = {
    Kind.MARK: "0x5f35805460010190" + "5500",  # storage[first word of calldata] += 1
    Kind.REFUSE: "0x5f5ffd",
    Kind.BURN: "0x5b5f56",
    Kind.BOMB: "0x620190005ffd",
}
HOSTILE = (Kind.REFUSE, Kind.BURN, Kind.BOMB)
INFO = "getTaskInfo(bytes32)"


@dataclass(frozen=True)
class Duty:
    """A task, and what must have become of it."""

    task_hash: TaskHash
    number: int  # the word in which its target counts
    kind: Kind
    start: int
    runs: int


def prepare(chain: Chain) -> World:
    """A manager, owners with bonds, and the targets, on a chain that mines when told."""
    chain.rpc("evm_setAutomine", False)
    chain.rpc("anvil_autoImpersonateAccount", True)
    chain.rpc("evm_setBlockGasLimit", hex(BLOCK_GAS_LIMIT))
    for person in (DEPLOYER, *MANY):
        chain.enrich(person)
    for kind, code in CODES.items():
        chain.place_code(TARGETS[kind], code)
    init = load_abi("TaskManager").encode_init((0, ZERO_ADDRESS))
    world = World(chain, chain.create(DEPLOYER, init))
    world.deposit(MANY)
    return world


def make_usual(chain: Chain) -> None:
    """From now on blocks are as big as others' are."""
    chain.rpc("evm_setBlockGasLimit", hex(BLOCK_GAS))
    chain.mine()


def plan_of(number: int, kind: Kind, start: int, runs: int) -> Plan:
    """A task that tells its target which word to count in."""
    data = number.to_bytes(32, "big")
    return replace(Plan(start), target=TARGETS[kind], data=data, gas=GAS, executions=runs)


def schedule(
    world: World,
    luck: Random,
    starts: Sequence[int],
    *,
    first: int,
    hostile: float = 0.0,
    recurring: float = 0.0,
) -> list[Duty]:
    """Tasks of random owners at these blocks; shares of them hostile, and recurring."""
    wanted = []
    for number, start in enumerate(starts, first):
        kind = luck.choice(HOSTILE) if luck.random() < hostile else Kind.MARK
        runs = luck.randint(2, 3) if luck.random() < recurring else 1
        wanted.append((number, kind, start, runs))
    hashes = schedule_many(
        world, [(luck.choice(MANY), plan_of(*one)) for one in wanted], per_block=PER_BLOCK
    )
    return [
        Duty(task_hash, number, kind, start, runs)
        for task_hash, (number, kind, start, runs) in zip(hashes, wanted, strict=True)
    ]


def count_runs(world: World, duties: Sequence[Duty]) -> Mapping[TaskHash, tuple[int, int]]:
    """How often each task ran well and failed, as the manager says."""
    abi = load_abi("TaskManager")
    calls = [Call(world.manager, abi.encode_call(INFO, (duty.task_hash,))) for duty in duties]
    answers = world.chain.rpc_all(
        ("eth_call", [{"to": call.to, "data": f"0x{call.data.hex()}"}, "latest"]) for call in calls
    )
    found = {}
    for duty, answer in zip(duties, answers, strict=True):
        info: TaskInfo
        (info,) = abi.decode_result(INFO, bytes.fromhex(answer[2:]))
        found[duty.task_hash] = (info.metrics.executions, info.metrics.failures)
    return found


def count_marks(world: World, duties: Sequence[Duty]) -> Mapping[TaskHash, int]:
    """How often the target of each task was called, as the target itself says."""
    words = world.chain.rpc_all(
        ("eth_getStorageAt", [TARGETS[Kind.MARK], hex(duty.number), "latest"]) for duty in duties
    )
    return {duty.task_hash: int(word, 16) for duty, word in zip(duties, words, strict=True)}
