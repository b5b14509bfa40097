"""Jobs of a real pool, proven: inside the submission, or settled by whoever brings the proofs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from circuits.calculator import witnesses
from taskwork.chain.contract_errors import (
    Groth16Settler_NotJudged,
    Groth16Settler_NotProven,
    Groth16Settler_WrongResult,
    Groth16Verifier_WrongJob,
    InvalidZKPProof,
)
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.pool_types import JobContext, JobId, JobStatus, NewJob, Result, Timestamp
from taskwork.chain.proof_types import ModelKeys
from taskwork.chain.types import Address, Gas
from taskwork.worker.client import WorkerClient
from taskwork.zk.artifacts import LOCK, Artifacts
from taskwork.zk.binding import binding, commitment_text, encode_proof, model_id
from taskwork.zk.client import Groth16SettlerClient, Proposal
from taskwork.zk.curve import decode
from taskwork.zk.deploy import deploy_adapter, deploy_model
from taskwork.zk.fast import Zksnake
from tests.circuits.conftest import ROOT
from tests.support.chain import Chain
from tests.support.pools import REWARD, Pools, make_pools

pytestmark = pytest.mark.integration

SECRET = [123, 456]
HOOK_GAS = Gas(300_000)


@dataclass
class Stage:
    """A pool whose jobs are proven."""

    pools: Pools
    keys: ModelKeys
    artifacts: Artifacts
    fast: Zksnake
    adapter: Address

    def known(self, bound: int) -> Any:
        (witness,) = witnesses(self.artifacts, [{"preimage": SECRET, "binding": bound}])
        assert not isinstance(witness, str)
        return witness

    async def post(self, count: int = 1) -> list[JobId]:
        _, _, commitment, *_ = self.known(0)
        deadline = Timestamp(await self.pools.pool.now() + 86_400)
        text, model = commitment_text(commitment), model_id(self.keys)
        jobs = [NewJob(REWARD, deadline, text, model, number) for number in range(count)]
        return await self.pools.pool.post(self.pools.chain.owner, jobs)

    async def prove(self, job: JobId, worker: WorkerClient, result: Result) -> tuple[Result, bytes]:
        """Return the result with its public signals, and the three points."""
        _, answer, commitment, *_ = self.known(0)
        result = replace(result, public_input=commitment, public_result=answer)
        context = await self.pools.pool.context_of(job, Address(worker.account.address), result)
        return self.prove_for(context, result)

    def prove_for(self, context: JobContext, result: Result) -> tuple[Result, bytes]:
        witness = self.known(binding(self.artifacts.key().hash, context))
        proven = self.fast.prove_values(self.artifacts.zkey, witness)
        request = context.task_id - 1
        encoded = encode_proof(proven.proof, request, self.keys)
        answer, commitment, _ = proven.signals
        assert (answer, commitment) == (result.public_result, result.public_input)
        return replace(result, proof=encoded), proven.proof.to_bytes()


@pytest_asyncio.fixture
async def stage(chain: Chain, preimage: Artifacts, fast: Zksnake) -> Stage:
    pools = await make_pools(chain)
    keys = await deploy_model(chain.web3, chain.owner, "preimage", "digits_batch", ROOT / LOCK)
    adapter = await deploy_adapter(chain.web3, chain.owner)
    return Stage(pools, keys, preimage, fast, adapter)


async def test_hook__proven_result__is_paid_inside_the_submission(stage: Stage) -> None:
    pools = stage.pools
    terms = await pools.pool.terms()
    hook = replace(terms, verifier=stage.adapter, is_hook=True, hook_gas=HOOK_GAS)
    await pools.pool.send(pools.chain.owner, pools.pool.calls.set_terms(hook))
    (job,) = await stage.post()
    await pools.worker.claim_task()
    result, _ = await stage.prove(job, pools.worker, Result("known", "0x01"))

    await pools.worker.submit_task(job, result)

    assert await pools.pool.get_job_status(job) is JobStatus.SETTLED
    assert (await pools.pool.get_pool_stats()).rewarded == REWARD


async def test_hook__proof_for_another_or_another_answer__leaves_the_claim(stage: Stage) -> None:
    """No honest worker loses a claim or a bond by a proof that does not convince."""
    pools = stage.pools
    terms = await pools.pool.terms()
    hook = replace(terms, verifier=stage.adapter, is_hook=True, hook_gas=HOOK_GAS)
    await pools.pool.send(pools.chain.owner, pools.pool.calls.set_terms(hook))
    (job,) = await stage.post()
    await pools.worker.claim_task()
    honest, _ = await stage.prove(job, pools.worker, Result("known", "0x01"))
    stolen, _ = await stage.prove(job, pools.rival, Result("known", "0x01"))
    credit = await pools.pool.credit_of(Address(pools.worker.account.address))

    for bad in (
        stolen,
        replace(honest, data="another text"),
        replace(honest, public_result=honest.public_result + 1),
        replace(honest, public_input=honest.public_input + 1),
        replace(honest, proof=honest.proof[:-1]),
        replace(honest, proof=honest.proof + b"\0"),
    ):
        with pytest.raises(InvalidZKPProof):
            await pools.worker.submit_task(job, bad)

    assert await pools.pool.get_job_status(job) is JobStatus.CLAIMED
    assert await pools.pool.credit_of(Address(pools.worker.account.address)) == credit
    await pools.worker.submit_task(job, honest)
    assert await pools.pool.get_job_status(job) is JobStatus.SETTLED


async def settled_stage(stage: Stage) -> tuple[Groth16SettlerClient, list[Proposal]]:
    """Two results, submitted without proof to a pool whose verifier is the settler."""
    pools = stage.pools
    chain = pools.chain
    at = await deploy_missing(chain.web3, chain.owner, "Groth16Settler", stage.adapter)
    await pools.pool.send(chain.owner, pools.pool.calls.set_zkp_verifier(at))
    jobs = await stage.post(2)
    proposals = []
    for job, worker in zip(jobs, (pools.worker, pools.rival), strict=True):
        await worker.claim_task(job)
        done, points = await stage.prove(job, worker, Result("known", "0x01"))
        await worker.submit_task(job, replace(done, proof=b""))
        signals = done.public_input, done.public_result
        proposals.append(Proposal(job, job - 1, done.texts, *signals, tuple(decode(points))))
    return Groth16SettlerClient(chain.web3, at), proposals


async def test_settler__all_proven__are_paid_by_one_call(stage: Stage) -> None:
    settler, proposals = await settled_stage(stage)
    pool, chain = stage.pools.pool, stage.pools.chain
    call = settler.calls.settle(pool.address, stage.keys, proposals)

    assert await settler.simulate(call, sender=Address(chain.executor.address)) == (2,)
    await settler.send(chain.executor, call)

    for proposal in proposals:
        assert await pool.get_job_status(proposal.task_id) is JobStatus.SETTLED
    assert await settler.simulate(call, sender=Address(chain.executor.address)) == (0,)


@pytest.mark.parametrize("bad", [0, 1])
async def test_settler__one_bad_proof__settles_the_others_and_rejects_nobody(
    stage: Stage, bad: int
) -> None:
    settler, proposals = await settled_stage(stage)
    pool, chain = stage.pools.pool, stage.pools.chain
    spoilt = list(proposals)
    spoilt[bad] = replace(proposals[bad], proof=(1, 2, *proposals[bad].proof[2:]))

    await settler.send(chain.executor, settler.calls.settle(pool.address, stage.keys, spoilt))

    assert await pool.get_job_status(proposals[1 - bad].task_id) is JobStatus.SETTLED
    assert await pool.get_job_status(proposals[bad].task_id) is JobStatus.SUBMITTED
    await settler.send(chain.executor, settler.calls.settle(pool.address, stage.keys, proposals))
    assert await pool.get_job_status(proposals[bad].task_id) is JobStatus.SETTLED


async def test_settler__claim_of_another_job__is_passed_over(stage: Stage) -> None:
    settler, (first, second) = await settled_stage(stage)
    pool, chain = stage.pools.pool, stage.pools.chain
    swapped = [replace(first, proof=second.proof), replace(second, request_id=9)]
    call = settler.calls.settle(pool.address, stage.keys, swapped)

    assert await settler.simulate(call, sender=Address(chain.executor.address)) == (0,)


async def test_settler__other_signals_than_submitted__are_passed_over(stage: Stage) -> None:
    """What the pool shows of a verified job is what was proven."""
    pools = stage.pools
    settler, _ = await settled_stage(stage)
    (job,) = await stage.post()
    await pools.worker.claim_task(job)
    done, points = await stage.prove(job, pools.worker, Result("known", "0x01"))
    await pools.worker.submit_task(job, replace(done, proof=b"", public_result=7))
    signals = done.public_input, done.public_result
    proposal = Proposal(job, 0, done.texts, *signals, tuple(decode(points)))
    sender = Address(pools.chain.executor.address)

    for one in (proposal, replace(proposal, public_result=7)):
        call = settler.calls.settle(pools.pool.address, stage.keys, [one])
        assert await settler.simulate(call, sender=sender) == (0,)
    eight = settler.calls.settle_evaluated(
        pools.pool.address,
        stage.keys,
        [proposal] * 8,
        1,
        stage.fast.prove_values(stage.artifacts.zkey, stage.known(1)).proof,
    )
    with pytest.raises(Groth16Settler_WrongResult):
        await settler.simulate(eight, sender=sender)


async def test_settler__too_little_gas__reverts_and_settles_nothing(stage: Stage) -> None:
    """An estimate that starves the judge must not look like success."""
    settler, proposals = await settled_stage(stage)
    pool, chain = stage.pools.pool, stage.pools.chain
    call = settler.calls.settle(pool.address, stage.keys, proposals)

    with pytest.raises(Groth16Settler_NotJudged):
        await settler.simulate(call, sender=Address(chain.executor.address), gas=Gas(250_000))


async def test_settler__evaluated_proof_that_is_of_something_else__is_refused(
    stage: Stage,
) -> None:
    settler, proposals = await settled_stage(stage)
    pool, sender = stage.pools.pool.address, Address(stage.pools.chain.executor.address)
    proof = stage.fast.prove_values(stage.artifacts.zkey, stage.known(1)).proof
    eight = [proposals[0]] * 8

    wrong_proof = settler.calls.settle_evaluated(pool, stage.keys, eight, 1, proof)
    with pytest.raises(Groth16Settler_NotProven):
        await settler.simulate(wrong_proof, sender=sender)
    other = replace(stage.keys, batch=stage.keys.single)
    wrong_model = settler.calls.settle_evaluated(pool, other, eight, 1, proof)
    with pytest.raises(Groth16Verifier_WrongJob):
        await settler.simulate(wrong_model, sender=sender)
