"""The clients of pools and workers against the real contracts on a real chain."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taskwork.chain.attestation import Statement, attest, join_attestations
from taskwork.chain.contract_errors import (
    InvalidZKPProof,
    TaskAlreadyClaimed,
    TaskExpired,
    TaskNotClaimed,
    TaskNotFound,
    TaskPool_InsufficientCredit,
    TaskPool_InvalidSignature,
    TaskPool_TermsChanged,
    TaskPool_WrongStatus,
    TaskPoolFactory_NotAPool,
    Unauthorized,
)
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.events import TaskCommitted
from taskwork.chain.pool_events import (
    BondSlashed,
    BucketScheduled,
    CreditAdded,
    JobPosted,
    JobReopened,
    PoolDeactivated,
    PoolEvent,
    RewardPaid,
    TaskClaimed,
    TasksAdded,
    TaskSubmitted,
    TaskVerified,
)
from taskwork.chain.pool_factory import TaskPoolFactoryClient
from taskwork.chain.pool_types import (
    ANY_JOB,
    ActiveJob,
    BucketState,
    Census,
    DataMode,
    JobId,
    JobStatus,
    NewJob,
    Opening,
    PostedJob,
    PostOptions,
    Priority,
    Result,
    Timestamp,
)
from taskwork.chain.pool_viewer import TaskPoolViewerClient
from taskwork.chain.rpc import connect
from taskwork.chain.task_manager import is_committed
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.transactions import Call
from taskwork.chain.types import (
    ZERO_ADDRESS,
    Address,
    BlockNumber,
    Gas,
    TaskHash,
    TaskStatus,
    Wei,
    as_address,
)
from taskwork.errors import (
    ChainError,
    ConfigError,
    InvalidInput,
    NotFound,
    NotPermitted,
    UntrustedPool,
)
from taskwork.privacy.boxes import (
    encrypt_input,
    open_input,
    open_key,
    open_result,
    seal_key,
    seal_result,
)
from taskwork.privacy.context import ClaimContext, InputContext
from taskwork.privacy.keys import Announcement, PrivateKey
from taskwork.worker.client import GlobalStats, WorkerClient
from tests.support.chain import ETHER, Chain
from tests.support.faults.faults import Lie
from tests.support.faults.proxy import running_proxy
from tests.support.pools import BOND, REWARD, make_pools

pytestmark = pytest.mark.integration

RECEIPT = "eth_getTransactionReceipt"
RESULT = Result("A field of study.", "0x1234", b"\x01\x02", 123, 456)


# The whole way


@pytest.mark.parametrize("mode", DataMode)
async def test_workflow__post_claim_submit_verify__pays_and_reads_back(
    chain: Chain, mode: DataMode
) -> None:
    pools = await make_pools(chain, data_mode=mode)
    pool, worker = pools.pool, pools.worker
    me = Address(worker.account.address)
    first, second = await pools.post("What is AI?", "Classify this")

    task = await worker.claim_task()
    held = await pool.get_user_active_task(me)
    await worker.submit_task(task.task_id, RESULT)
    before = await chain.balance(me)
    await pools.judge_as(first, is_valid=True)

    assert (first, second) == (1, 2)
    assert (task.task_id, task.input_data, task.model_id) == (first, "What is AI?", "llm-chat-v1")
    assert (task.request_id, task.requester) == (1, chain.owner.address)
    assert held == ActiveJob(first, REWARD, task.deadline)
    assert await chain.balance(me) == before + REWARD
    assert await pool.credit_of(me) == 2 * BOND
    assert await pool.get_result(first) == RESULT
    assert await pool.get_posted(second) == PostedJob(2, "llm-chat-v1", "Classify this")
    state = await worker.get_task_status(first)
    assert (state.status, state.is_overdue) == (JobStatus.SETTLED, False)
    assert state.job.result_hash == RESULT.commitment
    assert await worker.withdraw() == 2 * BOND
    assert await worker.withdraw() == 0


async def test_get_task__readable_pool__is_the_seeds_struct(chain: Chain) -> None:
    pools = await make_pools(chain)
    (job,) = await pools.post("What is AI?")
    await pools.worker.claim_task()
    await pools.worker.submit_task(job, RESULT)

    task = await pools.pool.get_task(job)

    assert (task.task_id, task.assigned_to) == (job, pools.worker.account.address)
    assert (task.reward, task.request_id) == (REWARD, 1)
    assert (task.is_completed, task.is_verified) == (True, False)
    assert (task.input_data, task.result_data) == ("What is AI?", RESULT.data)
    assert (task.result_hash, task.zkp_proof) == (RESULT.hash, RESULT.proof)
    assert (task.zkp_public_input, task.zkp_public_result) == (123, 456)


async def test_events__of_a_job__are_typed_and_in_order(chain: Chain) -> None:
    pools = await make_pools(chain)
    start = await chain.head()
    (job,) = await pools.post("What is AI?")
    await pools.worker.claim_task()
    await pools.worker.submit_task(job, "An answer.")
    await pools.judge_as(job, is_valid=True)

    found = [event async for event in pools.pool.events(start, await chain.head())]

    assert all(isinstance(event, PoolEvent) for event in found)
    kinds = [type(event) for event in found]
    wanted = [JobPosted, TasksAdded, TaskClaimed, TaskSubmitted, TaskVerified, RewardPaid]
    assert {*wanted, CreditAdded} == set(kinds)
    assert sorted(event.at for event in found) == [event.at for event in found]
    (posted,) = (event for event in found if isinstance(event, JobPosted))
    assert (posted.task_id, posted.reward, posted.priority) == (job, REWARD, Priority.NORMAL)
    latest = await pools.pool.latest_event(TaskSubmitted, None, job)
    assert latest is not None
    assert latest.user == pools.worker.account.address
    assert await pools.pool.latest_event(TaskSubmitted, None, 99) is None


# The vectors' workflow cases


async def test_post__two_tasks__escrow_their_sum(chain: Chain) -> None:
    pools = await make_pools(chain)
    deadline = Timestamp(await pools.pool.now() + 3600)
    jobs = [NewJob(Wei(n * ETHER // 10), deadline, "x", "m", n) for n in (1, 2)]

    ids = await pools.pool.post(chain.owner, jobs, options=PostOptions(priority=Priority.HIGH))

    found = await pools.pool.get_jobs(ids)
    stats = await pools.pool.get_pool_stats()
    assert [job.reward for job in found] == [ETHER // 10, 2 * ETHER // 10]
    assert {job.priority for job in found} == {Priority.HIGH}
    assert await pools.pool.get_open_tasks(Priority.HIGH) == ids
    assert await pools.pool.get_open_tasks(Priority.NORMAL) == []
    assert (stats.posted, stats.open, stats.live, stats.free) == (2, 2, 2, 0)
    assert stats.owed == 3 * ETHER // 10 + 4 * BOND


async def test_claim_task__with_an_active_one__returns_it(chain: Chain) -> None:
    pools = await make_pools(chain)
    await pools.post("one", "two")

    first = await pools.worker.claim_task()
    again = await pools.worker.claim_task()

    assert again == first
    assert len(await pools.pool.get_user_active_tasks(first_address(pools.worker))) == 1
    call = pools.pool.calls.claim_task_for_user(first_address(pools.worker), JobId(2))
    with pytest.raises(TaskAlreadyClaimed):
        await pools.pool.send(pools.worker.account, call)


async def test_claim_task__another_workers__is_refused_unsent(chain: Chain) -> None:
    pools = await make_pools(chain)
    (job,) = await pools.post("one")
    await pools.rival.claim_task()
    before = await chain.web3.eth.get_transaction_count(pools.worker.account.address)

    with pytest.raises(TaskAlreadyClaimed):
        await pools.worker.claim_task(job)
    with pytest.raises(TaskNotFound):
        await pools.worker.claim_task()

    assert await chain.web3.eth.get_transaction_count(pools.worker.account.address) == before


async def test_claim_task__after_the_deadline__says_expired(chain: Chain) -> None:
    pools = await make_pools(chain)
    (job,) = await pools.post("one", lasts=100)
    await pools.pass_time(101)

    with pytest.raises(TaskExpired):
        await pools.worker.claim_task()
    state = await pools.worker.get_task_status(job)
    assert (state.status, state.is_overdue, state.seconds_left) == (JobStatus.OPEN, True, 0)


async def test_submit_task__another_workers__is_refused(chain: Chain) -> None:
    pools = await make_pools(chain)
    (job,) = await pools.post("one")
    await pools.rival.claim_task()
    with pytest.raises(TaskNotClaimed):
        await pools.worker.submit_task(job, "mine")


async def test_verify__unknown_or_twice__pays_nobody(chain: Chain) -> None:
    pools = await make_pools(chain)
    (job,) = await pools.post("one")
    await pools.worker.claim_task()
    await pools.worker.submit_task(job, "An answer.")
    with pytest.raises(TaskNotFound) as caught:
        await pools.judge_as(JobId(99), is_valid=True)
    assert isinstance(caught.value, NotFound)
    call = pools.pool.calls.verify_and_pay(job, is_valid=True)
    with pytest.raises(Unauthorized) as refused:
        await pools.pool.send(pools.rival.account, call)
    assert isinstance(refused.value, NotPermitted)

    await pools.judge_as(job, is_valid=True)
    with pytest.raises(TaskPool_WrongStatus) as again:
        await pools.judge_as(job, is_valid=True)

    assert again.value.args_by_name == {"taskId": job, "status": JobStatus.SETTLED}
    assert (await pools.pool.get_pool_stats()).rewarded == REWARD


# Workers


async def test_claim_task__own_claim_ran_out__is_released_first(chain: Chain) -> None:
    pools = await make_pools(chain)
    await pools.post("one", "two")
    first = await pools.worker.claim_task()
    await pools.pass_time(601)
    start = await chain.head()

    again = await pools.worker.claim_task()

    found = [event async for event in pools.pool.events(start, await chain.head())]
    (slashed,) = (event for event in found if isinstance(event, BondSlashed))
    (reopened,) = (event for event in found if isinstance(event, JobReopened))
    assert (slashed.amount, slashed.worker) == (BOND, pools.worker.account.address)
    assert reopened.origin is JobStatus.CLAIMED
    assert again.deadline > first.deadline


async def test_claim_task__no_bond__is_refused_until_it_is_funded(chain: Chain) -> None:
    pools = await make_pools(chain)
    await pools.post("one")
    poor = WorkerClient(pools.pool, pools.judge)
    with pytest.raises(TaskPool_InsufficientCredit) as caught:
        await poor.claim_task()
    assert caught.value.args_by_name["required"] == BOND

    assert await poor.fund_bond() == BOND
    assert await poor.fund_bond() == 0
    assert (await poor.claim_task()).task_id == 1


async def test_wait_for_task__posted_meanwhile__is_claimed(chain: Chain) -> None:
    pools = await make_pools(chain)
    waiting = asyncio.create_task(pools.worker.wait_for_task(timeout_s=30, poll_s=0.05))
    await asyncio.sleep(0.2)
    assert not waiting.done()

    (job,) = await pools.post("one")

    assert (await waiting).task_id == job


async def test_wait_for_task__only_jobs_past_their_deadline__waits_on(chain: Chain) -> None:
    pools = await make_pools(chain)
    await pools.post("late", lasts=100)
    await pools.pass_time(101)
    waiting = asyncio.create_task(pools.worker.wait_for_task(timeout_s=30, poll_s=0.05))
    await asyncio.sleep(0.2)
    assert not waiting.done()

    (job,) = await pools.post("one")

    assert (await waiting).task_id == job


async def test_wait_for_task__nothing_comes__gives_up_in_time(chain: Chain) -> None:
    pools = await make_pools(chain)
    with pytest.raises(TaskNotFound):
        await pools.worker.wait_for_task(timeout_s=0.2, poll_s=0.05)


async def test_get_task_status__unknown_job__is_refused(chain: Chain) -> None:
    pools = await make_pools(chain)
    with pytest.raises(InvalidInput, match="must be a job of"):
        await pools.worker.get_task_status(JobId(1))


async def test_get_global_stats__two_pools__are_summed(chain: Chain) -> None:
    pools = await make_pools(chain)
    await pools.post("one", "two")
    other = pools.factory.calls.create_pool("images")
    await pools.factory.send(chain.executor, other)
    await pools.worker.claim_task()

    assert await pools.worker.get_global_stats() == GlobalStats(
        pools=2, active_pools=2, posted=2, open=1, live=2
    )
    with pytest.raises(ConfigError, match="factory"):
        await WorkerClient(pools.pool, pools.judge).get_global_stats()


# On behalf


async def test_permit__claim_and_submission__anybody_brings_them_once(chain: Chain) -> None:
    pools = await make_pools(chain)
    pool, worker, carrier = pools.pool, pools.worker, pools.rival.account
    (job,) = await pools.post("one")

    claim = await worker.permit_claim()
    await pool.send(carrier, pool.calls.claim_task_with(claim, ANY_JOB))
    submission = await worker.permit_submission(job, RESULT)
    changed = replace(RESULT, data="Another answer.")
    with pytest.raises(TaskPool_InvalidSignature):
        await pool.send(carrier, pool.calls.submit_task_with(submission, job, changed))
    await pool.send(carrier, pool.calls.submit_task_with(submission, job, RESULT))

    found = await pool.get_job(job)
    assert (found.worker, found.status) == (worker.account.address, JobStatus.SUBMITTED)
    assert await pool.nonces(first_address(worker)) == 2
    await pools.post("two")
    with pytest.raises(TaskPool_InvalidSignature):
        await pool.send(carrier, pool.calls.claim_task_with(claim, ANY_JOB))


async def test_permit__signed_by_somebody_else__is_refused(chain: Chain) -> None:
    pools = await make_pools(chain)
    (job,) = await pools.post("one")
    forged = replace(await pools.rival.permit_claim(job), user=first_address(pools.worker))
    call = pools.pool.calls.claim_task_with(forged, job)
    with pytest.raises(TaskPool_InvalidSignature):
        await pools.pool.send(pools.rival.account, call)


async def test_hook__attested_by_two_of_two__settles_inside_the_submission(chain: Chain) -> None:
    pools = await make_pools(chain)
    pool, worker = pools.pool, pools.worker
    signers = sorted((pools.judge, chain.executor), key=lambda one: int(one.address, 16))
    arguments = [one.address for one in signers], 2
    at = await deploy_missing(chain.web3, chain.owner, "AttestationVerifier", *arguments)
    terms = replace(await pool.terms(), verifier=at, is_hook=True, hook_gas=Gas(300_000))
    await pool.send(chain.owner, pool.calls.set_terms(terms))
    (job,) = await pools.post("one")
    await worker.claim_task()

    result = Result("An answer.", "0x12")
    context = await pool.context_of(job, first_address(worker), result)
    statement = Statement(at, context)
    with pytest.raises(InvalidZKPProof):
        await worker.submit_task(job, result)
    proof = join_attestations(statement, [attest(one, statement) for one in signers])
    with pytest.raises(InvalidZKPProof):
        await worker.submit_task(job, replace(result, data="Another.", proof=proof))
    await worker.submit_task(job, replace(result, proof=proof))

    assert await pool.get_job_status(job) is JobStatus.SETTLED
    assert (await pool.get_pool_stats()).rewarded == REWARD


# Nodes and pools that lie


async def test_logs__changed_by_the_node__are_not_believed(chain: Chain) -> None:
    pools = await make_pools(chain, data_mode=DataMode.LOGGED)
    (job,) = await pools.post("What is AI?")
    await pools.worker.claim_task()
    await pools.worker.submit_task(job, "A field of study.")

    with running_proxy(chain.url) as proxy:
        async with connect(proxy.http) as web3:
            pool = TaskPoolClient(web3, pools.pool.address)
            assert (await pool.get_posted(job)).input_data == "What is AI?"
            lying = proxy.program.during(swapping("What is AI?", "What is Al?"), RECEIPT)
            with lying, pytest.raises(ChainError, match="do not match its hash"):
                await pool.get_posted(job)
            lying = proxy.program.during(swapping("study", "sport"), RECEIPT)
            with lying, pytest.raises(ChainError, match="result do not match its hash"):
                await pool.get_result(job)


async def test_signing_domain__of_another_pool__signs_nothing(chain: Chain) -> None:
    pools = await make_pools(chain)
    own, other = pools.pool.address, as_address("0x" + "e5" * 20)
    with running_proxy(chain.url) as proxy:
        async with connect(proxy.http) as web3:
            worker = WorkerClient(TaskPoolClient(web3, own), pools.worker.account)
            assert (await worker.permit_claim()).user == worker.account.address
            named = Lie(lambda data: data.replace(own[2:].lower(), other[2:].lower()))
            lying = proxy.program.during(named, "eth_call")
            with lying, pytest.raises(UntrustedPool) as caught:
                await worker.permit_claim()
    assert (caught.value.pool, caught.value.named) == (own, other)


def swapping(old: str, new: str) -> Lie:
    """Logs in which somebody has put other words."""

    def swap(receipt: Any) -> Any:
        text = json.dumps(receipt)
        return json.loads(text.replace(old.encode().hex(), new.encode().hex()))

    return Lie(swap)


# Posting


async def test_post__terms_changed_meanwhile__is_refused(chain: Chain) -> None:
    pools = await make_pools(chain)
    pool = pools.pool
    await pool.send(chain.owner, pool.calls.set_zkp_verifier(Address(chain.executor.address)))
    deadline = Timestamp(await pool.now() + 3600)
    job = NewJob(REWARD, deadline, "one")

    with pytest.raises(TaskPool_TermsChanged) as caught:
        await pool.post(pools.judge, [job], options=PostOptions(terms_version=1))

    assert caught.value.args_by_name == {"expected": 1, "inForce": 2}
    assert (await pool.terms()).verifier == chain.executor.address
    assert (await pool.terms_at(1)).verifier == pools.judge.address


@pytest.mark.parametrize(
    ("lasts", "value"), [(0, None), (-5, None), (1_462 * 86_400, None), (60, REWARD + 1)]
)
async def test_post__what_the_pool_would_refuse__is_refused_unsent(
    chain: Chain, lasts: int, value: int | None
) -> None:
    pools = await make_pools(chain)
    deadline = Timestamp(await pools.pool.now() + lasts)
    before = await chain.web3.eth.get_transaction_count(chain.owner.address)
    with pytest.raises(InvalidInput):
        await pools.pool.post(
            chain.owner,
            [NewJob(REWARD, deadline, "one")],
            value=None if value is None else Wei(value),
        )
    assert await chain.web3.eth.get_transaction_count(chain.owner.address) == before


async def test_cancel__open_job__credits_the_requester(chain: Chain) -> None:
    pools = await make_pools(chain)
    (job,) = await pools.post("one")
    await pools.pool.send(chain.owner, pools.pool.calls.cancel_task(job))
    assert await pools.pool.get_job_status(job) is JobStatus.CANCELLED
    assert await pools.pool.credit_of(Address(chain.owner.address)) == REWARD


# Factory and reads


async def test_factory__pools__are_listed_and_described(chain: Chain) -> None:
    pools = await make_pools(chain)
    factory, owner = pools.factory, Address(chain.owner.address)
    config = await factory.default_config(owner)
    foreseen = await factory.next_pool_of(owner, config)
    await factory.send(chain.owner, factory.calls.create_pool("images", "ipfs://x"))
    stranger = Address(chain.executor.address)
    await factory.send(chain.executor, factory.calls.create_pool_for(owner, "images"))

    every = await factory.get_all_pools()
    assert every[:2] == [pools.pool.address, foreseen]
    assert len(every) == len(await factory.get_active_pools()) == 3
    assert await factory.get_pools_by_category("images") == every[1:]
    info = await factory.get_pool_info(foreseen)
    assert (info.owner, info.category, info.metadata) == (owner, "images", "ipfs://x")
    assert info.is_active
    assert await factory.is_registered_pool(foreseen)
    assert not await factory.is_registered_pool(stranger)
    with pytest.raises(TaskPoolFactory_NotAPool):
        await factory.get_pool_info(stranger)
    assert await factory.model_registry() == await factory.router() == ZERO_ADDRESS
    stats = await factory.get_pool_stats()
    assert [one.posted for one in stats.values()] == [0, 0, 0]


async def test_factory__more_pools_than_a_page__are_all_read(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskwork.chain.pool_factory._PAGE", 2)
    pools = await make_pools(chain)
    for _ in range(4):
        await pools.factory.send(chain.owner, pools.factory.calls.create_pool("images"))
    assert len(await TaskPoolFactoryClient(chain.web3, pools.factory.address).get_all_pools()) == 5
    assert len(await pools.factory.get_pools_by_category("images")) == 4


async def test_reads__of_the_pool__agree_with_what_was_set(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskwork.chain.task_pool._PAGE", 2)
    pools = await make_pools(chain)
    pool = pools.pool
    ids = await pools.post(*"abcde")
    config = await pool.config()

    assert await pool.get_open_tasks(Priority.NORMAL) == ids
    assert await pool.get_open_tasks(Priority.NORMAL, limit=3) == ids[:3]
    assert await pool.task_counter() == 5
    assert (config.owner, config.is_native, config.open_posting) == (
        chain.owner.address,
        True,
        True,
    )
    assert (await pool.category(), await pool.metadata()) == ("chat", "for tests")
    assert await pool.model_registry() == ZERO_ADDRESS
    assert await pool.manager() == chain.manager.address
    assert await pool.block_seconds() == 12
    assert await pool.is_active()
    receipt = await pool.send(chain.owner, pool.calls.deactivate_pool())
    assert not await pool.is_active()
    assert [event.pool for event in pool.events_in(receipt, PoolDeactivated)] == [pool.address]
    assert [event async for event in pool.events(BlockNumber(0), BlockNumber(0))] == []


# Secrets


async def test_privacy__whole_way_through_a_pool__chain_sees_ciphertext_only(chain: Chain) -> None:
    pools = await make_pools(chain)
    pool, requester = pools.pool, chain.owner
    here = InputContext(31337, pool.address, Address(requester.address))
    requesters_key, workers_key = PrivateKey.generate(), PrivateKey.generate()
    secret = encrypt_input(b"Where is the gold?", here)
    (job,) = await pools.post(secret.text)

    task = await pools.worker.claim_task()
    context = ClaimContext(31337, pool.address, job, first_address(pools.worker))
    announced = Announcement.sign(
        pools.worker.account,
        workers_key.public,
        chain_id=31337,
        expires=datetime.now(UTC) + timedelta(hours=1),
    )
    sealed = seal_key(secret, announced.check(context.worker, chain_id=31337), context)
    key = open_key(sealed, workers_key, context, task.input_data)
    assert open_input(task.input_data, key, here) == b"Where is the gold?"
    await pools.worker.submit_task(job, seal_result(b"Nowhere.", requesters_key.public, context))

    on_chain = await pool.get_task(job)
    assert "gold" not in on_chain.input_data
    assert "Nowhere" not in on_chain.result_data
    assert open_result(on_chain.result_data, requesters_key, context) == b"Nowhere."


async def call_on_time(chain: Chain, task_hash: TaskHash) -> Call:
    """What a keeper sends for a task that is stored, or that its owner committed to."""
    if not is_committed(task_hash):
        return chain.manager.calls.execute_queued_tasks(50_000)
    committed = await chain.manager.latest_event(TaskCommitted, int(task_hash, 16))
    assert committed is not None
    return chain.manager.calls.execute_committed([committed.definition.task], 50_000)


def first_address(worker: WorkerClient) -> Address:
    return Address(worker.account.address)


# The viewer


async def test_viewer__jobs_in_every_state__shows_each_where_it_belongs(chain: Chain) -> None:
    pools = await make_pools(chain)
    pool, at = pools.pool, pools.pool.address
    viewer = TaskPoolViewerClient(
        chain.web3, await deploy_missing(chain.web3, chain.owner, "TaskPoolViewer")
    )
    me = first_address(pools.worker)
    first, second, third = await pools.post("one", "two", "three")
    await pools.worker.claim_task(first)
    await pools.worker.submit_task(first, RESULT)
    claimed = await pools.worker.claim_task(second)

    assert [one.task_id for one in await viewer.get_available_tasks(at)] == [third]
    (active,) = await viewer.get_active_tasks(at)
    assert (active.task_id, active.assigned_to) == (second, me)
    assert (active.deadline, active.reward) == (claimed.deadline, REWARD)
    assert [one.task_id for one in await viewer.get_pending_tasks(at)] == [first]
    assert await viewer.get_expired_tasks(at) == []
    assert await viewer.get_census(at) == Census(1, 1, 1, 0, 0, 0)
    assert [one.task_id for one in await viewer.get_tasks_of_user(at, me)] == [first, second]
    details = await viewer.get_task_details(at, first)
    assert (details.result, details.zkp_proof, details.queue_type) == (RESULT.data, RESULT.proof, 3)
    assert not (await viewer.get_task_details(at, JobId(99))).exists

    seen = await viewer.get_pool_data(at)
    assert (seen.available_tasks, seen.under_way, seen.owner) == (1, 2, chain.owner.address)
    assert await viewer.get_multiple_pools_data([at]) == [seen]
    assert await viewer.get_pools_of_factory(pools.factory.address) == [seen]
    assert await viewer.scan_pools_for_tasks([at]) == [Opening(at, 1, REWARD)]
    assert await viewer.find_user_active_task(me, [at]) == (at, active)
    assert await viewer.find_user_active_task(Address(chain.owner.address), [at]) is None
    assert await viewer.find_expired_tasks([at]) == {}
    totals = await viewer.get_aggregated_stats(pools.factory.address)
    assert (totals.total_pools, totals.total_available_tasks, totals.total_under_way) == (1, 1, 2)

    await pools.pass_time(601)
    assert await viewer.get_expired_tasks(at) == [second]
    assert await viewer.find_expired_tasks([at]) == {at: [second]}
    released = pool.calls.release_expired_tasks([second, third])
    assert await pool.simulate(released, sender=me) == (1,)
    with pytest.raises(InvalidInput, match="limit"):
        await viewer.get_census(at, limit=1_025)


async def test_time_budget__job_posted__is_called_by_the_manager(chain: Chain) -> None:
    pools = await make_pools(chain, bucket_seconds=60)
    pool, manager = pools.pool, chain.manager
    await pool.send(chain.owner, pool.calls.fund_time_budget(Wei(ETHER // 10)))
    (job,) = await pools.post("one", lasts=120)

    scheduled = await pool.latest_event(BucketScheduled)
    assert scheduled is not None
    bucket, due_from = await pool.bucket_of(Timestamp(await pool.now() + 120))
    assert bucket == scheduled.bucket
    assert await pool.bucket_state(bucket) == BucketState(1, 0, scheduled=True)
    assert await manager.get_task_status(scheduled.task_hash) is TaskStatus.QUEUED
    await pools.pass_time(due_from - await pool.now())
    await chain.mine_to(scheduled.start_block)
    await manager.send(
        chain.executor, await call_on_time(chain, scheduled.task_hash), gas=Gas(3_000_000)
    )

    assert await pool.get_job_status(job) is JobStatus.EXPIRED
    assert await pool.credit_of(Address(chain.owner.address)) == REWARD
    assert (await manager.bond_of(pool.address)).total < ETHER // 10
