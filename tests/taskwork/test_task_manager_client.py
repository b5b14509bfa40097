"""The typed client against the real contract on a real chain."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace

import pytest

from taskwork.chain.abi import load_abi
from taskwork.chain.addresses import create2_address
from taskwork.chain.contract_errors import TaskManager_UnknownTask
from taskwork.chain.deploy import deploy_missing, has_code
from taskwork.chain.envoy_factory import EnvoyFactoryClient
from taskwork.chain.events import (
    BondDeposited,
    Event,
    ExecutorReimbursed,
    TaskCancelled,
    TaskCommitted,
    TaskConfigUpdated,
    TaskExecuted,
    TaskReactivated,
    TaskScheduled,
    TaskScheduleSet,
    TasksExecuted,
)
from taskwork.chain.lens import TaskManagerLensClient, lens_address
from taskwork.chain.rpc import batch, connect
from taskwork.chain.task_manager import TaskManagerClient, compute_committed_hash, compute_task_hash
from taskwork.chain.transactions import Call, Fees, send, simulate_many, wait_mined
from taskwork.chain.types import (
    UNLIMITED,
    ZERO_ADDRESS,
    Address,
    BlockNumber,
    Gas,
    PriceTerms,
    Reason,
    SizeClass,
    TaskHash,
    TaskSchedule,
    TaskStatus,
    Wei,
    as_address,
)
from taskwork.errors import (
    ChainError,
    ConfigError,
    ContractError,
    MethodMissing,
    NotMined,
    TransactionFailed,
)
from tests.support.chain import ETHER, GWEI, Chain, bump, refuse
from tests.support.gateway import running_gateway

pytestmark = pytest.mark.integration

NO_TASK = TaskHash("0x" + "00" * 31 + "07")


async def test_schedule__one_task__reads_back_as_it_was_sent(chain: Chain) -> None:
    start = await chain.head() + 30
    definition = chain.define(chain.counter, bump(), start=start)
    call = chain.manager.calls.schedule_task(definition, value=Wei(ETHER))
    receipt = await chain.manager.send(chain.owner, call)

    (scheduled,) = chain.manager.events_in(receipt, TaskScheduled)
    info = await chain.manager.get_task_info(scheduled.task_hash)
    owner = Address(chain.owner.address)
    assert scheduled == TaskScheduled(scheduled.at, scheduled.task_hash, owner, BlockNumber(start))
    assert scheduled.at.block == receipt["blockNumber"]
    assert info.definition == definition
    assert info.metrics.next_block == start
    assert await chain.manager.get_task_status(scheduled.task_hash) is TaskStatus.QUEUED
    assert await chain.manager.get_account_nonce(owner) == 1


async def test_compute_task_hash__scheduled_task__is_what_the_chain_says(chain: Chain) -> None:
    task_hash = await chain.schedule(chain.counter, bump())
    task = (await chain.manager.get_task_info(task_hash)).definition.task
    task_id = int(task_hash[-16:], 16)
    assert compute_task_hash(31337, chain.manager.address, task, task_id) == task_hash


async def test_reads__queue__page_through_all_of_it(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskwork.chain.task_manager._PAGE", 2)
    hashes = [await chain.schedule(chain.counter, bump(), ahead=50 - 3 * n) for n in range(5)]
    owner, manager = Address(chain.owner.address), chain.manager
    start, end = BlockNumber(0), BlockNumber(10**6)
    infos = [await manager.get_task_info(task_hash) for task_hash in hashes]
    blocks = {h: info.metrics.next_block for h, info in zip(hashes, infos, strict=True)}

    assert await manager.get_account_tasks(owner) == hashes
    assert await manager.get_tasks_in_range(start, end) == sorted(hashes, key=blocks.__getitem__)
    assert len(await manager.get_tasks_in_range(start, end, limit=3)) == 3
    assert await manager.get_next_execution_block_in_range(start, end) == min(blocks.values())
    assert await manager.get_next_execution_block_in_range(start, BlockNumber(1)) is None
    assert await manager.get_account_tasks_with_blocks(owner) == blocks
    assert await manager.get_next_blocks_for_tasks(hashes) == blocks
    stranger = Address(chain.executor.address)
    assert set((await manager.get_next_execution_blocks(stranger, hashes)).values()) == {0}
    tasks, gas = await manager.block_load(blocks[hashes[0]], SizeClass.SMALL)
    assert (tasks, gas) == (1, 60_000)


async def test_reads__money__agree_with_what_was_paid(chain: Chain) -> None:
    owner, manager = Address(chain.owner.address), chain.manager
    terms = manager.calls.set_price_terms(
        ceiling=Wei(20 * GWEI), tip=Wei(GWEI), premium_cap=Wei(2 * GWEI), failure_limit=3
    )
    await manager.send(chain.owner, terms)
    receipt = await manager.send(chain.owner, manager.calls.deposit_bond(owner, value=Wei(ETHER)))
    (deposited,) = manager.events_in(receipt, BondDeposited)
    start = await chain.head() + 30
    definition = chain.define(chain.counter, bump(), start=start)
    required = await manager.estimate_required_bond(definition, Wei(20 * GWEI))
    await manager.send(chain.owner, manager.calls.schedule_task(definition))
    (task_hash,) = await manager.get_account_tasks(owner)

    in_force = await manager.price_terms_of(owner)
    bond = await manager.bond_of(owner)
    assert deposited.amount == ETHER
    assert in_force == PriceTerms(Wei(20 * GWEI), Wei(GWEI), Wei(2 * GWEI), 3, 1)
    assert await manager.task_price_terms(task_hash) == in_force
    assert (bond.total, bond.reserved) == (ETHER, required)
    assert (await manager.get_task_info(task_hash)).metrics.reserved_bond == required
    assert await manager.credit_of(owner) == await manager.fees_owed() == 0
    await manager.send(chain.owner, manager.calls.withdraw_bond(bond.free))
    assert (await manager.bond_of(owner)).free == 0


async def test_reads__identity__are_those_of_the_chain(chain: Chain) -> None:
    manager = chain.manager
    envoy = await manager.envoy_of(Address(chain.owner.address))
    assert envoy not in {ZERO_ADDRESS, chain.owner.address}
    assert await manager.clock() == await chain.head()
    assert await manager.clock_mode() == "mode=blocknumber&from=default"
    assert len(await manager.extsload(bytes(32))) == 66


async def test_envoy_factory__owner__gets_the_envoy_that_was_foreseen(chain: Chain) -> None:
    owner = Address(chain.owner.address)
    factory = EnvoyFactoryClient(chain.web3, await chain.manager.envoy_factory())
    envoy = await factory.envoy_of(owner)
    assert envoy == await chain.manager.envoy_of(owner)
    assert await factory.manager() == chain.manager.address
    assert len(await factory.init_code_hash()) == 66
    assert not await has_code(chain.web3, envoy)
    await factory.send(chain.executor, factory.calls.create(owner))
    assert await has_code(chain.web3, envoy)


async def test_simulate_many__more_than_a_batch__answers_in_order(chain: Chain) -> None:
    owners = [as_address(f"0x{number:040x}") for number in range(1, 251)]
    abi = load_abi("TaskManager")
    calls = [
        Call(chain.manager.address, abi.encode_call("envoyOf(address)", [one])) for one in owners
    ]
    found = await simulate_many(chain.web3, calls)
    assert len(set(found)) == len(owners)
    for index in (0, 99, 100, 249):
        assert found[index][-20:].hex() == (await chain.manager.envoy_of(owners[index]))[2:].lower()
    assert await simulate_many(chain.web3, []) == []


async def test_simulate_many__one_that_reverts__names_its_error(chain: Chain) -> None:
    abi = load_abi("TaskManager")
    good = Call(chain.manager.address, abi.encode_call("clock()", []))
    bad = Call(chain.manager.address, abi.encode_call("getTaskInfo(bytes32)", [NO_TASK]))
    with pytest.raises(TaskManager_UnknownTask) as caught:
        await simulate_many(chain.web3, [good, bad])
    assert caught.value.args_by_name == {"taskHash": NO_TASK}


async def test_batch__method_that_the_node_does_not_know__says_so(chain: Chain) -> None:
    with pytest.raises(MethodMissing):
        await batch(chain.web3, [("eth_chainId", []), ("eth_thinkHard", [])])


async def test_execute__queue__events_add_up(chain: Chain) -> None:
    good = await chain.schedule(chain.counter, bump(), ahead=20)
    bad = await chain.schedule(chain.reverter, refuse(), ahead=20)
    await chain.mine(25)
    call = chain.manager.calls.execute_queued_tasks(50_000)
    executor = Address(chain.executor.address)

    simulated = await chain.manager.simulate(call, sender=executor, gas=Gas(3_000_000))
    receipt = await chain.manager.send(chain.executor, call, gas=Gas(3_000_000))
    (batch,) = chain.manager.events_in(receipt, TasksExecuted)
    runs = chain.manager.events_in(receipt, TaskExecuted)

    assert simulated == (batch.executed, batch.failed) == (1, 1)
    assert {run.task_hash: run.success for run in runs} == {good: True, bad: False}
    assert {e.executor for e in chain.manager.events_in(receipt, ExecutorReimbursed)} == {executor}


async def test_events__range_of_blocks__are_read_in_spans_and_in_order(chain: Chain) -> None:
    first = await chain.head()
    task_hash = await chain.schedule(chain.counter, bump())
    await chain.mine(5)
    await chain.manager.send(chain.owner, chain.manager.calls.cancel_task(task_hash))
    last = await chain.head()

    found = [event async for event in chain.manager.events(first, last, span=2)]
    assert found == [event async for event in chain.manager.events(first, last)]
    assert [event.at for event in found] == sorted(event.at for event in found)
    assert {type(event) for event in found} >= {TaskScheduled, TaskCancelled}


async def test_life__pause_resume_and_cancel__is_told_by_events(chain: Chain) -> None:
    manager = chain.manager
    task_hash = await chain.schedule(chain.counter, bump(), ahead=40)
    definition = (await manager.get_task_info(task_hash)).definition
    schedule = TaskSchedule(definition.schedule.start_block, 100, UNLIMITED, active=False)
    paused = replace(definition, schedule=schedule)

    receipt = await manager.send(chain.owner, manager.calls.update_task_schedule(task_hash, paused))
    assert len(manager.events_in(receipt, TaskConfigUpdated)) == 1
    assert await manager.get_task_status(task_hash) is TaskStatus.PAUSED
    assert (await manager.get_task_info(task_hash)).definition == paused

    receipt = await manager.send(chain.owner, manager.calls.reactivate(task_hash))
    (revived,) = manager.events_in(receipt, TaskReactivated)
    assert revived.next_block == definition.schedule.start_block

    receipt = await manager.send(chain.owner, manager.calls.cancel_task(task_hash))
    assert [type(e) for e in manager.events_in(receipt, Event)] == [TaskCancelled]
    assert await manager.get_task_status(task_hash) is TaskStatus.CANCELLED


async def test_send__call_that_would_revert__names_the_error_and_sends_nothing(
    chain: Chain,
) -> None:
    before = await chain.web3.eth.get_transaction_count(chain.owner.address)
    with pytest.raises(ContractError) as caught:
        await chain.manager.send(chain.owner, chain.manager.calls.cancel_task(NO_TASK))
    assert caught.value.name == "TaskManager_UnknownTask"
    assert caught.value.args_by_name == {"taskHash": NO_TASK}
    assert await chain.web3.eth.get_transaction_count(chain.owner.address) == before


async def test_send__reverts_when_mined__says_where(chain: Chain) -> None:
    call = chain.manager.calls.cancel_task(NO_TASK)
    with pytest.raises(TransactionFailed) as caught:
        await chain.manager.send(chain.owner, call, gas=Gas(100_000))
    assert caught.value.block == await chain.head()


async def test_wait_mined__never_mined__gives_up_in_time(chain: Chain) -> None:
    await chain.rpc("evm_setAutomine", False)
    fees = Fees(Wei(5 * GWEI), Wei(GWEI))
    call = Call(chain.counter, bump())
    with pytest.raises(NotMined) as caught:
        await send(chain.web3, chain.owner, call, fees=fees, timeout_s=0.2)
    await chain.mine()
    receipt = await wait_mined(chain.web3, caught.value.tx_hash, timeout_s=5)
    assert receipt["status"] == 1


async def test_read__address_without_code__is_a_chain_error(chain: Chain) -> None:
    nobody = TaskManagerClient(chain.web3, chain.owner.address)
    with pytest.raises(ChainError, match="no TaskManager answered"):
        await nobody.clock()


async def test_deploy_missing__twice__deploys_once_where_it_was_foreseen(chain: Chain) -> None:
    arguments = (7, chain.owner.address)
    foreseen = create2_address(load_abi("TaskManager").encode_init(arguments))
    assert await deploy_missing(chain.web3, chain.owner, "TaskManager", *arguments) == foreseen
    head = await chain.head()
    assert await deploy_missing(chain.web3, chain.owner, "TaskManager", *arguments) == foreseen
    assert await chain.head() == head


async def test_lens__task_not_due__explains_and_quotes(chain: Chain) -> None:
    manager = chain.manager
    with pytest.raises(ConfigError, match="no TaskManagerLens"):
        await TaskManagerLensClient.of(chain.web3, manager.address)
    address = await deploy_missing(chain.web3, chain.owner, "TaskManagerLens", manager.address)
    lens = await TaskManagerLensClient.of(chain.web3, manager.address)
    task_hash = await chain.schedule(chain.counter, bump(), ahead=30)
    next_block = (await manager.get_task_info(task_hash)).metrics.next_block

    found = await lens.explain(task_hash)
    quote = await lens.quote(next_block, 2, Gas(60_000))
    assert lens.address == address == lens_address(manager.address)
    assert (found.reason, found.status) == (Reason.NOT_DUE, TaskStatus.QUEUED)
    assert (found.have, found.need) == (await chain.head(), next_block)
    assert (await lens.explain(NO_TASK)).reason is Reason.UNKNOWN
    assert quote is not None
    assert (quote.block, quote.admitted_gas) == (next_block + 1, 0)


async def test_committed__whole_life__is_read_from_its_events(chain: Chain) -> None:
    manager = chain.manager
    start = await chain.head() + 10
    definition = chain.define(chain.counter, bump(), start=start)
    call = manager.calls.schedule_committed(definition, value=Wei(ETHER))
    (committed,) = manager.events_in(await manager.send(chain.owner, call), TaskCommitted)
    task, task_hash = committed.definition.task, committed.task_hash

    assert committed.definition == definition
    assert task_hash == await manager.committed_hash_of(task)
    assert task_hash == compute_committed_hash(31337, manager.address, task)
    assert (await manager.get_committed_info(task)).metrics.next_block == start
    assert await manager.committed_price_terms(task) == await manager.price_terms_of(task.owner)
    assert await manager.get_next_blocks_for_tasks([task_hash]) == {task_hash: start}

    later = TaskSchedule(BlockNumber(start + 5), 100, 2)
    moved = replace(definition, schedule=later)
    receipt = await manager.send(chain.owner, manager.calls.update_committed(moved))
    (told,) = manager.events_in(receipt, TaskScheduleSet)
    assert (told.task_hash, told.schedule) == (task_hash, later)
    await chain.mine_to(start + 5)
    call = manager.calls.execute_committed([task], 50_000)
    receipt = await manager.send(chain.executor, call, gas=Gas(3_000_000))
    (run,) = manager.events_in(receipt, TaskExecuted)
    assert (run.task_hash, run.success) == (task_hash, True)
    await manager.send(chain.owner, manager.calls.cancel_committed(task))
    assert await manager.get_task_status(task_hash) is TaskStatus.CANCELLED
    assert await manager.get_account_tasks(task.owner) == []


async def test_lens__committed_task__is_explained_by_its_definition(chain: Chain) -> None:
    manager = chain.manager
    await deploy_missing(chain.web3, chain.owner, "TaskManagerLens", manager.address)
    lens = await TaskManagerLensClient.of(chain.web3, manager.address)
    start = await chain.head() + 30
    definition = chain.define(chain.counter, bump(), start=start)
    task = definition.task
    assert (await lens.explain_committed(task)).reason is Reason.UNKNOWN
    call = manager.calls.schedule_committed(definition, value=Wei(ETHER))
    await manager.send(chain.owner, call)

    assert (await lens.explain(await manager.committed_hash_of(task))).reason is Reason.COMMITTED
    assert (await lens.explain_committed(task)).reason is Reason.NOT_DUE
    assert (await lens.runway_committed(task)).at_least == 1
    assert await has_code(chain.web3, await manager.reads())


async def test_explain_command__task_due__says_so_and_exits_zero(chain: Chain) -> None:
    await deploy_missing(chain.web3, chain.owner, "TaskManagerLens", chain.manager.address)
    task_hash = await chain.schedule_due()
    code, out, _ = await taskwork("explain", task_hash, *where(chain), "--json")
    said = json.loads(out)
    assert (code, said["reason"], said["status"]) == (0, "due", "queued")
    code, out, _ = await taskwork("explain", task_hash, *where(chain))
    assert (code, out.split(":")[0]) == (0, "due")


async def test_explain_command__no_hash__says_so_in_one_line(chain: Chain) -> None:
    code, _, err = await taskwork("explain", "0x12", *where(chain))
    assert code == 2
    assert err == "taskwork: task hash is '0x12': must be 32 bytes in hex\n"


async def test_connect__node_answers_with_an_http_error__hides_the_url(chain: Chain) -> None:
    async with running_gateway(chain.url, "/secret-key") as (gateway, url):
        gateway.is_open = False
        async with connect(url) as web3:
            with pytest.raises(ChainError, match="answered 503") as caught:
                await TaskManagerClient(web3, chain.manager.address).clock()
    assert "secret-key" not in str(caught.value)


def where(chain: Chain) -> tuple[str, ...]:
    return ("--rpc", chain.url, "--manager", chain.manager.address)


async def taskwork(*arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from taskwork.cli import main; main()", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
