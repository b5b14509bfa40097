"""A pool of one's own on a chain, with people who post, work and judge."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eth_account.signers.local import LocalAccount

from taskwork.actions.deployment import BLOCK_SECONDS
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.pool_factory import PoolCreated, TaskPoolFactoryClient
from taskwork.chain.pool_types import (
    DataMode,
    JobId,
    NewJob,
    PoolConfig,
    PoolSetup,
    Seconds,
    Timestamp,
)
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.types import ZERO_ADDRESS, Address, Wei
from taskwork.worker.client import WorkerClient
from tests.support.chain import ETHER, Chain, rich_account

BOND = Wei(ETHER // 100)
REWARD = Wei(ETHER // 10)


@dataclass
class Pools:
    """A factory, a pool, and who uses it. The chain's owner owns the pool and posts."""

    chain: Chain
    factory: TaskPoolFactoryClient
    pool: TaskPoolClient
    judge: LocalAccount
    worker: WorkerClient
    rival: WorkerClient

    async def post(self, *texts: str, reward: Wei = REWARD, lasts: int = 86_400) -> list[JobId]:
        deadline = Timestamp(await self.pool.now() + lasts)
        jobs = [
            NewJob(reward, deadline, text, "llm-chat-v1", number)
            for number, text in enumerate(texts, start=1)
        ]
        return await self.pool.post(self.chain.owner, jobs)

    async def judge_as(self, task_id: JobId, *, is_valid: bool) -> None:
        call = self.pool.calls.verify_and_pay(task_id, is_valid=is_valid)
        await self.pool.send(self.judge, call)

    async def pass_time(self, seconds: int) -> None:
        await self.chain.rpc("evm_increaseTime", hex(seconds))
        await self.chain.mine()


async def make_pools(
    chain: Chain, *, data_mode: DataMode = DataMode.CODE, bucket_seconds: int = 0
) -> Pools:
    """A pool that nobody calls on time, unless `bucket_seconds` says so."""
    web3, owner = chain.web3, chain.owner
    manager = chain.manager.address
    code = await deploy_missing(web3, owner, "TaskPool", manager, BLOCK_SECONDS)
    nobody = (ZERO_ADDRESS, ZERO_ADDRESS)
    at = await deploy_missing(web3, owner, "TaskPoolFactory", code, *nobody)
    factory = TaskPoolFactoryClient(web3, at)
    judge = await rich_account(web3)
    usual = await factory.default_terms()
    terms = replace(
        usual,
        verifier=Address(judge.address),
        claim_bond=BOND,
        claim_window=Seconds(600),
        verify_window=Seconds(1200),
    )
    config = PoolConfig(
        owner=Address(owner.address),
        bucket_seconds=Seconds(bucket_seconds),
        data_mode=data_mode,
        open_posting=True,
    )
    setup = PoolSetup(ZERO_ADDRESS, "chat", "for tests", terms)
    receipt = await factory.send(owner, factory.calls.create_pool_to_order(config, setup))
    (made,) = factory.events_in(receipt, PoolCreated)
    pool = TaskPoolClient(web3, made.pool)
    worker, rival = [
        WorkerClient(pool, await rich_account(web3), factory=factory) for _ in range(2)
    ]
    for one in (worker, rival):
        await one.fund_bond(2)
    return Pools(chain, factory, pool, judge, worker, rival)
