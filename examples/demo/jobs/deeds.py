"""What each act is on chain, and what people do between themselves for a secret job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from examples.demo.jobs import cast
from examples.demo.jobs.cast import ANSWERS, JOBS, Act, Verb
from examples.demo.jobs.stage import JobStage
from examples.demo.stage import STAGEHAND
from taskwork.chain.pool_types import JobId, NewJob, PostOptions, Result, Timestamp
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, Wei
from taskwork.privacy.boxes import (
    content_hash,
    encrypt_input,
    open_input,
    open_key,
    open_result,
    seal_key,
    seal_result,
)
from taskwork.privacy.context import ClaimContext, InputContext
from taskwork.privacy.keys import Announcement


def sender_of(act: Act) -> str:
    """Who signs: a contract cannot."""
    return STAGEHAND if act.who == cast.HOSTILE else act.who


async def call_of(stage: JobStage, act: Act) -> Call:
    """The transaction of an act."""
    call = await _call(stage, act)
    return stage.hostile.acts(call) if act.who == cast.HOSTILE else call


async def _call(stage: JobStage, act: Act) -> Call:
    calls, user = stage.pool.calls, stage.addresses[act.who]
    match act.verb:
        case Verb.POST:
            return await _post(stage, act.jobs)
        case Verb.NAME_VERIFIER:
            return calls.set_zkp_verifier(stage.addresses[act.says])
        case Verb.CLAIM:
            return calls.claim_task_for_user(user, stage.jobs[act.jobs[0]])
        case Verb.SUBMIT:
            (job,) = act.jobs
            result = await _result(stage, act, job)
            return calls.submit_task_for_user(user, stage.jobs[job], result)
        case Verb.ACCEPT | Verb.REJECT:
            return _judge(stage, act)
        case Verb.WITHDRAW:
            return await _withdraw(stage, act)


async def _post(stage: JobStage, jobs: Sequence[str]) -> Call:
    """All at once; the request ids say later which is which."""
    now = await stage.pool.now()
    new = [
        NewJob(
            reward=JOBS[name].reward,
            deadline=Timestamp(now + int(JOBS[name].hours * 3600)),
            input_data=_input(stage, name),
            model_id="odd-jobs",
            request_id=list(JOBS).index(name) + 1,
        )
        for name in jobs
    ]
    value = Wei(sum(job.reward for job in new))
    return stage.pool.calls.add_ai_tasks(new, value=value, options=PostOptions())


def _input(stage: JobStage, name: str) -> str:
    plan = JOBS[name]
    if not plan.is_secret:
        return plan.text
    context = InputContext(stage.chain_id, stage.pool.address, stage.addresses[cast.REQUESTER])
    stage.secrets[name] = encrypt_input(plan.text.encode(), context)
    return stage.secrets[name].text


async def _result(stage: JobStage, act: Act, job: str) -> Result:
    if JOBS[job].is_secret:
        text = await _answer_in_secret(stage, act.who, job)
    else:
        text = act.says or ANSWERS[job]
    return Result(text, f"0x{content_hash(text).hex()}")


async def _answer_in_secret(stage: JobStage, worker: str, job: str) -> str:
    """The worker announces a key, gets the input's key sealed to it, reads, seals the answer."""
    task_id, own = stage.jobs[job], stage.keys[worker]
    posted = (await stage.pool.get_task(task_id)).input_data
    expires = datetime.now(UTC) + timedelta(hours=1)
    account = stage.accounts[worker]
    announced = Announcement.sign(account, own.public, chain_id=stage.chain_id, expires=expires)

    context = claim_context(stage, task_id, stage.addresses[worker])
    trusted = announced.check(context.worker, chain_id=stage.chain_id)
    sealed = seal_key(stage.secrets[job], trusted, context)

    key = open_key(sealed, own, context, posted)
    requester = stage.addresses[cast.REQUESTER]
    read = open_input(posted, key, InputContext(stage.chain_id, stage.pool.address, requester))
    answer = next(ANSWERS[name] for name, plan in JOBS.items() if plan.text == read.decode())
    return seal_result(answer.encode(), stage.keys[cast.REQUESTER].public, context)


async def read_result(stage: JobStage, job: str) -> str:
    """A result as its requester reads it."""
    task = await stage.pool.get_task(stage.jobs[job])
    if not JOBS[job].is_secret:
        return task.result_data
    context = claim_context(stage, task.task_id, task.assigned_to)
    return open_result(task.result_data, stage.keys[cast.REQUESTER], context).decode()


def claim_context(stage: JobStage, task_id: JobId, worker: Address) -> ClaimContext:
    """What keys and results are bound to."""
    return ClaimContext(stage.chain_id, stage.pool.address, task_id, worker)


def _judge(stage: JobStage, act: Act) -> Call:
    is_valid = act.verb is Verb.ACCEPT
    ids = [stage.jobs[name] for name in act.jobs]
    if len(ids) == 1:
        return stage.pool.calls.verify_and_pay(ids[0], is_valid=is_valid)
    return stage.pool.calls.batch_verify_and_pay(ids, [is_valid] * len(ids))


async def _withdraw(stage: JobStage, act: Act) -> Call:
    """The hostile contract, which takes no coin, has its credit paid to its maker."""
    if act.who != cast.HOSTILE:
        return stage.pool.calls.withdraw()
    credit = await stage.pool.credit_of(stage.hostile.address)
    maker = Address(stage.accounts[STAGEHAND].address)
    return stage.pool.calls.withdraw(credit, maker)
