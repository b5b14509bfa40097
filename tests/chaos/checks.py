"""What must hold at the end of every scenario, whatever was done to the keepers."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.duties import PURSE, Kind, count_marks, count_runs
from benchmarks.keeping import Keeper
from benchmarks.outside import Mined, mined_by, read_store, wasted
from taskwork.devnet.processes import last_line
from tests.chaos.stage import Stage

GAS_OF_LOST_RACE = 25_000


@dataclass(frozen=True)
class Verdict:
    """What a scenario came to; all its checks held."""

    tasks: int
    runs: int
    transactions: int
    wasted: int  # transactions that did nothing
    profit: int
    kills: int
    blocks: int


def check_all(stage: Stage, *, wasted_at_most: int = 0) -> Verdict:
    """Stop the keepers, and assert all of it."""
    for keeper in stage.keepers:
        keeper.check()
        if keeper.is_running():
            code = keeper.stop()
            assert code == 0, f"{keeper.name} ended with {code}: {last_line(keeper.log)}"
    check_tasks(stage)
    operators = stage.accounts().values()
    mined = [tx for keeper in operators for tx in check_keeper(stage, keeper)]
    lost = wasted(mined, stage.world.manager)
    assert len(lost) <= wasted_at_most, f"{len(lost)} transactions did nothing: {lost}"
    assert all(tx.gas <= GAS_OF_LOST_RACE for tx in lost), f"dear to lose: {lost}"
    return Verdict(
        tasks=len(stage.duties),
        runs=sum(duty.runs for duty in stage.duties),
        transactions=len(mined),
        wasted=len(lost),
        profit=sum(earned(stage, keeper, mined_by_all(stage, keeper)) for keeper in operators),
        kills=stage.kills,
        blocks=stage.chain.head() - stage.begun,
    )


def check_tasks(stage: Stage) -> None:
    """Every task ran exactly as often as it was to: by the manager's count and its target's."""
    runs = count_runs(stage.world, stage.duties)
    marks = count_marks(stage.world, stage.duties)
    for duty in stage.duties:
        fails = 0 if duty.kind is Kind.MARK else duty.runs
        well = duty.runs - fails
        assert runs[duty.task_hash] == (well, fails), f"{duty}: {runs[duty.task_hash]}"
        assert marks[duty.task_hash] == well, f"{duty}: called {marks[duty.task_hash]} times"


def check_keeper(stage: Stage, keeper: Keeper) -> list[Mined]:
    """No nonce is stuck, nothing was sent unjournaled, the books equal the chain's."""
    mined = mined_by_all(stage, keeper)
    assert [tx.nonce for tx in mined] == list(range(len(mined))), f"{keeper.name}: {mined}"
    assert stage.pending(keeper.account) == 0, f"{keeper.name}: transactions wait in the pool"
    assert stage.nonce(keeper.account, "pending") == len(mined)
    ledger = read_store(keeper.store)
    own = [tx for tx in mined if tx.tx_hash not in stage.foreign]
    unknown = [tx for tx in own if tx.tx_hash not in ledger.journaled]
    assert not unknown, f"{keeper.name}: sent but not journaled: {unknown}"
    assert not ledger.unsettled, f"{keeper.name}: nonces {ledger.unsettled} are still open"
    unbooked = [tx for tx in own if tx.tx_hash not in ledger.booked]
    assert not unbooked, f"{keeper.name}: mined but not booked: {unbooked}"
    profit = earned(stage, keeper, mined)
    assert ledger.profit == profit, (
        f"{keeper.name}: the books say {ledger.profit}, the chain {profit}"
    )
    return own


def mined_by_all(stage: Stage, keeper: Keeper) -> list[Mined]:
    """Transactions with a keeper's key, whoever sent them."""
    return mined_by(stage.chain, keeper.account.address, stage.begun)


def earned(stage: Stage, keeper: Keeper, mined: list[Mined]) -> int:
    """What the executor's balance says, but for what others did with its key."""
    others = sum(tx.cost for tx in mined if tx.tx_hash in stage.foreign)
    return stage.chain.balance(keeper.account.address) - PURSE + others
