"""Makes pools and posts jobs in them, with what people leave out filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from taskwork.chain.pool_events import JobPosted
from taskwork.chain.pool_factory import PoolCreated, TaskPoolFactoryClient
from taskwork.chain.pool_types import (
    JobId,
    JobTerms,
    NewJob,
    PoolSetup,
    PostOptions,
    Priority,
    Seconds,
    Timestamp,
)
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.transactions import Signer
from taskwork.chain.types import NO_VALUE, Address, Wei
from taskwork.errors import InvalidInput

HOUR, DAY = Seconds(3_600), Seconds(86_400)


@dataclass(frozen=True, slots=True)
class PostOrder:
    """What is to be done, for how much each, and until when."""

    inputs: Sequence[str]
    reward: Wei
    lasts: Seconds  # from now to the deadline
    model_id: str = ""
    first_request_id: int = 0  # the next input has the next one
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class Posted:
    """Jobs that wait for workers."""

    pool: Address
    task_ids: list[JobId]
    requester: Address
    reward: Wei  # of each
    escrowed: Wei  # of all
    deadline: Timestamp
    terms: JobTerms
    tx_hash: str


@dataclass(frozen=True, slots=True)
class PoolOrder:
    """A pool to be made. What is not said here is as the factory has it."""

    category: str
    verifier: Address
    metadata: str = ""
    claim_bond: Wei = NO_VALUE
    claim_window: Seconds = HOUR
    verify_window: Seconds = DAY
    open_posting: bool = False


async def post(pool: TaskPoolClient, signer: Signer, order: PostOrder) -> Posted:
    """Post one job for each input, under the terms that are in force now and no others."""
    if not order.inputs:
        raise InvalidInput("inputs", [], "must be one at least")
    version = await pool.terms_version()
    deadline = Timestamp(await pool.now() + order.lasts)
    jobs = [
        NewJob(order.reward, deadline, text, order.model_id, order.first_request_id + place)
        for place, text in enumerate(order.inputs)
    ]
    options = PostOptions(priority=order.priority, terms_version=version)
    receipt = await pool.send_post(signer, jobs, options=options)
    events = pool.events_in(receipt, JobPosted)
    return Posted(
        pool=pool.address,
        task_ids=[event.task_id for event in events],
        requester=events[0].requester,
        reward=order.reward,
        escrowed=Wei(sum(event.reward for event in events)),
        deadline=deadline,
        terms=await pool.terms_at(version),
        tx_hash=events[0].at.tx_hash,
    )


async def make_pool(factory: TaskPoolFactoryClient, signer: Signer, order: PoolOrder) -> Address:
    """Make a pool that the signer owns; returns its address."""
    config = await factory.default_config(signer.address)
    usual = await factory.default_terms()
    terms = replace(
        usual,
        verifier=order.verifier,
        claim_bond=order.claim_bond,
        claim_window=order.claim_window,
        verify_window=order.verify_window,
    )
    setup = PoolSetup(await factory.model_registry(), order.category, order.metadata, terms)
    config = replace(config, open_posting=order.open_posting)
    call = factory.calls.create_pool_to_order(config, setup)
    receipt = await factory.send(signer, call)
    (made,) = factory.events_in(receipt, PoolCreated)
    return made.pool
