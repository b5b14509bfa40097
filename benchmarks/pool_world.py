"""A pool that has been in use: accounts known to it, credit paid in, a queue that is not empty.

The time is set, and the texts are the same in every run, so that no byte of calldata differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from eth_utils.crypto import keccak
from eth_utils.hexadecimal import decode_hex

from benchmarks.chain import ETHER, Chain, Receipt, running_chain
from benchmarks.world import account
from taskwork.chain.abi import decode_event, load_abi
from taskwork.chain.pool_calls import TaskPoolCalls
from taskwork.chain.pool_factory import TaskPoolFactoryCalls
from taskwork.chain.pool_types import (
    Bps,
    DataMode,
    JobId,
    JobTerms,
    NewJob,
    PoolConfig,
    PoolSetup,
    Result,
    Seconds,
    Timestamp,
)
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.types import ZERO_ADDRESS, Address, Gas, Task, Wei, as_address
from taskwork.errors import ChainError

REQUESTER, WORKER, VERIFIER = account("requester"), account("worker"), account("verifier")
DEPLOYER, KEEPER = account("deployer"), account("executor")
REWARD, BOND = Wei(ETHER // 10), Wei(ETHER // 100)
SAVINGS = Wei(1000 * ETHER)
KIB = 1024
_DEFINITION = "((address,uint64,address,bytes,uint64),(uint64,uint64,uint64,bool,uint64))"
COMMITTED = keccak(text=f"TaskCommitted(bytes32,address,{_DEFINITION})")
EXECUTED = f"0x{keccak(text='TaskExecuted(bytes32,address,bool,bytes)').hex()}"
START = 0x77777777  # of which no byte is zero
BUCKET_SECONDS = 600
FAR = 80_000  # seconds to deadlines
TERMS = JobTerms(
    verifier=VERIFIER,
    hook_gas=Gas(0),
    dispute_window=Seconds(3600),
    claim_bond=BOND,
    claim_window=Seconds(FAR),  # a claim ends with its job, in the job's bucket
    verify_window=Seconds(FAR),
    forfeit_bps=Bps(2500),
    caller_share_bps=Bps(100),
    max_attempts=3,
    is_hook=False,
)


@contextmanager
def used_pool() -> Iterator[PoolWorld]:
    """A chain with a pool that logs its bytes, in which jobs were posted, done and paid."""
    with running_chain() as chain:
        for person in (DEPLOYER, REQUESTER, WORKER, VERIFIER, KEEPER):
            chain.enrich(person)
        chain.rpc("anvil_setBlockTimestampInterval", 1)
        chain.rpc("evm_setNextBlockTimestamp", hex(START))
        manager = chain.create(DEPLOYER, load_abi("TaskManager").encode_init((0, ZERO_ADDRESS)))
        code = chain.create(DEPLOYER, load_abi("TaskPool").encode_init((manager, 1)))
        init_code = load_abi("TaskPoolFactory").encode_init((code, ZERO_ADDRESS, ZERO_ADDRESS))
        world = PoolWorld(chain, manager, chain.create(DEPLOYER, init_code))
        world.use()
        yield world


class PoolWorld:
    """Pools, and what people do with the one that is looked at."""

    def __init__(self, chain: Chain, manager: Address, factory: Address) -> None:
        self.chain = chain
        self.manager = TaskManagerCalls(manager)
        self.factory = factory
        self.deadline = Timestamp(START + FAR)
        self.choose(self.create())

    def choose(self, pool: Address) -> None:
        """Look at another pool."""
        self.pool, self.calls = pool, TaskPoolCalls(pool)

    def create(
        self, *, logged: bool = True, bucket_seconds: int = BUCKET_SECONDS, max_claims: int = 7
    ) -> Address:
        """Make a pool of the requester's; returns its address."""
        receipt = self.make_pool(
            logged=logged, bucket_seconds=bucket_seconds, max_claims=max_claims
        )
        created = (log for log in receipt.logs if log["address"].lower() == self.factory.lower())
        return as_address("0x" + next(created)["topics"][1][26:])

    def make_pool(
        self, *, logged: bool = True, bucket_seconds: int = BUCKET_SECONDS, max_claims: int = 7
    ) -> Receipt:
        """Make a pool by the factory."""
        config = PoolConfig(
            owner=REQUESTER,
            bucket_seconds=Seconds(bucket_seconds),
            max_claims=max_claims,
            data_mode=DataMode.LOGGED if logged else DataMode.CODE,
        )
        setup = PoolSetup(ZERO_ADDRESS, "llm", "", TERMS)
        call = TaskPoolFactoryCalls(self.factory).create_pool_to_order(config, setup)
        return self.chain.run(REQUESTER, call)

    def use(self, *, budget: bool = True) -> None:
        """Bring the pool to where it is after some days: every word written that is going to be."""
        if budget:
            self.chain.run(REQUESTER, self.calls.fund_time_budget(SAVINGS))
        self.chain.run(WORKER, self.calls.deposit_credit(WORKER, SAVINGS, value=SAVINGS))
        self.post(4)
        paid, refused = self.deliver(2)
        self.verify(paid)
        self.verify(refused, is_valid=False)

    # What people do

    def job(self, size: int = KIB, deadline: int | None = None) -> NewJob:
        """A job with so many bytes of input."""
        model, request = "llm-chat-v1", 0x1111
        due = self.deadline if deadline is None else Timestamp(deadline)
        return NewJob(REWARD, due, "x" * size, model, request)

    def post(self, count: int = 1, *, size: int = KIB, deadline: int | None = None) -> Receipt:
        """Post jobs by one call."""
        jobs = [self.job(size, deadline)] * count
        call = self.calls.add_ai_tasks(jobs, value=Wei(count * REWARD))
        return self.chain.run(REQUESTER, call)

    def claim(self, worker: Address = WORKER) -> tuple[JobId, int]:
        """Claim the next job; returns it, and the gas."""
        receipt = self.chain.run(worker, self.calls.claim_task_for_user(worker))
        claimed = (log for log in receipt.logs if log["address"].lower() == self.pool.lower())
        return JobId(int(next(claimed)["topics"][2], 16)), receipt.gas

    def submit(self, job: JobId, *, size: int = KIB, proof: int = 0) -> int:
        """Submit a result of so many bytes; returns the gas."""
        result = Result("y" * size, "0x" + "ab" * 32, b"\x01" * proof, 0x1111, 0x2222)
        return self.chain.run(WORKER, self.calls.submit_task_for_user(WORKER, job, result)).gas

    def verify(self, job: JobId, *, is_valid: bool = True) -> int:
        """Judge a result; returns the gas."""
        return self.chain.run(VERIFIER, self.calls.verify_and_pay(job, is_valid=is_valid)).gas

    def deliver(self, count: int) -> list[JobId]:
        """Claim and submit jobs, one after the other."""
        done = []
        for _ in range(count):
            job, _ = self.claim()
            self.submit(job)
            done.append(job)
        return done

    def verify_all(self, jobs: Sequence[JobId]) -> int:
        """Accept many results by one call; returns the gas."""
        call = self.calls.batch_verify_and_pay(jobs, [True] * len(jobs))
        return self.chain.run(VERIFIER, call).gas

    # Time

    def near_deadline(self) -> Timestamp:
        """The last second of a bucket that is empty, and ten minutes ahead at least."""
        now = int(self.chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        return Timestamp((now // BUCKET_SECONDS + 2) * BUCKET_SECONDS)

    def pass_by(self, time: int) -> None:
        """Let blocks go by, one a second, until the next is later than that."""
        now = int(self.chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self.chain.rpc("anvil_mine", hex(time - now))

    def execute(self, posting: Receipt) -> Receipt:
        """Have a keeper execute the calls that a posting committed the task manager to."""
        receipt = self.chain.run(KEEPER, self.manager.execute_committed(committed(posting), 0))
        if EXECUTED not in [log["topics"][0] for log in receipt.logs]:
            raise ChainError("no call was due")
        return receipt


def committed(receipt: Receipt) -> list[Task]:
    """Return the tasks that a transaction committed the task manager to."""
    event = load_abi("TaskManager").events[COMMITTED]
    own = (log for log in receipt.logs if log["topics"][0] == f"0x{COMMITTED.hex()}")
    arguments = (
        decode_event(event, [decode_hex(one) for one in log["topics"]], decode_hex(log["data"]))
        for log in own
    )
    return [definition.task for _, _, definition in arguments]
