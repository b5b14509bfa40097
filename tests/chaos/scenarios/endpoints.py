"""What is done to the nodes that the keeper asks."""

from __future__ import annotations

from contextlib import ExitStack

from tests.chaos.scenario import scenario
from tests.chaos.stage import Stage
from tests.support.faults import faults
from tests.support.faults.behind import lagging, stuck_at

SEND = "eth_sendRawTransaction"
RECEIPT = "eth_getTransactionReceipt"
COUNT = "eth_getTransactionCount"
TASKS = 40


def work_through(stage: Stage, *, count: int = TASKS) -> None:
    stage.schedule(count, soonest=8, within=30)
    stage.settle()


@scenario(4, few=1)
def lost(stage: Stage, rounds: int) -> None:
    """requests and answers get lost, one in ten; every other answer to sending does"""
    proxy = stage.proxy()
    stage.working(rpc=proxy.http)
    with (
        proxy.program.during(faults.AnswerLost(), SEND, skip=1, times=1, repeats=True),
        proxy.program.during(faults.RequestLost(), skip=20, chance=0.05),
        proxy.program.during(faults.AnswerLost(), skip=20, chance=0.05),
    ):
        for _ in range(rounds):
            work_through(stage)


@scenario(4, few=1)
def garbage(stage: Stage, rounds: int) -> None:
    """answers that are no JSON, half of one, huge, or not what was asked for"""
    proxy = stage.proxy()
    stage.working(rpc=proxy.http)
    with ExitStack() as bad:
        for fault in (
            faults.Garbage(),
            faults.HalfJson(),
            faults.Huge(5_000_000),
            faults.says({"not": "this"}),
            faults.says(None),
        ):
            bad.enter_context(proxy.program.during(fault, skip=20, chance=0.02))
        bad.enter_context(proxy.program.during(faults.HalfJson(), SEND, times=1))
        for _ in range(rounds):
            work_through(stage)


@scenario(4)
def throttled(stage: Stage, rounds: int) -> None:
    """429 with and without Retry-After, 503, and a node that is up and down in turns"""
    proxy = stage.proxy()
    stage.working(rpc=proxy.http)
    odd = (
        faults.HttpStatus(429, {"Retry-After": "1"}),
        faults.HttpStatus(429),
        faults.HttpStatus(503),
    )
    for number in range(rounds):
        fault = odd[number % len(odd)]
        with proxy.program.during(fault, skip=30, times=10, repeats=True):
            work_through(stage)


@scenario(3)
def hanging(stage: Stage, rounds: int) -> None:
    """sockets that stay silent, before and after the node acted, and slow answers"""
    proxy = stage.proxy()
    stage.working(rpc=proxy.http, request_timeout_s=0.5)
    with (
        proxy.program.during(faults.Hang(node_acts=True), SEND, skip=1, times=1, repeats=True),
        proxy.program.during(faults.Hang(), skip=20, chance=0.02),
        proxy.program.during(faults.Slow(0.2), skip=20, chance=0.1),
    ):
        for _ in range(rounds):
            work_through(stage)


@scenario(3)
def stale(stage: Stage, rounds: int) -> None:
    """the wanted endpoint stands still or lags, the other one does not"""
    old, good = stage.proxy(), stage.proxy()
    stage.working(rpc=f"{old.http},{good.http}")
    for number in range(rounds):
        view = lagging(6) if number % 2 else stuck_at(stage.chain.head())
        with old.program.during(view):
            work_through(stage)


@scenario(3)
def liars(stage: Stage, rounds: int) -> None:
    """one of three endpoints tells wrong nonces, wrong receipts, or of another chain"""
    liar, others = stage.proxy(), (stage.proxy(), stage.proxy())
    stage.working(rpc=",".join(proxy.http for proxy in (liar, *others)))
    lies = (
        (faults.off_by(1), COUNT),
        (faults.off_by(-1), COUNT),
        (faults.says(None), RECEIPT),
        (faults.failed_receipt(), RECEIPT),
        (faults.says("0x1"), "eth_chainId"),
    )
    for _ in range(rounds):
        for lie, method in lies:
            with liar.program.during(lie, method):
                work_through(stage, count=TASKS // 4)


@scenario(3, few=1)
def failover(stage: Stage, rounds: int) -> None:
    """the endpoints go away in turns, the websocket with its subscription among them"""
    proxies = [stage.proxy(), stage.proxy()]
    stage.working(rpc=f"{proxies[0].ws},{proxies[1].http}")
    for number in range(rounds):
        stage.schedule(TASKS, soonest=8, within=30)
        stage.wait_blocks(12)
        with proxies[number % 2].away():
            stage.settle()


@scenario(2)
def quiet_subscription(stage: Stage, rounds: int) -> None:
    """a websocket that is open and tells of no head any more"""
    proxy, other = stage.proxy(), stage.proxy()
    stage.working(rpc=f"{proxy.ws},{other.http}")
    with proxy.program.during(faults.Muted(), "eth_subscription", skip=20):
        for _ in range(rounds):
            work_through(stage)


@scenario(4)
def private_endpoint(stage: Stage, rounds: int) -> None:
    """the private endpoint is away, silent, refuses, or swallows what it accepted"""
    private = stage.proxy()
    stage.working(private_rpc=private.http, private_blocks=2)
    troubles = (faults.Swallowed(), faults.Hang(), faults.Refused(), faults.AnswerLost())
    for number in range(rounds):
        with private.program.during(troubles[number % len(troubles)], SEND):
            work_through(stage)
    with private.away():
        work_through(stage)


@scenario(1)
def outage(stage: Stage, rounds: int) -> None:
    """all endpoints are away while 300 blocks go by and everything becomes due"""
    proxies = [stage.proxy(), stage.proxy()]
    stage.working(rpc=",".join(proxy.http for proxy in proxies))
    for _ in range(rounds):
        stage.schedule(TASKS * 3, soonest=20, within=60, recurring=0.1)
        stage.wait_blocks(40)
        with proxies[0].away(), proxies[1].away():
            stage.miner.skip_to(stage.chain.head() + 300)
            stage.wait_blocks(25)
        stage.settle()
