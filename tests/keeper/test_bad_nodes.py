"""One keeper process, one node that misbehaves in one way after the other.

Whatever the node does, every task runs once, no nonce is stuck, the process stays, and in the end
its books are the chain's. The keeper knows no other node.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from benchmarks.keeping import Keeper
from benchmarks.outside import read_store
from tests.chaos.checks import check_all, check_tasks
from tests.chaos.stage import Stage, running_stage
from tests.support.faults import faults
from tests.support.faults.behind import lagging
from tests.support.faults.faults import Fault
from tests.support.faults.proxy import Proxy

pytestmark = pytest.mark.integration

SEND = "eth_sendRawTransaction"
RECEIPT = "eth_getTransactionReceipt"
COUNT = "eth_getTransactionCount"
BLOCK = "eth_getBlockByNumber"
HOUR = 3600
CONFIRMATIONS = 3


@dataclass(frozen=True)
class Trouble:
    """A fault, and what meets it."""

    fault: Fault
    methods: tuple[str, ...] = ()
    times: int | None = None
    chance: float = 1.0


TROUBLES = {
    "request_lost": Trouble(faults.RequestLost(), (SEND,), times=1),
    "answer_lost": Trouble(faults.AnswerLost(), (SEND,), times=1),
    "anything_lost": Trouble(faults.AnswerLost(), times=4),
    "garbage": Trouble(faults.Garbage(), times=4),
    "half_json": Trouble(faults.HalfJson(), times=4),
    "half_json_of_the_hash": Trouble(faults.HalfJson(), (SEND,), times=1),
    "huge_answer": Trouble(faults.Huge(20_000_000), times=2),
    "another_type": Trouble(faults.says({"not": "this"}), times=4),
    "nothing": Trouble(faults.says(None), times=4),
    "429_with_a_time": Trouble(faults.HttpStatus(429, {"Retry-After": "1"}), times=4),
    "429": Trouble(faults.HttpStatus(429), times=4),
    "503": Trouble(faults.HttpStatus(503), times=4),
    "hanging": Trouble(faults.Hang(), times=2),
    "hanging_after_it_was_sent": Trouble(faults.Hang(node_acts=True), (SEND,), times=1),
    "slow": Trouble(faults.Slow(0.2), chance=0.3),
    "refusing_to_send": Trouble(faults.Refused(), (SEND,), times=2),
    "sent_and_swallowed": Trouble(faults.Swallowed(), (SEND,), times=1),
    "known_already": Trouble(faults.Refused(-32000, "already known"), (SEND,), times=1),
    "without_simulation": Trouble(faults.METHOD_MISSING, ("eth_simulateV1",)),
    "lagging_head": Trouble(lagging(3), times=60),
    "another_chain": Trouble(faults.says("0x1"), ("eth_chainId",)),
    "nonce_too_high": Trouble(faults.off_by(1), (COUNT,), times=4),
    "nonce_too_low": Trouble(faults.off_by(-1), (COUNT,), times=4),
    "nonce_from_nowhere": Trouble(faults.off_by(10**6), (COUNT,), times=4),
    "receipt_denied": Trouble(faults.says(None), (RECEIPT,), times=6),
    "receipt_of_a_failure": Trouble(faults.failed_receipt(), (RECEIPT,), times=1),
    "clock_an_hour_ahead": Trouble(faults.other_clock(HOUR), (BLOCK,)),
    "clock_an_hour_behind": Trouble(faults.other_clock(-HOUR), (BLOCK,)),
}


@dataclass(frozen=True)
class Watched:
    """A stage, and the keeper that is tried."""

    stage: Stage
    keeper: Keeper
    proxy: Proxy


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with running_stage(tmp_path_factory.mktemp("bad_nodes"), seed=7) as stage:
        proxy = stage.proxy()
        settings = {"confirmations": CONFIRMATIONS, "request_timeout_s": 1}
        keeper = stage.keeper(rpc=proxy.http, **settings)
        keeper.start()
        keeper.said("keeper_started")
        yield Watched(stage, keeper, proxy)


@pytest.mark.parametrize("name", TROUBLES)
def test_keeper__bad_node__runs_every_task_once(watched: Watched, name: str) -> None:
    stage, trouble = watched.stage, TROUBLES[name]
    program = watched.proxy.program
    stage.schedule(3, soonest=4, within=3, hostile=0.3)
    with program.during(
        trouble.fault, *trouble.methods, times=trouble.times, chance=trouble.chance
    ) as rule:
        if trouble.times is None:
            stage.wait(lambda: not stage.unfinished())
        else:
            stage.wait(lambda: rule.hit == trouble.times)
        assert rule.hit or trouble.methods == ("eth_chainId",)
    stage.settle()
    check_tasks(stage)
    watched.keeper.check()


def test_keeper__receipt_told_otherwise_when_it_is_final__is_asked_for_again(
    watched: Watched,
) -> None:
    stage, keeper = watched.stage, watched.keeper
    booked = read_store(keeper.store).booked
    stage.schedule(1, soonest=4, within=1)
    stage.wait(lambda: read_store(keeper.store).booked > booked)
    with watched.proxy.program.during(faults.failed_receipt(), RECEIPT, times=1):
        keeper.said("receipt_changed")


def test_keeper__after_all_bad_nodes__has_the_books_of_the_chain(watched: Watched) -> None:
    stage = watched.stage
    stage.wait_blocks(2 * CONFIRMATIONS)
    check_all(stage, wasted_at_most=2)


def test_keeper__after_all_bad_nodes__told_no_secret(watched: Watched) -> None:
    logs = watched.keeper.log.read_text("utf-8")
    assert watched.keeper.account.key.hex() not in logs
    assert json.loads(logs.splitlines()[-1])["event"] == "keeper_stopped"
