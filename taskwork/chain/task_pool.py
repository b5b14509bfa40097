"""A typed client of TaskPool: reads are awaited, writes are built as `Call`s and then sent.

(job,) = await pool.post(requester, [NewJob(reward, deadline, "What is AI?")])
await pool.send(worker, pool.calls.claim_task_for_user(worker.address, job))
await pool.send(worker, pool.calls.submit_task_for_user(worker.address, job, Result("...")))
await pool.send(verifier, pool.calls.verify_and_pay(job, is_valid=True))
"""

from __future__ import annotations

from collections.abc import Sequence

from web3.types import BlockIdentifier, TxReceipt

from taskwork.chain.contract import FIRST_BLOCK, ContractClient
from taskwork.chain.pool_calls import TaskPoolCalls
from taskwork.chain.pool_events import (
    JobInputLogged,
    JobPosted,
    JobResultLogged,
    PoolEvent,
    TasksAdded,
    TaskSubmitted,
)
from taskwork.chain.pool_signing import SigningDomain
from taskwork.chain.pool_types import (
    ActiveJob,
    Bucket,
    BucketState,
    DataMode,
    JobContext,
    JobId,
    JobInfo,
    JobState,
    JobStatus,
    JobTerms,
    NewJob,
    PoolConfig,
    PoolStats,
    PoolTask,
    PostedJob,
    PostOptions,
    Priority,
    Result,
    Seconds,
    Timestamp,
)
from taskwork.chain.pool_validation import check_jobs, check_value
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.transactions import Signer, find_receipt
from taskwork.chain.types import NO_VALUE, Address, BlockNumber, Wei
from taskwork.errors import ChainError, InvalidInput

_PAGE = 200  # ids per read


class TaskPoolClient(ContractClient):
    """One pool on one chain."""

    CONTRACT = "TaskPool"
    EVENTS = PoolEvent

    def __init__(self, web3: Web3, address: str) -> None:
        super().__init__(web3, address)
        self.calls = TaskPoolCalls(self.address)

    # Writing

    async def post(
        self,
        account: Signer,
        jobs: Sequence[NewJob],
        *,
        options: PostOptions | None = None,
        value: Wei | None = None,
    ) -> list[JobId]:
        """Post jobs and return their ids; see `send_post`."""
        receipt = await self.send_post(account, jobs, options=options, value=value)
        return [event.task_id for event in self.events_in(receipt, JobPosted)]

    async def send_post(
        self,
        account: Signer,
        jobs: Sequence[NewJob],
        *,
        options: PostOptions | None = None,
        value: Wei | None = None,
    ) -> TxReceipt:
        """Post jobs. What the pool would refuse is refused before sending.

        `value` is the rewards' sum unless it is given; tokens must have been approved.
        """
        config = await self.config()
        check_jobs(jobs, await self.now())
        total = Wei(sum(job.reward for job in jobs)) if config.is_native else NO_VALUE
        sent = total if value is None else value
        check_value(jobs, config, sent, by_owner=account.address == config.owner)
        return await self.send(account, self.calls.add_ai_tasks(jobs, value=sent, options=options))

    # Jobs

    async def get_task(self, task_id: JobId, *, block: BlockIdentifier = "latest") -> PoolTask:
        """A job as the seed shows it; bytes are missing where the pool only logs them."""
        task: PoolTask
        (task,) = await self._read("getTask(uint256)", task_id, block=block)
        return task

    async def get_job(self, task_id: JobId, *, block: BlockIdentifier = "latest") -> JobInfo:
        """All that the pool knows of a job, but for the bytes."""
        job: JobInfo
        (job,) = await self._read("getJob(uint256)", task_id, block=block)
        return job

    async def get_job_state(self, task_id: JobId) -> JobState:
        """A job as it stands at the latest block; refuses an unknown id."""
        job = await self.get_job(task_id)
        if job.status is JobStatus.NONE:
            raise InvalidInput("task_id", task_id, f"must be a job of {self.address}")
        return JobState(job, await self.now())

    async def get_jobs(
        self, task_ids: Sequence[JobId], *, block: BlockIdentifier = "latest"
    ) -> list[JobInfo]:
        """Many jobs at one block, in few requests."""
        answers = await self._read_many("getJob(uint256)", [(one,) for one in task_ids], block)
        return [job for (job,) in answers]

    async def get_posted(self, task_id: JobId, *, start: BlockNumber = FIRST_BLOCK) -> PostedJob:
        """What a job was posted with, from the chain or, where the pool only logs, from the logs.

        What the logs say is held against the hash that the chain keeps. `start` is the first block
        to look in.
        """
        if (await self.config()).data_mode is DataMode.CODE:
            task = await self.get_task(task_id)
            return PostedJob(task.request_id, task.model_id, task.input_data)
        posted = await self._receipt_of(JobPosted, task_id, start=start)
        (inputs,) = (e for e in self.events_in(posted, JobInputLogged) if e.task_id == task_id)
        (added,) = (e for e in self.events_in(posted, TasksAdded) if task_id in e.task_ids)
        place = added.task_ids.index(task_id)
        job = PostedJob(added.request_ids[place], added.model_ids[place], inputs.input_data)
        if job.hash != (await self.get_job(task_id)).job_hash:
            raise ChainError(f"the node's logs of job {task_id} do not match its hash")
        return job

    async def get_result(self, task_id: JobId, *, start: BlockNumber = FIRST_BLOCK) -> Result:
        """The last result submitted for a job; read and checked as `get_posted` does."""
        if (await self.config()).data_mode is DataMode.CODE:
            task = await self.get_task(task_id)
            proof = (task.zkp_proof, task.zkp_public_input, task.zkp_public_result)
            return Result(task.result_data, task.result_hash, *proof)
        submitted = await self._receipt_of(TaskSubmitted, None, task_id, start=start)
        (said,) = (e for e in self.events_in(submitted, TaskSubmitted) if e.task_id == task_id)
        (log,) = (e for e in self.events_in(submitted, JobResultLogged) if e.task_id == task_id)
        proof = (log.zkp_proof, log.zkp_public_input, log.zkp_public_result)
        result = Result(log.result_data, said.result_hash, *proof)
        if result.commitment != (await self.get_job(task_id)).result_hash:
            raise ChainError(f"the node's logs of job {task_id}'s result do not match its hash")
        return result

    async def context_of(self, task_id: JobId, worker: Address, result: Result) -> JobContext:
        """What a proof or an attestation of this result by this worker must be bound to."""
        job = await self.get_job(task_id)
        with node_errors():
            chain_id = await self.web3.eth.chain_id
        hashes = (job.job_hash, result.commitment)
        return JobContext(chain_id, self.address, task_id, worker, *hashes)

    async def get_job_status(
        self, task_id: JobId, *, block: BlockIdentifier = "latest"
    ) -> JobStatus:
        """Where a job is in its life; NONE for an unknown id."""
        status: JobStatus
        (status,) = await self._read("getJobStatus(uint256)", task_id, block=block)
        return status

    async def task_counter(self) -> int:
        """How many jobs were ever posted; ids count from 1 to it."""
        return int((await self._read("taskCounter()"))[0])

    async def get_open_tasks(
        self, priority: Priority, *, limit: int | None = None, block: BlockIdentifier = "latest"
    ) -> list[JobId]:
        """The open jobs of a priority in the order of the queue, at most `limit`; by pages."""
        found: list[JobId] = []
        while limit is None or len(found) < limit:
            want = _PAGE if limit is None else min(_PAGE, limit - len(found))
            after = found[-1] if found else JobId(0)
            signature = "getOpenTasks(uint8,uint256,uint256)"
            (page,) = await self._read(signature, priority, after, want, block=block)
            found += page
            if len(page) < want:
                break
        return found

    # Workers

    async def get_user_active_task(
        self, user: Address, *, block: BlockIdentifier = "latest"
    ) -> ActiveJob | None:
        """The job that a worker has claimed longest and not delivered."""
        found = ActiveJob(*await self._read("getUserActiveTask(address)", user, block=block))
        return found if found.task_id else None

    async def get_user_active_tasks(self, user: Address) -> list[JobId]:
        """All the jobs that a worker has claimed and not delivered, longest first."""
        return list((await self._read("getUserActiveTasks(address)", user))[0])

    async def credit_of(self, account: Address, *, block: BlockIdentifier = "latest") -> Wei:
        """What an account can withdraw, or lock for claims."""
        return Wei((await self._read("creditOf(address)", account, block=block))[0])

    async def nonces(self, user: Address) -> int:
        """The nonce that an account's next signature must carry."""
        return int((await self._read("nonces(address)", user))[0])

    async def signing_domain(self) -> SigningDomain:
        """What signatures for this pool are bound to; raises `UntrustedPool` for another's."""
        _, name, version, chain_id, pool, *_ = await self._read("eip712Domain()")
        with node_errors():
            here = await self.web3.eth.chain_id
        return SigningDomain(name, version, chain_id, pool).expect(here, self.address)

    # The pool

    async def get_pool_stats(self, *, block: BlockIdentifier = "latest") -> PoolStats:
        """What the pool counts."""
        stats: PoolStats
        (stats,) = await self._read("getPoolStats()", block=block)
        return stats

    async def config(self) -> PoolConfig:
        """What never changes of the pool."""
        config: PoolConfig
        (config,) = await self._read("config()")
        return config

    async def terms_version(self) -> int:
        """The version of the terms in force."""
        return int((await self._read("termsVersion()"))[0])

    async def terms_at(self, version: int) -> JobTerms:
        """The terms of a version, as in a job's `terms_version`."""
        terms: JobTerms
        (terms,) = await self._read("termsAt(uint256)", version)
        return terms

    async def terms(self) -> JobTerms:
        """The terms in force."""
        return await self.terms_at(await self.terms_version())

    async def is_active(self) -> bool:
        """Whether jobs can be posted."""
        return bool((await self._read("isActive()"))[0])

    async def category(self) -> str:
        """What kind of work the pool is for."""
        return str((await self._read("category()"))[0])

    async def metadata(self) -> str:
        """What the owner says of the pool."""
        return str((await self._read("metadata()"))[0])

    async def model_registry(self) -> Address:
        """The contract that may post beside the owner."""
        found: Address
        (found,) = await self._read("modelRegistry()")
        return found

    # Time

    async def bucket_of(self, timestamp: Timestamp) -> tuple[Bucket, Timestamp]:
        """The deadline bucket of a time, and from when it may be called."""
        bucket, due_from = await self._read("bucketOf(uint256)", timestamp)
        return Bucket(bucket), Timestamp(due_from)

    async def bucket_state(self, bucket: Bucket) -> BucketState:
        """What a deadline bucket holds."""
        return BucketState(*await self._read("bucketState(uint256)", bucket))

    async def manager(self) -> Address:
        """The task manager that calls on time."""
        found: Address
        (found,) = await self._read("MANAGER()")
        return found

    async def block_seconds(self) -> Seconds:
        """Seconds from block to block that calls on time reckon with."""
        return Seconds((await self._read("BLOCK_SECONDS()"))[0])

    async def now(self) -> Timestamp:
        """The time of the latest block, which is the pool's."""
        with node_errors():
            head = await self.web3.eth.get_block("latest")
        return Timestamp(head["timestamp"])

    async def _receipt_of(
        self, kind: type[PoolEvent], *indexed: int | None, start: BlockNumber
    ) -> TxReceipt:
        """The transaction that said this last."""
        event = await self.latest_event(kind, *indexed, start=start)
        receipt = await find_receipt(self.web3, event.at.tx_hash) if event else None
        if receipt is None:
            raise ChainError(f"the node has no {kind.__name__} of it from block {start} on")
        return receipt
