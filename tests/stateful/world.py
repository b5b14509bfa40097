"""Who takes part in a history, and what the targets do."""

from __future__ import annotations

from dataclasses import dataclass

from tests.stateful.calls import DEFINITION, Definition, packed, selector, split, words
from tests.stateful.compiled import Compiled
from tests.stateful.engine import DEPLOYER, ETHER, Engine
from tests.stateful.state import Callee

PEOPLE = tuple(0xACC0000 + i for i in range(4))
ALICE, BOB, EVE, OPERATOR = PEOPLE  # two owners, an executor, who speaks through contracts
RECIPIENT = 0xFEE0000
NOBODY = 0xDEAD0000  # never any code
PRECOMPILE = 4
RICH = 10**9 * ETHER
FEE_BPS = 250


@dataclass(frozen=True)
class World:
    """A manager and everybody around it."""

    manager: int
    fee_bps: int
    slots: dict[str, int]
    owners: tuple[int, int]  # contracts that own tasks
    executor: int  # a contract that executes
    stranger: int  # a contract that plays its script as nobody's owner
    counter: int
    reverter: int
    burner: int
    echo: int
    witness: int
    envoy: int  # Alice's

    @property
    def accounts(self) -> tuple[int, ...]:
        """Who may own tasks."""
        return (ALICE, BOB, *self.owners)

    @property
    def everybody(self) -> tuple[int, ...]:
        """Whose ether is counted."""
        return (*PEOPLE, RECIPIENT, *self.owners, self.executor, self.stranger, self.manager)

    def callee(self, target: int, data: bytes) -> Callee | None:
        """What a target does with its calldata; None for one without code."""
        if target in (NOBODY, PRECOMPILE, ALICE):
            return None
        if target == self.witness:
            return Callee(len(data) >= 32, enough=100_000)
        known = {
            (self.counter, BUMP): Callee(True, enough=100_000),
            (self.echo, RETURN): Callee(True, enough=100_000),
            (self.owners[0], RUN): Callee(True, enough=700_000, plays=True),
            (self.owners[1], RUN): Callee(True, enough=700_000, plays=True),
            (self.stranger, RUN): Callee(True, enough=700_000, plays=True),
        }
        return known.get((target, data[:4]), Callee(False))

    def behaviours(self) -> dict[str, tuple[int, bytes]]:
        """Targets and calldata by what they are to a manager."""
        return {
            "good": (self.counter, BUMP + words(2, 3)),
            "witness": (self.witness, b""),  # its calldata depends on the gas
            "reverts": (self.reverter, selector("withError(uint256)") + words(7)),
            "reverts with nothing": (self.reverter, selector("withNothing()")),
            "burns": (self.burner, selector("invalid()")),
            "answers 20 kB": (self.echo, RETURN + words(20_000)),
            "reverts with 20 kB": (self.echo, selector("byRevert(uint256)") + words(20_000)),
            "codeless": (NOBODY, b"\x01"),
            "precompile": (PRECOMPILE, b""),
            "somebody's envoy": (self.envoy, BUMP),
            "no function": (self.counter, b""),
            "manager": (self.manager, BUMP),
            "stranger": (self.stranger, RUN),
        }


BUMP = selector("bump(uint256,uint256)")
RETURN = selector("byReturn(uint256)")
RUN = selector("run()")


def build(engine: Engine, code: Compiled, fee_bps: int) -> World:
    """Deploy everything, and give everybody ether."""
    recipient = RECIPIENT if fee_bps else 0
    creation = code.creation
    manager = engine.deploy(
        creation["TaskManager"] + words(fee_bps, recipient), code.manager_runtime
    )
    (envoy,) = split(engine.view(manager, selector("envoyOf(address)") + words(ALICE)))
    world = World(
        manager=manager,
        fee_bps=fee_bps,
        slots=code.slots,
        owners=(engine.deploy(creation["ContractOwner"]), engine.deploy(creation["ContractOwner"])),
        executor=engine.deploy(creation["ContractExecutor"] + words(manager)),
        stranger=engine.deploy(creation["ReentrantCallee"]),
        counter=engine.deploy(creation["Counter"]),
        reverter=engine.deploy(creation["Reverter"]),
        burner=engine.deploy(creation["GasBurner"]),
        echo=engine.deploy(creation["LongAnswer"]),
        witness=engine.deploy(creation["GasWitness"]),
        envoy=envoy,
    )
    for account in {DEPLOYER, *world.everybody} - {RECIPIENT, manager}:
        engine.give(account, RICH)
    return world


def forward(target: int, data: bytes) -> bytes:
    """Calldata for a contract owner that is to make a call."""
    return selector("forward(address,bytes)") + words(target, 64) + packed(data)


def set_script(target: int, value: int, data: bytes | None) -> bytes:
    """Calldata for a contract that is to make a call when it is run, or none."""
    head = selector("setScript((address,uint256,bytes)[])") + words(32)
    if data is None:
        return head + words(0)
    return head + words(1, 32, target, value, 96) + packed(data)


def schedule_many(manager: int, definition: Definition, times: int) -> bytes:
    """Calldata for a contract owner that is to schedule the same task again and again."""
    call = selector(f"scheduleMany(address,{DEFINITION},uint256)")
    return call + words(manager, 96, times) + definition.encode()
