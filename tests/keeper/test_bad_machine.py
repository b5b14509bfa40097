"""The keeper on a machine that fails it: the disk is full, the store is damaged or gone."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from benchmarks.keeping import Keeper
from benchmarks.outside import mined_by, read_store
from tests.chaos.checks import check_all, check_tasks
from tests.chaos.stage import Stage, running_stage

pytestmark = pytest.mark.integration

FULL = 4096  # bytes that a file may have: to whoever writes more, the same as a full disk


@pytest.fixture
def stage(tmp_path) -> Iterator[Stage]:
    with running_stage(tmp_path, seed=3) as running:
        yield running


def restart(keeper: Keeper) -> None:
    keeper.start()
    keeper.said("keeper_started")


def test_keeper__disk_full__sends_nothing_that_is_not_on_disk_and_goes_on_with_room(
    stage: Stage,
) -> None:
    keeper = stage.working()
    stage.schedule(4, soonest=4, within=2)
    stage.settle()
    sent = stage.nonce(keeper.account)
    assert keeper.process is not None

    usual = resource.prlimit(keeper.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(keeper.process.pid, resource.RLIMIT_FSIZE, (FULL, usual[1]))
    stage.schedule(4, soonest=4, within=2)
    stage.wait(stage.due)
    stage.wait_blocks(10)
    assert stage.nonce(keeper.account, "pending") == sent

    resource.prlimit(keeper.process.pid, resource.RLIMIT_FSIZE, usual)
    stage.settle()
    check_all(stage)


def test_keeper__store_damaged__refuses_to_start_and_sends_nothing(stage: Stage) -> None:
    keeper = stage.working()
    stage.schedule(4, soonest=4, within=2)
    stage.settle()
    assert keeper.stop() == 0
    whole = keeper.store.read_bytes()
    sent = stage.nonce(keeper.account)

    keeper.store.write_bytes(b"no database" + whole[11:])
    keeper.start()
    assert keeper.process is not None
    assert keeper.process.wait(60) == 2
    assert "--store is damaged or no store" in keeper.log.read_text("utf-8")
    assert stage.nonce(keeper.account) == sent

    keeper.store.write_bytes(whole)
    restart(keeper)
    check_all(stage)


def test_keeper__store_gone_with_a_transaction_out__goes_on_from_the_chain(stage: Stage) -> None:
    keeper = stage.working()
    stage.schedule(6, soonest=4, within=2)
    with stage.out(keeper):
        stage.kill(keeper)
        for file in keeper.folder.glob("keeper.db*"):
            file.unlink()
    restart(keeper)
    stage.schedule(3, soonest=4, within=2)
    stage.settle()
    assert keeper.stop() == 0

    check_tasks(stage)
    mined = mined_by(stage.chain, keeper.account.address, stage.begun)
    assert [tx.nonce for tx in mined] == list(range(len(mined)))
    ledger = read_store(keeper.store)
    known = [tx for tx in mined if tx.tx_hash in ledger.booked]
    assert len(known) == len(mined) - 1  # the one that was out is nobody's
    assert ledger.profit == sum(tx.received - tx.cost for tx in known)
