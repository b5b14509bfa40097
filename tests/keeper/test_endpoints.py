"""Several nodes as one: who is asked, who is believed, and who may not even start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import structlog

from keeper.errors import NoEndpoint, NotATaskManager, WrongChain, WrongStore
from keeper.providers.endpoint import short_name
from keeper.providers.heads import Heads, HeadStream
from keeper.providers.pool import Endpoints, open_endpoints
from keeper.signals import FailedOver, HeadSeen, Signal, Signals
from keeper.startup import find_manager
from keeper.types import Reading
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.types import BlockNumber, TaskStatus, as_address
from taskwork.devnet.node import NodeOptions, running_node
from tests.keeper.support import PATIENCE_S, running_keeper, settings_for
from tests.support.chain import Chain, chain_on
from tests.support.faults.behind import lagging
from tests.support.faults.faults import Garbage, HalfJson, Hang, HttpStatus, says
from tests.support.faults.proxy import running_proxy

READING = Reading(timeout_s=1.0, poll_interval_s=0.05, max_lag=2)


async def next_head(endpoints: Endpoints, signals: Signals) -> BlockNumber:
    async with Heads(endpoints, READING, signals) as heads, asyncio.timeout(PATIENCE_S):
        head = await heads.subscribe().next(asyncio.Event())
        assert head is not None
        return head.number


@pytest.mark.unit
@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://user:pass@node.example/v3/token?key=1", "node.example"),
        ("ws://127.0.0.1:8546/token", "127.0.0.1:8546"),
        ("/run/geth.ipc", "ipc"),
    ],
)
def test_short_name__url_with_secrets__is_the_host_alone(url: str, name: str) -> None:
    assert short_name(url) == name


@pytest.mark.unit
def test_open_endpoints__same_host_twice__have_names_of_their_own() -> None:
    found = open_endpoints(["http://a/1", "http://a/2", "http://b"], READING, Signals())
    assert [endpoint.name for endpoint in found.all] == ["a", "a#2", "b"]


@pytest.mark.integration
async def test_start__one_endpoint_of_another_chain__is_refused(
    chain: Chain, tmp_path: Path
) -> None:
    with running_node(tmp_path / "other.log", NodeOptions(chain_id=5)) as other:
        settings = settings_for(chain, rpc=f"{chain.url},{other.url}")
        async with open_endpoints(settings.endpoints, READING, Signals()) as endpoints:
            with pytest.raises(WrongChain, match="serves chain 5, not 31337"):
                await find_manager(endpoints, settings)


@pytest.mark.integration
async def test_start__contract_of_another_kind__is_refused(chain: Chain) -> None:
    factory = await deploy_missing(chain.web3, chain.owner, "EnvoyFactory")
    for address in (factory, chain.counter, chain.owner.address):
        settings = settings_for(chain, manager=address)
        async with open_endpoints(settings.endpoints, READING, Signals()) as endpoints:
            with pytest.raises(NotATaskManager, match=f"no TaskManager at {address}"):
                await find_manager(endpoints, settings)


@pytest.mark.integration
async def test_start__code_altered_by_a_byte__is_refused(chain: Chain) -> None:
    code = bytearray(await chain.web3.eth.get_code(chain.manager.address))
    code[40] ^= 1
    altered = as_address("0x" + "a1" * 20)  # of its own: other tests go on with this node
    await chain.rpc("anvil_setCode", altered, f"0x{code.hex()}")
    settings = settings_for(chain, manager=altered)
    async with open_endpoints(settings.endpoints, READING, Signals()) as endpoints:
        with pytest.raises(NotATaskManager):
            await find_manager(endpoints, settings)


@pytest.mark.integration
async def test_start__some_endpoint_away__goes_on_with_the_rest(chain: Chain) -> None:
    settings = settings_for(chain, rpc=f"http://127.0.0.1:1,{chain.url}")
    async with open_endpoints(settings.endpoints, READING, Signals()) as endpoints:
        with structlog.testing.capture_logs() as said:
            found = await find_manager(endpoints, settings)
    assert found.manager == chain.manager.address
    assert said[0]["event"] == "endpoint_lost"


@pytest.mark.integration
async def test_start__all_endpoints_away__names_each(chain: Chain) -> None:
    settings = settings_for(chain, rpc="http://127.0.0.1:1,ws://127.0.0.1:2")
    async with open_endpoints(settings.endpoints, READING, Signals()) as endpoints:
        with pytest.raises(NoEndpoint) as caught:
            await find_manager(endpoints, settings)
    assert len(caught.value.troubles) == 2
    assert "127.0.0.1:2" in str(caught.value)


@pytest.mark.integration
async def test_start__store_of_another_manager__is_refused(chain: Chain, tmp_path: Path) -> None:
    store = str(tmp_path / "keeper.db")
    async with running_keeper(chain, None, store=store) as keeper:
        await keeper.said("keeper_started")
    other = await deploy_missing(
        chain.web3, chain.owner, "TaskManager", 7, chain.owner.address, salt=b"\x77" * 32
    )
    with pytest.raises(WrongStore, match="the store is about manager"):
        async with running_keeper(chain, None, store=store, manager=other) as keeper:
            await asyncio.wait([keeper.task], timeout=PATIENCE_S)


@pytest.mark.integration
@pytest.mark.parametrize("fault", [HttpStatus(429), Garbage(b"<html>"), HalfJson(), Hang(30)])
async def test_keeper__first_endpoint_misbehaves__executes_through_the_second(
    chain: Chain, fault: object
) -> None:
    """Within one block: the task is executed in the block after the one that made it due."""
    with running_proxy(chain.url) as bad:
        rpc = f"{bad.http},{chain.url}"
        async with running_keeper(chain, chain.executor, rpc=rpc, request_timeout_s=1) as keeper:
            await keeper.said("keeper_started")
            task_hash = await chain.schedule(chain.counter, b"\x00" * 4, ahead=12)
            due = (await chain.manager.get_task_info(task_hash)).metrics.next_block
            with bad.program.during(fault):  # type: ignore[arg-type]
                await chain.mine_to(due - 1)
                executed = await keeper.said("batch_executed")

    assert executed["block"] == due
    assert any(isinstance(signal, FailedOver) for signal in keeper.signals)


@pytest.mark.integration
async def test_keeper__first_endpoint_is_behind__follows_the_second(chain: Chain) -> None:
    await chain.mine(10)
    with running_proxy(chain.url) as old, old.program.during(lagging(6)):
        heard: list[Signal] = []
        signals = Signals()
        signals.subscribe(heard.append)
        async with open_endpoints([old.http, chain.url], READING, signals) as endpoints:
            async with Heads(endpoints, READING, signals) as heads:
                stream = heads.subscribe()
                async with asyncio.timeout(PATIENCE_S):
                    while (head := await stream.next(asyncio.Event())) is None or (
                        head.number < await chain.head()
                    ):
                        pass
            usable = [endpoint.name for endpoint in endpoints.usable()]

    assert usable == [short_name(chain.url)]
    assert max(s.number for s in heard if isinstance(s, HeadSeen)) == await chain.head()


@pytest.mark.integration
async def test_keeper__endpoint_lies_about_the_nonce__sends_what_can_be_mined(
    chain: Chain,
) -> None:
    task_hash = await chain.schedule_due()
    with (
        running_proxy(chain.url) as liar,
        running_proxy(chain.url) as honest,
        liar.program.during(says("0xffffff"), "eth_getTransactionCount"),
    ):
        rpc = f"{honest.http},{liar.http}"
        async with running_keeper(chain, chain.executor, rpc=rpc) as keeper:
            failed = await keeper.said("cycle_failed")
        assert failed["bot"] == "executor"  # a first start cannot tell which of two lies
        rpc += f",{chain.url}"
        async with running_keeper(chain, chain.executor, rpc=rpc) as keeper:
            await keeper.said("batch_executed")
    assert await chain.manager.get_task_status(task_hash) is TaskStatus.COMPLETED


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["ws", "ipc"])
async def test_keeper__pushed_heads__executes_before_it_would_have_looked(
    kind: str, tmp_path: Path
) -> None:
    socket = tmp_path / "anvil.ipc"
    with running_node(tmp_path / "anvil.log", NodeOptions(ipc=socket)) as node:
        rpc = {"ws": node.url.replace("http", "ws"), "ipc": str(socket)}[kind]
        async with (
            chain_on(node) as chain,
            running_keeper(chain, chain.executor, rpc=rpc, poll_interval_s=600) as keeper,
        ):
            await keeper.said("keeper_started")
            await chain.schedule_due()
            executed = await keeper.said("batch_executed")
    assert executed["executed"] == 1


@pytest.mark.integration
async def test_heads__follower_ends_by_a_surprise__is_told_and_started_again(chain: Chain) -> None:
    async with open_endpoints([chain.url], READING, Signals()) as endpoints:
        (endpoint,) = endpoints.all
        async with Heads(endpoints, READING, Signals()) as heads, asyncio.timeout(PATIENCE_S):
            stream, stop = heads.subscribe(), asyncio.Event()
            first = await stream.next(stop)
            endpoint.pushed = None  # type: ignore[assignment]
            with pytest.raises(AttributeError):
                await follow(stream, chain)
            endpoint.pushed = asyncio.Event()
            await chain.mine()
            second = await stream.next(stop)
    assert first is not None
    assert second is not None
    assert second.number > first.number


async def follow(stream: HeadStream, chain: Chain) -> None:
    while await stream.next(asyncio.Event()):
        await chain.mine()
