"""The gas promises, scanned: at every gas limit from the published minimum on and every reserve,
nothing reverts, the reserve is left, and no target is called with less than its whole gas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from eth_abi import decode, encode

from tests.contracts.conftest import ETHER, GWEI
from tests.support.bare_chain import BASE_FEE, BareChain, execute_queued
from tests.support.definitions import DEFINITION, ENDLESS
from tests.support.rpc import calldata, hexed

RESERVES = (0, 100_000, 1_000_000)
LIMITS = 320
SPAN = 4_000_000  # gas above minimum and reserve up to which is scanned
# What a call that does nothing may cost: it is entered with less than reserve and exit.
NOTHING_DONE = 3_000
EXIT = 90_000
QUESTION = "(address,bytes)"
ANSWER = "(bool,uint256,bytes,bytes[])"
SEARCHED = (0, *(2**i for i in range(11)))  # distances at which a recurrence looks for room
UNKNOWN = (255).to_bytes(32)  # of an id that is not there; zeros, since calldata has a price
NOBODY = "0x" + "ab" * 20


class Probe(NamedTuple):
    """What one call with an exact amount of gas did."""

    success: bool
    gas_left: int
    executed: int
    failed: int
    calls: int
    shortfalls: int


@dataclass
class Yard:
    """A bare chain with everything that a manager may be confronted with."""

    chain: BareChain
    harness: str
    targets: dict[str, str]
    entry_cost: int = 0

    def probe(self, gas: int, data: bytes) -> Probe:
        success, gas_left, answer, (calls, shortfalls) = self.run(
            self.chain.manager, gas, data, ["calls()", "shortfalls()"]
        )
        executed, failed = decode(["uint256", "uint256"], answer) if success else (0, 0)
        return Probe(success, gas_left, executed, failed, as_int(calls), as_int(shortfalls))

    def run(self, target: str, gas: int, data: bytes, questions: list[str]) -> Any:
        asked = [(self.targets["witness"], calldata(question)) for question in questions]
        call = calldata(f"run(address,uint256,bytes,{QUESTION}[])", target, gas, data, asked)
        tx = {
            "from": self.chain.accounts[0], "to": self.harness, "data": hexed(call),
            "gas": hex(gas + gas // 32 + 20 * len(call) + 1_000_000), "gasPrice": hex(2 * BASE_FEE),
        }  # fmt: skip
        answer = self.chain.rpc("eth_call", tx, "latest")
        (result,) = decode([ANSWER], bytes.fromhex(answer[2:]))
        return result

    def measure_entry(self) -> None:
        """The gas from the call of a witness to its first look at the gas that is left."""
        given = 500_000
        _, _, _, (seen,) = self.run(
            self.targets["witness"], given, encode(["uint256"], [0]), ["lastGas()"]
        )
        self.entry_cost = given - as_int(seen)

    def schedule(self, kind: str, owner: str, **changes: Any) -> bytes:
        target, data, more = self.kind(kind)
        return self.chain.schedule(owner, target, data, **(more | changes))

    def kind(self, name: str) -> tuple[str, bytes, dict[str, Any]]:
        """Target, calldata and schedule of a kind of task."""
        simple: dict[str, tuple[str, bytes, dict[str, Any]]] = {
            "counter": (self.targets["counter"], calldata("bump(uint256,uint256)", 1, 2), {}),
            "failing": (self.targets["reverter"], calldata("withReason()"), {}),
            "codeless": (NOBODY, b"", {}),
            "burning": (self.targets["burner"], calldata("invalid()"), {"gas": 250_000}),
            "looping": (self.targets["burner"], calldata("loop()"), {"gas": 100_000}),
            "bomb": (
                self.targets["long_answer"],
                calldata("byRevert(uint256)", 190_000),
                {"gas": 750_000},
            ),
            "tiny": (self.targets["counter"], b"", {"gas": 1}),
            "recurring": (
                self.targets["counter"],
                calldata("bump(uint256,uint256)", 1, 2),
                {"executions": ENDLESS},
            ),
            "burning for ever": (
                self.targets["burner"],
                calldata("invalid()"),
                {"executions": ENDLESS, "gas": 750_000},
            ),
        }
        if name in simple:
            return simple[name]
        # "witness 100000 24000": a witness of its gas, with so much calldata.
        _, gas, *length = name.split()
        promised = encode(["uint256"], [int(gas) - self.entry_cost])
        data = promised + bytes(int(length[0]) - 32 if length else 0)
        return self.targets["witness"], data, {"gas": int(gas)}


@pytest.fixture
def yard(project, bare) -> Yard:
    names = {
        "witness": "GasWitness", "counter": "Counter", "reverter": "Reverter",
        "burner": "GasBurner", "long_answer": "LongAnswer",
    }  # fmt: skip
    targets = {
        name: bare.deploy(getattr(project, contract).contract_type)
        for name, contract in names.items()
    }
    yard = Yard(bare, bare.deploy(project.GasHarness.contract_type), targets)
    yard.measure_entry()
    return yard


@pytest.fixture
def minimum(yard) -> int:
    (gas,) = yard.chain.rpc.read(yard.chain.manager, "MIN_EXECUTION_GAS()", returns="uint256")
    return int(gas)


def as_int(word: bytes) -> int:
    return int.from_bytes(word)


def check(probe: Probe, gas: int, reserve: int) -> None:
    """The promises, for one call."""
    where = f"at {gas} gas with a reserve of {reserve}: {probe}"
    assert probe.success, f"reverted {where}"
    assert probe.shortfalls == 0, f"started without its whole gas {where}"
    if probe.executed + probe.failed or gas >= reserve + EXIT:
        assert probe.gas_left >= reserve, f"broke the reserve {where}"
    else:
        assert probe.gas_left >= min(reserve, gas) - NOTHING_DONE, f"spent too much {where}"


def scan(yard: Yard, minimum: int, call: Any, *, limits: int, span: int, reserves=RESERVES):
    """Call with so many gas limits for each reserve; return what the calls did."""
    seen: list[Probe] = []
    for reserve in reserves:
        data = call(reserve)
        # Odd steps, so that the limits do not all fall at the same place of a task.
        step = (span + reserve) // limits | 1
        for i in range(limits):
            gas = minimum + i * step
            probe = yard.probe(gas, data)
            check(probe, gas, reserve)
            seen.append(probe)
    return seen


def set_greedy(yard: Yard) -> None:
    yard.chain.send(yard.chain.accounts[0], yard.harness, calldata("setGreedy(bool)", True))


MIXTURE = [
    "witness 100000", "burning", "counter", "witness 750000", "bomb", "failing",
    "witness 250000", "codeless", "recurring", "witness 30000", "looping", "tiny",
    "witness 100000 24000", "burning for ever", "witness 60000", "counter",
]  # fmt: skip


@pytest.fixture
def mixture(yard) -> list[bytes]:
    """Hostile and ordinary tasks of two owners, due in three blocks, an expired and a dear one."""
    chain = yard.chain
    owners = chain.people(2)
    start = chain.height() + 60
    hashes = [
        yard.schedule(kind, owners[i % 2], start=start + i % 3) for i, kind in enumerate(MIXTURE)
    ]
    hashes.append(yard.schedule("counter", owners[0], start=start, deadline=start))
    chain.set_terms(owners[1], ceiling=3 * GWEI)
    hashes.append(yard.schedule("counter", owners[1], start=start))
    chain.mine_to(start + 3, 4 * GWEI)
    chain.rpc("anvil_mine", "0x1")
    return hashes


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize("greedy", [False, True], ids=["takes", "burns"])
def test_promises__hostile_and_ordinary_mixed__hold_at_every_gas_limit(
    yard, minimum, greedy
) -> None:
    if greedy:
        set_greedy(yard)

    seen = scan(yard, minimum, execute_queued, limits=LIMITS, span=SPAN)

    assert len(seen) == LIMITS * len(RESERVES)
    # The scan went from nothing to everything, and saw many places between.
    done = {probe.executed + probe.failed for probe in seen}
    assert min(done) == 0
    assert max(done) == len(MIXTURE)
    assert len(done) > 10
    assert max(probe.calls for probe in seen) == 6


def test_promises__chosen_tasks__hold_at_every_gas_limit(mixture, yard, minimum) -> None:
    def call(reserve: int) -> bytes:
        unknown = b"\x99" * 32
        asked = [unknown, *reversed(mixture), mixture[0], unknown]
        return calldata("executeTasks(bytes32[],uint256)", asked, reserve)

    seen = scan(yard, minimum, call, limits=LIMITS // 2, span=SPAN)

    assert max(probe.executed + probe.failed for probe in seen) == len(MIXTURE)


@pytest.mark.parametrize(
    "kind",
    [
        "witness 1000", "witness 100000", "witness 100001", "witness 250000", "witness 750000",
        "witness 100000 24000", "witness 750000 24000", "burning", "bomb", "recurring",
        "burning for ever", "codeless", "failing", "tiny",
    ],
)  # fmt: skip
def test_promises__one_kind_of_task__hold_at_every_gas_limit(yard, minimum, kind) -> None:
    set_greedy(yard)
    start = yard.chain.height() + 40
    for owner in yard.chain.people(4):
        yard.schedule(kind, owner, start=start)
    yard.chain.mine_to(start + 1)

    seen = scan(yard, minimum, execute_queued, limits=250, span=4_500_000, reserves=(0, 77_777))

    assert {probe.executed + probe.failed for probe in seen} == {0, 1, 2, 3, 4}


@pytest.mark.fee(250)
@pytest.mark.parametrize("full", range(len(SEARCHED) + 1), ids=lambda full: f"{full}-blocks-full")
def test_promises__recurrence_that_looks_for_room__hold_at_every_gas_limit(
    project, yard, minimum, full
) -> None:
    set_greedy(yard)
    chain = yard.chain
    many = chain.deploy(project.ContractOwner.contract_type)
    rich = chain.accounts[0]
    chain.rpc("anvil_setBalance", rich, hex(10**6 * ETHER))
    start = chain.height() + 60
    owners = chain.people(3)
    for owner in owners:
        yard.schedule("burning for ever", owner, start=start)
    for distance in SEARCHED[:full]:
        target, data, _ = yard.kind("counter")
        definition = chain.define(many, target, data, gas=750_000, start=start + 100 + distance)
        call = calldata(
            f"scheduleMany(address,{DEFINITION},uint256)", chain.manager, definition, 85
        )
        chain.send(rich, many, call, 30 * ETHER)
    chain.mine_to(start + 1)

    seen = scan(yard, minimum, execute_queued, limits=120, span=3_600_000, reserves=(0, 50_001))

    assert {probe.failed for probe in seen} == {0, 1, 2, 3}
    sent = chain.execute(chain.accounts[1])
    moved = [event["nextBlock"] - start - 100 for event in sent.named("TaskDeferred")]
    assert moved == ([SEARCHED[full]] * 3 if 0 < full < len(SEARCHED) else [])
    crowded = sent.named("TaskInactiveDueToFullBlocks")
    assert len(crowded) == (3 if full == len(SEARCHED) else 0)


@pytest.mark.parametrize(
    ("kind", "count"),
    [("unknown", 3_000), ("unknown", 12_000), ("forged", 150), ("forged", 600)],
)
def test_promises__many_hashes_of_nothing_before_a_long_task__keep_the_reserve(
    yard, minimum, count, kind
) -> None:
    chain = yard.chain
    (owner,) = chain.people(1)
    start = chain.height() + 20
    real = yard.schedule("witness 100000 24000", owner, start=start)
    chain.mine_to(start + 1)
    # The forged ones name a task that is there: its 24,000 bytes are read for each of them.
    forged = bytes([real[0] ^ 1]) + real[1:]
    hashes = [forged if kind == "forged" else UNKNOWN] * count + [real]
    reserve = 1_000_000
    data = calldata("executeTasks(bytes32[],uint256)", hashes, reserve)

    def runs(gas: int) -> bool:
        return yard.probe(gas, data).executed == 1

    # Where the task just fits, to 100 gas.
    low, high = minimum + reserve, 25_000_000
    assert runs(high)
    while high - low > 100:
        middle = (low + high) // 2
        low, high = (low, middle) if runs(middle) else (middle, high)

    ran = 0
    for gas in [*range(low - 800_000, low, 9_001), *range(low, high + 60_000, 2_003)]:
        probe = yard.probe(gas, data)
        check(probe, gas, reserve)
        ran += probe.executed
    assert ran > 20


def test_promises__nothing_due__costs_little_at_every_gas_limit(yard, minimum) -> None:
    seen = scan(yard, minimum, execute_queued, limits=100, span=300_000)

    assert {(probe.executed, probe.failed) for probe in seen} == {(0, 0)}


def test_promises__below_the_minimum__never_run_anything(yard, minimum) -> None:
    owner = yard.chain.people(1)[0]
    yard.schedule("witness 1000", owner)
    yard.chain.mine_to(yard.chain.height() + 21)

    for gas in range(0, minimum, 250):
        probe = yard.probe(gas, execute_queued(0))
        assert (probe.executed, probe.failed, probe.calls) == (0, 0, 0)


def test_promises__one_task_by_name__runs_whole_or_reverts_at_every_gas_limit(yard) -> None:
    owner = yard.chain.people(1)[0]
    task_hash = yard.schedule("witness 300000", owner)
    yard.chain.mine_to(yard.chain.height() + 21)
    call = calldata("executeTask(bytes32)", task_hash)
    ran = 0
    for gas in range(0, 1_200_000, 4_001):
        success, _, answer, (calls, shortfalls) = yard.run(
            yard.chain.manager, gas, call, ["calls()", "shortfalls()"]
        )
        assert as_int(shortfalls) == 0
        assert as_int(calls) == int(success)
        assert not success or as_int(answer[:32]) == 1
        ran += success
    assert 0 < ran < 300


@pytest.mark.usefixtures("mixture")
def test_promises__real_transactions__leave_the_books_right(yard) -> None:
    """The scan leaves no trace; this one runs, at limits that cut the batch anywhere."""
    chain = yard.chain
    for gas in range(60_000, 2_400_000, 130_003):
        for reserve in (0, 40_000):
            with chain.rewinding():
                sent = chain.execute(chain.accounts[1], reserve, gas)
                assert gas - sent.gas_used >= 0
                chain.check_books()
