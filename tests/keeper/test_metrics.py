"""Metrics: what each signal moves, and that all of them are there from the beginning."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from keeper import signals
from keeper.metrics import Metrics
from keeper.types import BlockRef, EntryState, LedgerEntry, TxKind, Verdict
from taskwork.chain.types import Address, BlockNumber, Gas, Wei

pytestmark = pytest.mark.unit

ENTRY = LedgerEntry(
    tx_hash="0x01",
    executor=Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
    nonce=3,
    kind=TxKind.BATCH,
    block=BlockRef(BlockNumber(9), "0x09"),
    timestamp=1_700_000_000,
    reverted=False,
    executed=5,
    failed=2,
    gas_used=Gas(700),
    cost=Wei(30),
    reimbursed=Wei(50),
    credited=Wei(0),
    expected_profit=Wei(21),
    state=EntryState.PENDING,
)
UNITS = (
    *("_total", "_wei", "_seconds", "_blocks", "_block_number", "_in_row", "_bytes", "_fds"),
    *("_tasks", "_timestamp_seconds", "_usable", "_held", "_low", "_dry_run"),
)


def book(state: EntryState, **changed: object) -> signals.EntryBooked:
    return signals.EntryBooked(replace(ENTRY, **changed), state)  # type: ignore[arg-type]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def value(metrics: Metrics) -> Callable[..., float | None]:
    def read(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    return read


SEEN = [
    (signals.KeeperStarted(1, is_dry_run=True), "keeper_dry_run", {}, 1),
    (signals.LeaseChanged(is_held=True), "keeper_lease_held", {}, 1),
    (signals.LeaseChanged(is_held=False), "keeper_leases_lost_total", {}, 1),
    (signals.HeadSeen(BlockNumber(7), Wei(5), 99, "n"), "keeper_head_block_number", {}, 7),
    (signals.HeadSeen(BlockNumber(7), Wei(5), 99, "n"), "keeper_base_fee_wei", {}, 5),
    (signals.HeadSeen(BlockNumber(7), Wei(5), 99, "n"), "keeper_head_timestamp_seconds", {}, 99),
    (signals.FailedOver("a", "b"), "keeper_failovers_total", {}, 1),
    (signals.ReorgSeen(4, BlockNumber(1)), "keeper_reorgs_total", {}, 1),
    (signals.ReorgSeen(4, BlockNumber(1)), "keeper_reorg_depth_blocks", {}, 4),
    (signals.IndexAdvanced(BlockNumber(8), 2, 6), "keeper_index_block_number", {}, 8),
    (signals.IndexAdvanced(BlockNumber(8), 2, 6), "keeper_index_lag_blocks", {}, 2),
    (signals.IndexAdvanced(BlockNumber(8), 2, 6), "keeper_indexed_events_total", {}, 6),
    (signals.QueueSeen(500, 3), "keeper_due_tasks", {}, 500),
    (signals.QueueSeen(500, 3), "keeper_due_late_blocks", {}, 3),
    (
        signals.BatchSkipped(Verdict.NOT_PROFITABLE, Wei(-1)),
        "keeper_batches_skipped_total",
        {"reason": "not_profitable"},
        1,
    ),
    (signals.NonceTaken(4), "keeper_nonces_taken_total", {}, 1),
    (signals.BalanceSeen(Wei(10**18), is_low=True), "keeper_balance_wei", {}, 10**18),
    (signals.BalanceSeen(Wei(10**18), is_low=True), "keeper_balance_low", {}, 1),
    (signals.Unprofitable(30, is_alarming=True), "keeper_unprofitable_blocks", {}, 30),
    (signals.CycleEnded("sender", 0.3), "keeper_cycle_seconds_count", {"bot": "sender"}, 1),
    (
        signals.CycleFailed("sender", "ChainError", 4),
        "keeper_cycle_failures_in_row",
        {"bot": "sender"},
        4,
    ),
    (
        signals.CycleFailed("sender", "ChainError", 4),
        "keeper_cycle_failures_total",
        {"bot": "sender", "error": "ChainError"},
        1,
    ),
]


@pytest.mark.parametrize(("signal", "name", "labels", "expected"), SEEN)
def test_metrics__signal__is_taken_note_of(
    metrics: Metrics,
    value: Callable[..., float | None],
    signal: signals.Signal,
    name: str,
    labels: dict[str, str],
    expected: float,
) -> None:
    metrics.listen(signal)
    assert value(name, **labels) == expected


def test_metrics__every_kind_of_signal__is_known(metrics: Metrics) -> None:
    dispatch = type(metrics).__dict__["listen"].dispatcher.registry
    assert set(get_args(signals.Signal)) <= set(dispatch)


def test_metrics__endpoint_scored__is_named_by_its_host(
    metrics: Metrics, value: Callable[..., float | None]
) -> None:
    metrics.listen(signals.EndpointScored("node.example", True, 2, 3, 0.25))
    names = ("usable", "lag_blocks", "errors_in_row", "latency_seconds")
    found = [value(f"keeper_endpoint_{name}", endpoint="node.example") for name in names]
    assert found == [1, 2, 3, 0.25]


@pytest.mark.parametrize(
    ("is_replacement", "name"),
    [(False, "keeper_transactions_sent_total"), (True, "keeper_transactions_replaced_total")],
)
def test_metrics__transaction_sent__counts_replacements_apart(
    metrics: Metrics, value: Callable[..., float | None], is_replacement: bool, name: str
) -> None:
    sent = signals.TransactionSent(TxKind.CANCEL, 1, Wei(3), Wei(1), is_replacement, False)
    metrics.listen(sent)
    assert value(name, kind="cancel") == 1
    assert value(name, kind="batch") == 0


def test_metrics__entry_confirmed__moves_from_pending_to_final(
    metrics: Metrics, value: Callable[..., float | None]
) -> None:
    metrics.listen(book(EntryState.PENDING))
    assert (value("keeper_pending_profit_wei"), value("keeper_profit_wei")) == (20, 0)
    metrics.listen(book(EntryState.CONFIRMED))
    assert (value("keeper_pending_profit_wei"), value("keeper_profit_wei")) == (0, 20)
    names = ("cost_wei_total", "reimbursed_wei_total", "used_gas_total")
    assert [value(f"keeper_{name}") for name in names] == [30, 50, 700]
    assert value("keeper_tasks_executed_total") == 5
    assert value("keeper_tasks_failed_total") == 2
    assert value("keeper_transactions_mined_total", kind="batch") == 1


def test_metrics__entry_rolled_back__is_pending_no_more(
    metrics: Metrics, value: Callable[..., float | None]
) -> None:
    metrics.listen(book(EntryState.PENDING))
    metrics.listen(book(EntryState.ROLLED_BACK))
    assert value("keeper_pending_profit_wei") == 0
    assert value("keeper_entries_rolled_back_total") == 1
    assert value("keeper_cost_wei_total") == 0


def test_metrics__confirmed_after_a_restart__was_never_pending_here(
    metrics: Metrics, value: Callable[..., float | None]
) -> None:
    metrics.listen(book(EntryState.CONFIRMED, reimbursed=Wei(10)))
    assert (value("keeper_pending_profit_wei"), value("keeper_profit_wei")) == (0, -20)


def test_metrics__batch_reverted__is_counted(
    metrics: Metrics, value: Callable[..., float | None]
) -> None:
    metrics.listen(book(EntryState.PENDING, reverted=True))
    assert value("keeper_transactions_reverted_total") == 1


def test_metrics__dry_run__counts_apart_what_would_have_been(
    metrics: Metrics, value: Callable[..., float | None]
) -> None:
    metrics.listen(book(EntryState.FORESEEN))
    assert (value("keeper_foreseen_profit_wei"), value("keeper_pending_profit_wei")) == (20, 0)


def test_metrics__bot_works_again__has_failed_zero_times_in_a_row(
    metrics: Metrics, value: Callable[..., float | None]
) -> None:
    metrics.listen(signals.CycleFailed("index", "StoreError", 2))
    metrics.listen(signals.CycleEnded("index", 0.1))
    assert value("keeper_cycle_failures_in_row", bot="index") == 0


def test_metrics__fresh__are_all_zero(metrics: Metrics) -> None:
    samples = [line for line in metrics.text().decode().splitlines() if line[0] != "#"]
    ours = [line for line in samples if line.startswith("keeper_")]
    assert len(ours) > 40
    assert [line for line in ours if float(line.rsplit(" ", 1)[1]) != 0] == []
    for kind in TxKind:
        assert f'keeper_transactions_mined_total{{kind="{kind.value}"}} 0.0' in ours


def test_metrics__every_name__has_a_unit_and_a_meaning(metrics: Metrics) -> None:
    told = re.findall(r"^# HELP (\S+) (.*)$", metrics.text().decode(), re.MULTILINE)
    assert len(told) > 30
    assert [name for name, _ in told if not name.endswith(UNITS)] == []
    assert [name for name, meaning in told if len(meaning) < 10 or meaning[-1] != "."] == []
