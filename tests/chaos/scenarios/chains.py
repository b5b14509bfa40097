"""What the chain does: it takes blocks back, it becomes dear, it loses transactions, it halts."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.chain import GWEI
from benchmarks.keeping import Keeper, executor
from benchmarks.world import REFUSER_CODE
from tests.chaos.scenario import scenario
from tests.chaos.stage import Signed, Stage

# What happens to the blocks after one of them, in which these transactions of a keeper were.
TakeBack = Callable[[Stage, Keeper, int, list[Signed]], None]

DEEPEST = 10
REPEATED = 6  # batches of blocks taken back: the first one sent again leaves the others nothing
SPIKE = (1, 2, 4, 7, 10, 10, 10, 10, 6, 3)  # times the base fee, block by block


def reorganise(stage: Stage, rounds: int, take_back: TakeBack) -> None:
    """Let it execute, and take those blocks back, one deeper each time."""
    keeper = stage.working()
    for number in range(rounds):
        depth = number % DEEPEST + 1
        stage.schedule(6, soonest=depth + 4, within=depth)
        stage.wait_for_booking(keeper)
        stage.wait_blocks(depth // 2)
        with stage.miner.paused():
            first = min(stage.chain.head() - depth, stage.last_batch(keeper) - 1)
            take_back(stage, keeper, first, stage.sent_since(first, keeper.account))
        stage.settle()
        stage.wait_blocks(2)


@scenario(10, few=2, waste=REPEATED)
def reorg_out(stage: Stage, rounds: int) -> None:
    """blocks 1 to 10 deep are taken back, and our transactions are gone"""

    def take_back(stage: Stage, _: Keeper, first: int, __: list[Signed]) -> None:
        stage.reorganise(stage.chain.head() - first)

    reorganise(stage, rounds, take_back)


@scenario(10, waste=REPEATED)
def reorg_in(stage: Stage, rounds: int) -> None:
    """blocks 1 to 10 deep are taken back; our transactions are in again, in the last of them"""

    def take_back(stage: Stage, _: Keeper, first: int, ours: list[Signed]) -> None:
        depth = stage.chain.head() - first
        stage.reorganise(depth, *[()] * (depth - 1), ours)

    reorganise(stage, rounds, take_back)


@scenario(10, waste=REPEATED)
def reorg_raced(stage: Stage, rounds: int) -> None:
    """blocks 1 to 10 deep are taken back; in the new ones a rival was faster"""
    rival = executor("rival")
    stage.fund(rival)

    def take_back(stage: Stage, keeper: Keeper, first: int, ours: list[Signed]) -> None:
        race = stage.race(rival, stage.nonce_at(rival, first))
        depth = stage.chain.head() - first
        stage.reorganise(depth, *[()] * (depth - 1), [race])
        stage.hand_in(ours, keeper.account)

    reorganise(stage, rounds, take_back)


@scenario(10, waste=REPEATED)
def reorg_replaced(stage: Stage, rounds: int) -> None:
    """blocks 1 to 10 deep are taken back; our nonce went to a transaction of somebody else's"""

    def take_back(stage: Stage, keeper: Keeper, first: int, ours: list[Signed]) -> None:
        nonce = stage.nonce_at(keeper.account, first)
        stage.reorganise(stage.chain.head() - first, [stage.use_key(keeper.account, nonce)])
        stage.hand_in(ours, keeper.account)

    reorganise(stage, rounds, take_back)


@scenario(3, few=1)
def fee_spikes(stage: Stage, rounds: int) -> None:
    """the base fee is tenfold within five blocks, now and then above what the owners pay"""
    stage.miner.weather = weather
    stage.working()
    for _ in range(rounds):
        stage.schedule(60, within=60)
        stage.settle()


def weather(block: int) -> int:
    highest = 6 * GWEI if block // 20 % 3 == 2 else GWEI  # then 60 gwei: above the ceiling of 50
    return SPIKE[block % 20] * highest if block % 20 < len(SPIKE) else GWEI


@scenario(4)
def vanishing(stage: Stage, rounds: int) -> None:
    """the node's pool forgets our transactions before they are mined, twice in a row"""
    keeper = stage.working()
    for _ in range(rounds):
        stage.schedule(12, soonest=5, within=4)
        for _ in range(2):
            with stage.out(keeper):
                stage.chain.rpc("anvil_dropAllTransactions")
        stage.settle()


@scenario(2)
def halted(stage: Stage, rounds: int) -> None:
    """no block comes for a while, with a transaction out"""
    keeper = stage.working(block_timeout_s=2)
    for _ in range(rounds):
        stage.schedule(12, soonest=5, within=6)
        with stage.out(keeper):
            time.sleep(5)
        stage.settle()


@scenario(3, few=1, waste=1)
def reverted(stage: Stage, rounds: int) -> None:
    """a transaction that was simulated well reverts when it is included"""
    keeper = stage.working()
    manager = stage.world.manager
    code = stage.chain.rpc("eth_getCode", manager, "latest")
    for _ in range(rounds):
        stage.schedule(12, soonest=5, within=4)
        with stage.out(keeper):
            stage.chain.place_code(manager, REFUSER_CODE)
            stage.miner.mine_one()
            stage.chain.place_code(manager, code)
        stage.settle()
