"""Replaying the past by other settings, and the table of what it brought, on a real chain."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from keeper.pnl import By, read_table
from keeper.replay import decide_again
from keeper.services.hindsight import compare
from keeper.signals import IndexAdvanced
from keeper.types import Totals
from taskwork.chain.types import BlockNumber
from taskwork.errors import InvalidInput
from tests.keeper.support import running_keeper, settings_for, until
from tests.keeper.test_cli import keeper
from tests.keeper.test_committed import commit
from tests.support.chain import ETHER, Chain, refuse

pytestmark = pytest.mark.integration


@dataclass
class Past:
    """What a keeper did, and in which blocks."""

    chain: Chain
    store: str
    first: BlockNumber
    last: BlockNumber
    totals: Totals

    async def command(self, name: str, *arguments: str) -> tuple[int, str, str]:
        usual = ("--manager", self.chain.manager.address, "--rpc", self.chain.url)
        return await keeper(name, *usual, "--store", self.store, *arguments)


@pytest_asyncio.fixture
async def past(chain: Chain, tmp_path: Path) -> AsyncIterator[Past]:
    """Three batches, one of them with a task whose target refuses."""
    store, first = str(tmp_path / "keeper.db"), await chain.head()
    # Nodes only know what others tip today, so nothing is tipped here.
    async with running_keeper(chain, chain.executor, store=store, tip_share=0) as running:
        await chain.schedule_due()
        await running.said("batch_executed", 1)
        await chain.schedule_due(chain.reverter, refuse())
        await running.said("batch_executed", 2)
        await chain.schedule_due()
        await running.said("batch_executed", 3)
        last = await chain.head()
        await until(lambda: _indexed(running.signals) >= last)
        totals = await running.end()
    yield Past(chain, store, BlockNumber(first + 1), last, totals)


def _indexed(signals: list[object]) -> int:
    return max((one.block for one in signals if isinstance(one, IndexAdvanced)), default=0)


async def test_replay__same_settings_and_block__decides_what_was_done(past: Past) -> None:
    settings = settings_for(past.chain, store=past.store, tip_share=0)
    decisions = await decide_again(settings, past.first, past.last)
    acted = [one.block for one in decisions if one.did]
    assert len(acted) == 3
    assert compare(decisions).did_earn == past.totals.profit
    for block in acted:
        (again,) = await decide_again(settings, block, block)
        assert (again.verdict, again.executed, again.profit) == ("run", 1, again.did)


async def test_replay__committed_task_that_is_over__is_decided_about_as_then(
    chain: Chain, tmp_path: Path
) -> None:
    store = str(tmp_path / "keeper.db")
    async with running_keeper(chain, chain.executor, store=store, tip_share=0) as running:
        await commit(chain, ahead=3)
        await chain.mine(4)
        executed = await running.said("batch_executed")
        await until(lambda: _indexed(running.signals) >= executed["block"])
    block = BlockNumber(executed["block"])
    (again,) = await decide_again(settings_for(chain, store=store, tip_share=0), block, block)
    assert (again.verdict, again.executed, again.profit) == ("run", 1, again.did)


async def test_replay__quicker_by_a_block__counts_each_task_once(past: Past) -> None:
    """The test's chain mined a block before the keeper saw that its task was due."""
    settings = settings_for(past.chain, store=past.store)
    decisions = await decide_again(settings, past.first, past.last)
    assert sum(one.verdict == "run" for one in decisions) >= 3
    assert compare(decisions).executed == 3


async def test_replay__higher_threshold__would_have_left_it(past: Past) -> None:
    settings = settings_for(past.chain, store=past.store, min_profit=ETHER)
    decisions = await decide_again(settings, past.first, past.last)
    assert {one.verdict for one in decisions} == {"not_profitable", "nothing_due"}
    assert compare(decisions).would_have_earned == 0
    assert compare(decisions).did_earn == past.totals.profit


async def test_replay__owner_denied__would_have_left_what_has_long_ended(past: Past) -> None:
    settings = settings_for(past.chain, store=past.store, deny_owners=past.chain.owner.address)
    decisions = await decide_again(settings, past.first, past.last)
    assert {one.verdict for one in decisions} == {"all_denied", "nothing_due"}


async def test_replay__ready_to_wait__would_have_waited_for_a_higher_premium(past: Past) -> None:
    waiting = {"max_wait": 3, "rival_risk": 0}
    settings = settings_for(past.chain, store=past.store, **waiting)
    decisions = await decide_again(settings, past.first, past.last)
    assert "waiting" in {one.verdict for one in decisions}


async def test_replay__task_stays_due__counts_once(past: Past) -> None:
    """The chain had each task due for some blocks more than a quicker keeper would have left it."""
    chain = past.chain
    await chain.schedule_due()
    first = await chain.head()
    await chain.mine(4)
    decisions = await decide_again(
        settings_for(chain, store=past.store), BlockNumber(first), await chain.head()
    )
    assert [one.due for one in decisions][1:] == [1, 1, 1, 1]
    assert compare(decisions).executed == 1


async def test_replay__blocks_reversed__is_refused(past: Past) -> None:
    with pytest.raises(InvalidInput, match="not after --to"):
        await decide_again(settings_for(past.chain, store=past.store), past.last, past.first)


async def test_replay_command__json_and_words__say_the_same(past: Past) -> None:
    period = ("--from", str(past.first), "--to", str(past.last))
    code, out, _ = await past.command("replay", *period, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["comparison"]["did_earn"] == past.totals.profit
    code, out, _ = await past.command("replay", *period)
    assert code == 0
    assert f"did earn {past.totals.profit} wei" in out.splitlines()[-1]


async def test_pnl__of_a_real_run__comes_to_its_totals(past: Past) -> None:
    settings = settings_for(past.chain, store=past.store)
    for by, lines in ((By.DAY, 1), (By.OWNER, 1), (By.TASK, 3)):
        table = await read_table(settings, by, (0, 2**62), foreseen=False)
        assert len(table.lines) == lines
        assert table.total.profit == past.totals.profit
        assert (table.total.executed, table.total.failed) == (2, 1)
    by_owner = await read_table(settings, By.OWNER, (0, 2**62), foreseen=False)
    assert [line.name for line in by_owner.lines] == [past.chain.owner.address]


async def test_pnl_command__json_and_words__need_no_chain(past: Past) -> None:
    nowhere = ("--rpc", "http://127.0.0.1:1", "--store", past.store)
    code, out, _ = await keeper("pnl", *nowhere, "--by", "task", "--json")
    told = json.loads(out)
    assert (code, told["total"]["profit"]) == (0, past.totals.profit)
    code, out, _ = await keeper("pnl", *nowhere, "--since", "2001-01-01")
    assert out.splitlines()[-1] == f"profit: {past.totals.profit} wei"


async def test_pnl_command__no_store__says_so(chain: Chain, tmp_path: Path) -> None:
    nowhere = ("--rpc", chain.url, "--store", str(tmp_path / "none.db"))
    code, _, err = await keeper("pnl", *nowhere)
    assert code == 2
    assert "there is no store" in err
