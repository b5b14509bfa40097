"""What was measured on a running keeper: that the committed figures are what is promised."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import figures, hour, load
from benchmarks.keepers import hour_faults, load_faults

ROOT = Path(__file__).parents[2]


@pytest.fixture
def loaded():
    return figures.load("load")


@pytest.fixture
def lived():
    return figures.load("hour")


@pytest.mark.unit
def test_load__committed__is_of_the_whole_size(loaded):
    size = load.Size()
    assert (loaded["all, tasks"], loaded["burst, tasks"]) == (size.tasks, size.burst)


@pytest.mark.unit
def test_load__500_due_in_one_block__are_cleared_in_two_transactions_from_that_block_on(loaded):
    assert loaded["burst, transactions"] == 2
    assert loaded["burst, blocks late at first"] == 0
    assert loaded["burst, blocks late at most"] == 1


@pytest.mark.unit
def test_load__of_ten_thousand__wastes_nothing_and_stays_small(loaded):
    assert loaded["all, transactions that did nothing"] == 0
    assert loaded["all, memory at most, KiB"] < 300 * 1024


@pytest.mark.unit
def test_hour__committed__has_books_that_are_the_balance_to_the_wei(lived):
    assert hour_faults(lived, lived) == []
    assert lived["hour, received"] - lived["hour, spent"] == lived["hour, balance"] > 0
    assert min(lived["hour, failed"], lived["hour, deferred"]) > 0


@pytest.mark.unit
def test_hour__rows__sum_up_to_the_hour(lived):
    rows = hour.row_names(lived)
    assert len(rows) * hour.PART == hour.BLOCKS
    for column in ("executed", "failed", "deferred"):
        assert sum(lived[f"{row}, {column}"] for row in rows) == lived[f"hour, {column}"]


@pytest.mark.unit
def test_hour_faults__books_off_by_one_wei__are_told():
    assert hour_faults({}, {"hour, books": 5, "hour, balance": 6}) == ["books 5, balance 6"]
    assert hour_faults({}, {"hour, books": -1, "hour, balance": -1}) == ["the hour brought -1 wei"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("key", "measured", "passes"),
    [
        ("all, transactions", 100, True),
        ("all, transactions", 101, False),
        ("all, processor ms per 100 tasks", 300, True),
        ("all, processor ms per 100 tasks", 301, False),
        ("all, memory at most, KiB", 50, True),
    ],
)
def test_load_faults__counts_and_what_machines_differ_in__are_judged_apart(key, measured, passes):
    assert (load_faults({key: 100}, {key: measured}) == []) is passes


@pytest.mark.unit
def test_load_faults__figure_never_committed__is_told():
    assert load_faults({}, {"all, tasks": 1}) == ["all, tasks: None committed, 1 measured"]


@pytest.mark.integration
def test_load__of_a_small_keeper__clears_the_burst_at_once():
    found = load.measure_all(load.Size(tasks=60, burst=40))
    assert found["burst, transactions"] == 1
    assert found["all, blocks late at most"] <= 1
    assert found["all, transactions that did nothing"] == 0


@pytest.mark.integration
def test_hour_command__committed_figures__are_printed():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "hour", "--committed", "--json"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == figures.load("hour")
