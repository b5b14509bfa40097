"""The world of the benchmarks: its figures are those of the chain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.chain import calls_to, gas_of
from benchmarks.world import BUMP, COUNTER, EXECUTOR, OWNER, Plan, used_world
from taskwork.chain.transactions import Call

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def used():
    with used_world() as world:
        yield world


@pytest.fixture
def world(used):
    with used.chain.rewinding():
        yield used


def test_overhead_at__a_later_block__is_what_executing_there_takes(world):
    plan = Plan(world.window())
    plans = [replace(plan, start=plan.start + 300 * number) for number in range(3)]
    world.schedule_each((OWNER, each) for each in plans)
    foreseen = world.overhead_at(plans[-1].start, runs=3)
    assert world.execute(plans[-1].start, runs=3) == foreseen


def test_overhead__of_a_batch__leaves_out_what_the_target_takes(world):
    plan = Plan(world.window())
    world.schedule([OWNER], plan)
    overhead = world.execute(plan.start, runs=1)
    sent = world.chain.rpc("eth_getBlockByNumber", "latest", False)["transactions"][0]
    assert world.chain.receipt(sent).gas - overhead == gas_of_target(world)


def test_overhead__of_fewer_runs_than_told__is_refused(world):
    plan = Plan(world.window())
    world.schedule([OWNER], plan)
    with pytest.raises(AssertionError, match="1 targets were called, not 2"):
        world.execute(plan.start, runs=2)


def test_rewinding__undoes__what_was_mined(world):
    before = world.chain.head(), world.nonce(OWNER)
    with world.chain.rewinding():
        world.schedule([OWNER], Plan(world.window()))
        assert (world.chain.head(), world.nonce(OWNER)) != before
    assert (world.chain.head(), world.nonce(OWNER)) == before


def gas_of_target(world):
    """What the counter takes in a call that no scheduler makes, less what any transaction takes."""
    receipt = world.chain.run(EXECUTOR, Call(COUNTER, BUMP))
    (frame,) = calls_to(COUNTER, world.chain.trace(receipt))
    zeros = BUMP.count(0)
    return gas_of(frame) - 21_000 - 4 * zeros - 16 * (len(BUMP) - zeros)
