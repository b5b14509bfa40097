"""Profit and loss: however it is cut, it is the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keeper.services.pnl import NOBODYS, Line, Run, divide, shares_of, sum_up, summarise
from keeper.types import LedgerEntry
from taskwork.chain.types import Address, Gas, TaskHash, Wei
from tests.keeper.test_metrics import ENTRY

pytestmark = pytest.mark.unit

ALICE = Address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
BOB = Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")


def run(task: str = "0xaa", *, owner: Address | None = ALICE, gas: int = 1, paid: int = 0) -> Run:
    return Run(TaskHash(task), owner, Gas(gas), Wei(paid), executed=True, failed=False)


def test_shares_of__two_tasks__bear_the_cost_of_their_gas() -> None:
    entry = replace(ENTRY, cost=Wei(1_001), reimbursed=Wei(1_500), gas_used=Gas(301))
    shares = shares_of(entry, [run("0xaa", gas=100, paid=900), run("0xbb", gas=200, paid=600)])
    assert [(one.task, one.cost, one.reimbursed, one.gas_used) for one in shares] == [
        ("0xaa", 333, 900, 100),
        ("0xbb", 668, 600, 201),
    ]


def test_shares_of__not_indexed_yet__is_nobodys() -> None:
    (share,) = shares_of(ENTRY, [])
    assert (share.owner, share.task, share.executed) == (NOBODYS, NOBODYS, ENTRY.executed)
    assert (share.cost, share.reimbursed) == (ENTRY.cost, ENTRY.reimbursed)
    assert share.day == "2023-11-14"


def test_shares_of__paid_more_than_the_tasks_say__the_rest_is_nobodys() -> None:
    shares = shares_of(replace(ENTRY, reimbursed=Wei(50)), [run(paid=45)])
    assert [(share.task, share.reimbursed) for share in shares] == [("0xaa", 45), (NOBODYS, 5)]


def test_shares_of__no_task_ran__share_alike() -> None:
    shares = shares_of(ENTRY, [run("0xaa", gas=0, paid=25), run("0xbb", gas=0, paid=25)])
    assert [share.cost for share in shares] == [15, 15]


RUNS = st.lists(
    st.builds(
        Run,
        task_hash=st.sampled_from(["0xaa", "0xbb", "0xcc"]),
        owner=st.sampled_from([ALICE, BOB, None]),
        gas_used=st.integers(0, 750_000),
        reimbursed=st.integers(0, 10**18),
        executed=st.booleans(),
        failed=st.booleans(),
    ),
    max_size=8,
)
ENTRIES = st.builds(
    lambda cost, reimbursed, gas, number: replace(
        ENTRY, tx_hash=str(number), cost=cost, reimbursed=reimbursed, gas_used=gas
    ),
    cost=st.integers(0, 10**24),
    reimbursed=st.integers(0, 10**24),
    gas=st.integers(21_000, 16_777_216),
    number=st.integers(0, 99),
)


@given(st.lists(st.tuples(ENTRIES, RUNS), max_size=6))
def test_summarise__any_entries_by_anything__come_to_the_whole(
    booked: list[tuple[LedgerEntry, list[Run]]],
) -> None:
    shares = [share for entry, runs in booked for share in shares_of(entry, runs)]
    entries = [entry for entry, _ in booked]
    for name in ("day", "owner", "task"):
        lines = summarise(shares, lambda share, name=name: getattr(share, name))  # type: ignore[misc]
        for field in ("cost", "reimbursed", "gas_used"):
            whole = sum(getattr(entry, field) for entry in entries)
            assert sum(getattr(line, field) for line in lines) == whole
    profit = sum(entry.profit for entry in entries)
    assert sum_up("total", shares).profit == profit


@given(st.integers(0, 10**30), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_divide__any_weights__loses_nothing(total: int, weights: list[int]) -> None:
    parts = divide(total, weights)
    assert sum(parts) == total
    assert min(parts) >= 0


def test_summarise__one_transaction_for_an_owners_two_tasks__counts_it_once() -> None:
    shares = shares_of(ENTRY, [run("0xaa", paid=20), run("0xbb", paid=30)])
    (line,) = summarise(shares, lambda share: share.owner)
    assert line == Line(ALICE, 1, 2, 0, 700, 30, 50)
    assert line.profit == 20


def test_shares_of__task_only_moved__was_not_executed() -> None:
    (share,) = shares_of(ENTRY, [replace(run(paid=50), executed=False)])
    assert (share.executed, share.reimbursed) == (0, 50)
