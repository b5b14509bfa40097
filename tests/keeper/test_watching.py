"""Which endpoint to ask, which branch to believe, which tasks to take: branch by branch."""

from __future__ import annotations

import pytest

from keeper.services.alarms import day_start, is_low, unprofitable_for
from keeper.services.branches import extends, is_linked
from keeper.services.code import created_address, is_same_code
from keeper.services.endpoints import (
    Health,
    after_answer,
    after_error,
    is_usable,
    lag,
    rank,
    reference_head,
)
from keeper.services.profit import add, subtract
from keeper.services.selection import allowed, blocks_late, handled, is_better_alone, paying
from keeper.types import (
    BlockRef,
    Denied,
    EntryState,
    LedgerEntry,
    Quote,
    SeenBlock,
    TaskResult,
    Totals,
    TxKind,
    Verdict,
)
from taskwork.chain.types import (
    ZERO_ADDRESS,
    Address,
    BlockNumber,
    Gas,
    Task,
    TaskHash,
    Wei,
    as_address,
)

pytestmark = pytest.mark.unit

ALICE = as_address("0x00000000000000000000000000000000000000a1")
VAULT = as_address("0x00000000000000000000000000000000000000b2")


def health(head: int | None = 10, errors: int = 0, latency_s: float = 0.0) -> Health:
    return Health(None if head is None else BlockNumber(head), errors, latency_s)


def test_health__error_then_answer__is_forgiven() -> None:
    failed = after_error(after_error(health()))
    assert failed.errors_in_row == 2
    assert after_answer(failed, 1.0) == health(latency_s=0.2)


@pytest.mark.parametrize(
    ("heads", "reference"),
    [([5], 5), ([5, 9], 9), ([5, 6, 10**9], 6), ([5, 6, 6, 7], 6)],
)
def test_reference_head__one_invents_blocks__is_not_followed(
    heads: list[int], reference: int
) -> None:
    assert reference_head([BlockNumber(head) for head in heads]) == reference


@pytest.mark.parametrize(("one", "blocks"), [(health(8), 2), (health(12), 0), (health(None), 11)])
def test_lag__head_against_the_reference__counts_blocks(one: Health, blocks: int) -> None:
    assert lag(one, BlockNumber(10)) == blocks


@pytest.mark.parametrize(
    ("one", "usable"),
    [
        (health(8), True),
        (health(7), False),
        (health(10, errors=2), True),
        (health(10, errors=3), False),
        (health(None), False),
    ],
)
def test_is_usable__lag_and_errors__have_limits(one: Health, usable: bool) -> None:
    assert is_usable(one, BlockNumber(10), 2) is usable


def test_rank__all_well__keeps_the_operators_order() -> None:
    assert rank({"a": health(latency_s=0.9), "b": health()}, 2) == ["a", "b"]


@pytest.mark.parametrize("worse", [health(9), health(10, errors=1), health(latency_s=2.5)])
def test_rank__first_is_late_failing_or_slow__prefers_the_second(worse: Health) -> None:
    assert rank({"a": worse, "b": health()}, 2) == ["b", "a"]


def test_rank__nobody_answered_yet__is_empty() -> None:
    assert rank({"a": health(None)}, 2) == []


def block(number: int, name: str, parent: str) -> SeenBlock:
    return SeenBlock(BlockNumber(number), name, parent)


@pytest.mark.parametrize(
    ("blocks", "linked"),
    [
        ([block(1, "a", "z"), block(2, "b", "a")], True),
        ([block(1, "a", "z"), block(2, "b", "x")], False),
        ([block(1, "a", "z"), block(3, "b", "a")], False),
        ([], True),
    ],
)
def test_is_linked__each_builds_on_the_one_before__or_not(
    blocks: list[SeenBlock], linked: bool
) -> None:
    assert is_linked(blocks) is linked


@pytest.mark.parametrize(
    ("tip", "does"),
    [
        (None, True),
        (block(1, "a", "z"), True),
        (block(1, "x", "z"), False),
        (block(0, "x", "y"), True),
    ],
)
def test_extends__first_block_and_tip__must_fit_where_they_meet(
    tip: SeenBlock | None, does: bool
) -> None:
    assert extends([block(2, "b", "a")], tip) is does


def call(owner: Address, target: Address) -> Task:
    return Task(owner, Gas(1), target, b"", 0)


@pytest.mark.parametrize(
    ("denied", "left"),
    [
        (Denied(frozenset(), frozenset()), ["1", "2"]),
        (Denied(frozenset({ALICE}), frozenset()), ["2"]),
        (Denied(frozenset(), frozenset({VAULT})), ["1"]),
        (Denied(frozenset({ALICE}), frozenset({VAULT})), []),
    ],
)
def test_allowed__owner_or_target_denied__leaves_the_rest(denied: Denied, left: list[str]) -> None:
    first, second = TaskHash("1"), TaskHash("2")
    tasks = {first: call(ALICE, ZERO_ADDRESS), second: call(ZERO_ADDRESS, VAULT)}
    assert allowed(tasks, denied) == left


def quote(*results: tuple[str, int | None, int]) -> Quote:
    found = tuple(
        TaskResult(TaskHash(name), None if gas is None else Gas(gas), Wei(amount))
        for name, gas, amount in results
    )
    return Quote(2, 0, Gas(1), Wei(1), found)


def test_paying__task_below_its_own_gas__is_left_out() -> None:
    found = quote(("a", 100, 1_000), ("b", 101, 1_000), ("moved", None, 1))
    assert paying(found, Wei(10)) == ["a", "moved"]
    assert is_better_alone(found, Wei(10))


def test_handled__no_gas_for_all__keeps_the_order_of_the_rest() -> None:
    chosen = [TaskHash(name) for name in ("c", "b", "a")]
    assert handled(quote(("a", 1, 1), ("c", 1, 1)), chosen) == ["c", "a"]


@pytest.mark.parametrize("price", [1, 1_000])
def test_is_better_alone__all_pay_or_none_does__changes_nothing(price: int) -> None:
    assert not is_better_alone(quote(("a", 100, 1_000), ("b", 101, 1_000)), Wei(price))


@pytest.mark.parametrize(("blocks", "late"), [([], 0), ([0], 0), ([12], 0), ([7, 9], 3)])
def test_blocks_late__due_tasks__is_that_of_the_oldest(blocks: list[int], late: int) -> None:
    assert blocks_late([BlockNumber(block) for block in blocks], BlockNumber(10)) == late


@pytest.mark.parametrize(
    ("verdict", "blocks"),
    [
        (Verdict.NOT_PROFITABLE, 4),
        (Verdict.BASE_FEE_TOO_HIGH, 4),
        (Verdict.WAITING, 0),
        (Verdict.RUN, 0),
        (None, 0),
    ],
)
def test_unprofitable_for__work_that_does_not_pay__counts_blocks(
    verdict: Verdict | None, blocks: int
) -> None:
    assert unprofitable_for(3, verdict) == blocks


@pytest.mark.parametrize(("balance", "low"), [(4, True), (5, False)])
def test_is_low__balance__compares(balance: int, low: bool) -> None:
    assert is_low(Wei(balance), Wei(5)) is low


def test_day_start__any_time__is_midnight() -> None:
    assert day_start(86_400 * 3 + 5) == 86_400 * 3


def test_is_same_code__only_what_the_address_decides_differs__is_the_same() -> None:
    part = created_address(bytes.fromhex(ALICE[2:]), 1)
    code = b"head" + part + b"mid" + b"\x11" * 32 + b"tail" + part
    made = b"head" + bytes(20) + b"mid" + b"\x22" * 32 + b"tail" + bytes(20)
    assert is_same_code(code, made, [part])


@pytest.mark.parametrize("other", [b"head" + b"\x11" * 32 + b"tai_", b"short"])
def test_is_same_code__anything_else_differs__is_another(other: bytes) -> None:
    assert not is_same_code(b"_ead" + b"\x22" * 32 + b"tail", other, [b"\x99" * 20])


def test_created_address__known_deployer__is_what_chains_make_of_it() -> None:
    # The second contract that anvil's first account makes on a fresh chain.
    deployer = bytes.fromhex("f39fd6e51aad88f6f4ce6ab8827279cfffb92266")
    assert created_address(deployer, 1).hex() == "e7f1725e7734ce288f8367e1bb143e90bb3f0512"


def test_totals__added_and_subtracted__are_as_before() -> None:
    entry = LedgerEntry(
        tx_hash="0x01",
        executor=ZERO_ADDRESS,
        nonce=1,
        kind=TxKind.BATCH,
        block=BlockRef(BlockNumber(1), "0x"),
        timestamp=1,
        reverted=False,
        executed=2,
        failed=1,
        gas_used=Gas(100),
        cost=Wei(30),
        reimbursed=Wei(50),
        credited=Wei(0),
        expected_profit=Wei(0),
        state=EntryState.PENDING,
    )
    twice = add(add(Totals(), entry), entry)
    assert twice == Totals(2, 4, 2, 200, 60, 100)
    assert twice.profit == 2 * entry.profit == 40
    assert subtract(subtract(twice, entry), entry) == Totals()
