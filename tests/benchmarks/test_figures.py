"""The committed figures: what a check makes of them, and that they say what is promised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import economics, figures, operations, pool, pool_scale
from benchmarks.curves import CURVES, lines_of
from benchmarks.drawing import drawings
from benchmarks.peers import load_goals, load_peers
from benchmarks.pool_report import load_pool_goals, load_pool_peers

ROOT = Path(__file__).parents[2]


def lines(key):
    (curve,) = (curve for curve in CURVES if curve.key == key)
    return {name: dict(line) for name, line in lines_of(curve, figures.load("curves")).items()}


# The check


@pytest.mark.integration
def test_check__of_the_contracts_as_they_are__passes():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--short", "--check"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.unit
@pytest.mark.parametrize(
    ("committed", "measured", "is_worse", "is_unknown"),
    [
        (1000, 1011, True, False),
        (1000, 1010, False, False),
        (1000, 900, False, False),
        (None, 900, False, True),
        (1000, None, False, True),
    ],
)
def test_difference__of_two_figures__is_judged(committed, measured, is_worse, is_unknown):
    difference = figures.Difference("schedule", committed, measured)
    assert (difference.is_worse, difference.is_unknown) == (is_worse, is_unknown)


@pytest.mark.unit
def test_compare__of_two_sets__lists_what_differs_by_size():
    committed = {"tasks 10": 5, "tasks 2": 5, "same": 5}
    found = figures.compare(committed, {"tasks 10": 6, "tasks 2": 4, "same": 5})
    assert [str(one) for one in found] == [
        "tasks 2: 5 -> 4 (-20.00%)",
        "tasks 10: 5 -> 6 (+20.00%)",
    ]


@pytest.mark.unit
@pytest.mark.parametrize("name", ["operations", "economics", "curves", "pool", "pool_scale"])
def test_save__of_committed_figures__changes_nothing(name, tmp_path, monkeypatch):
    committed = (figures.FOLDER / f"{name}.json").read_text("utf-8")
    found = figures.load(name)
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    figures.save(name, found)
    assert (tmp_path / f"{name}.json").read_text("utf-8") == committed


# What is promised


@pytest.mark.unit
def test_economics__committed__stay_in_the_band():
    assert economics.outside_band(figures.load("economics")) == {}


@pytest.mark.unit
@pytest.mark.parametrize("name", ["a task every 300 blocks", "a task in every block"])
def test_backlog__of_2000_tasks__costs_each_as_much_as_one_of_100(name):
    gas = lines("backlog")[name]
    assert gas[2000] <= gas[100] * 1.03


@pytest.mark.unit
def test_poll__at_any_distance__costs_the_same():
    assert len(set(lines("distance")["empty poll"].values())) == 1


@pytest.mark.unit
def test_execution__with_the_next_work_far_away__costs_two_more_reads_and_writes():
    gas = lines("distance")["execute 1 task"]
    assert gas[10**6] - gas[1] <= 10_000


@pytest.mark.unit
def test_block__however_crowded__costs_each_task_the_same():
    block = lines("block")
    assert block["schedule, mean of ten"][640] <= block["schedule, mean of ten"][10] * 1.05
    assert block["execute, per task"][640] <= block["execute, per task"][50] * 1.05


@pytest.mark.unit
def test_pool__beside_ten_thousand_pools_jobs_or_workers__costs_what_it_does_beside_ten():
    gas = figures.load("pool_scale")
    few, many = pool_scale.SIZES
    for kind in pool_scale.KINDS:
        for act in pool_scale.ACTS:
            assert gas[f"{act} beside {many} {kind}"] == gas[f"{act} beside {few} {kind}"]


@pytest.mark.unit
def test_pool__committed__meets_its_goals_but_for_few_jobs_in_a_bucket():
    gas, goals = figures.load("pool"), load_pool_goals()
    missed = {key for key, goal in goals.items() if gas[key] > goal}
    assert missed == {"on_time_10"}
    assert gas["on_time_50"] <= goals["on_time_10"]


# What stands beside them


@pytest.mark.unit
def test_drawings__in_docs__are_of_the_committed_figures():
    for file, drawing in drawings().items():
        assert file.read_text("utf-8") == drawing, f"{file.name}: run python -m benchmarks --draw"


@pytest.mark.unit
def test_goals_and_peers__name__operations_that_exist():
    known = {operation.key for operation in operations.OPERATIONS}
    assert set(load_goals()) - known <= {"schedule_committed"}  # which is still to come
    assert {key for keys in operations.PEER_ACTS.values() for key in keys} <= known
    acts = {act for system in load_peers().systems for act in system.gas}
    assert acts <= {*operations.PEER_ACTS}


@pytest.mark.unit
def test_pool_goals_and_peers__name__operations_that_exist():
    known = {operation.key for operation in pool.POOL_OPERATIONS}
    peers = load_pool_peers()
    assert set(load_pool_goals()) <= known
    assert {*peers["seed"], *peers["boundless"]} <= known
