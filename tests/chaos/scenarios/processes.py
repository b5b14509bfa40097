"""What is done to the keeper's process, its store and its key."""

from __future__ import annotations

from random import Random

from tests.chaos.scenario import scenario
from tests.chaos.stage import Stage
from tests.support.faults.faults import Told

# Where the process is killed: half of the time before or after it sends, else at any request.
SEND = ("eth_sendRawTransaction",)
RECEIPT = ("eth_getTransactionReceipt",)
REQUESTS = 150  # about as many as it makes until a batch is booked


def point_of(luck: Random) -> tuple[tuple[str, ...], int]:
    """Methods, and how many of them pass before the one that is the last."""
    draw = luck.random()
    if draw < 0.5:
        return SEND, 0
    return (RECEIPT, luck.randrange(3)) if draw < 0.6 else ((), luck.randrange(REQUESTS))


@scenario(50, few=4)
def kill(stage: Stage, rounds: int) -> None:
    """kill -9 at random points, most of them around sending; same store each time"""
    proxy = stage.proxy()
    keeper = stage.keeper(rpc=proxy.http)
    for _ in range(rounds):
        stage.schedule(4, soonest=4, within=12)
        told = Told(keeper.kill, node_acts=stage.luck.random() < 0.5)
        methods, skip = point_of(stage.luck)
        keeper.start()
        with proxy.program.during(told, *methods, skip=skip, times=1):
            stage.wait(lambda: not keeper.is_running())
        stage.kills += 1
    keeper.start()
    stage.settle()


@scenario(5, few=1)
def kill_after_send(stage: Stage, rounds: int) -> None:
    """kill -9 just when the node has taken a transaction, and before the keeper hears of it"""
    proxy = stage.proxy()
    keeper = stage.keeper(rpc=proxy.http)
    for _ in range(rounds):
        stage.schedule(4, soonest=4, within=12)
        keeper.start()
        with proxy.program.during(Told(keeper.kill, node_acts=True), *SEND, times=1):
            stage.wait(lambda: not keeper.is_running())
        stage.kills += 1
    keeper.start()
    stage.settle()


@scenario(6, few=1)
def one_key(stage: Stage, rounds: int) -> None:
    """two keepers with one key and one store: one leads, the other takes over when it is killed"""
    leader, waiting = stage.keeper("first", of="one"), stage.keeper("second", of="one")
    leader.start()
    for _ in range(rounds):
        stage.schedule(15, soonest=10, within=30)
        waiting.start()
        stage.wait_for_batch(leader)
        stage.kill(leader)
        leader, waiting = waiting, leader
        leader.said("keeper_started")
    stage.settle()


@scenario(1, few=1, waste=200)
def two_keys(stage: Stage, rounds: int) -> None:
    """two keepers with two keys race for the same tasks; a lost race costs 25,000 gas at most"""
    for name in ("one", "two"):
        stage.working(name)
    for _ in range(rounds):
        stage.schedule(120, within=60)
        stage.settle()


@scenario(3)
def key_used_outside(stage: Stage, rounds: int) -> None:
    """somebody else sends with the executor's key: before, instead of, and ahead of the keeper"""
    keeper = stage.working()
    for number in range(rounds):
        stage.schedule(10, soonest=8, within=6)
        with stage.out(keeper):
            nonce = stage.nonce(keeper.account)
            if number % 3 == 2:  # behind ours, with ours gone
                stage.chain.rpc("anvil_dropAllTransactions")
                nonce += 1
            stage.hand_in([stage.use_key(keeper.account, nonce)], keeper.account)
        stage.settle()


@scenario(2)
def no_funds(stage: Stage, rounds: int) -> None:
    """the executor cannot pay for gas, until somebody funds it"""
    keeper = stage.working()
    for _ in range(rounds):
        stage.schedule(10, soonest=5, within=5)
        had = stage.chain.balance(keeper.account.address)
        stage.fund(keeper.account, 10**12)
        stage.wait_blocks(20)
        stage.fund(keeper.account, had)
        stage.settle()
