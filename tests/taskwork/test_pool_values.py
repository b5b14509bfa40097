"""A pool's values on their way to the chain: calls, checks, signatures, hashes. No node."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_account import Account
from eth_utils.crypto import keccak

from taskwork.chain import pool_validation
from taskwork.chain.abi import load_abi
from taskwork.chain.pool_calls import TaskPoolCalls
from taskwork.chain.pool_factory import TaskPoolFactoryCalls
from taskwork.chain.pool_signing import Permit, SigningDomain, sign_claim, sign_submission
from taskwork.chain.pool_types import (
    ANY_JOB,
    Bps,
    Bucket,
    DataMode,
    JobId,
    JobInfo,
    JobState,
    JobStatus,
    JobTerms,
    NewJob,
    PoolConfig,
    PoolSetup,
    PostedJob,
    PostOptions,
    Priority,
    Result,
    Seconds,
    Timestamp,
)
from taskwork.chain.pool_validation import check_config, check_jobs, check_value
from taskwork.chain.signing import recover_signer
from taskwork.chain.types import ZERO_ADDRESS, Gas, Wei, as_address
from taskwork.errors import InvalidInput, UntrustedPool

pytestmark = pytest.mark.unit

ALICE = as_address("0x" + "a1" * 20)
POOL = as_address("0x" + "b2" * 20)
NOW = Timestamp(1_800_000_000)
JOB = NewJob(Wei(10**17), Timestamp(NOW + 3600), "What is AI?", "llm-chat-v1", 1)
OTHER = NewJob(Wei(2 * 10**17), Timestamp(NOW + 7200), "Classify this", "classifier-v1", 2)
RESULT = Result("A field of study.", "0x1234", b"\x01\x02", 123, 456)
TERMS = JobTerms(
    verifier=ALICE,
    is_hook=False,
    hook_gas=Gas(0),
    dispute_window=Seconds(86_400),
    claim_bond=Wei(10**16),
    claim_window=Seconds(3600),
    verify_window=Seconds(86_400),
    forfeit_bps=Bps(0),
    caller_share_bps=Bps(100),
    max_attempts=3,
)
CONFIG = PoolConfig(owner=ALICE)
CALLS = TaskPoolCalls(POOL)
DOMAIN = SigningDomain("Taskwork Pool", "1", 31337, POOL)


def test_calls__every_function_that_writes__can_be_built() -> None:
    permit = Permit(ALICE, NOW, bytes(65))
    built = [
        CALLS.add_ai_tasks([JOB]),
        CALLS.add_ai_tasks([JOB], options=PostOptions()),
        CALLS.cancel_task(JobId(1)),
        CALLS.claim_task_for_user(ALICE),
        CALLS.claim_task_for_user(ALICE, JobId(1)),
        CALLS.claim_task_with(permit, ANY_JOB),
        CALLS.submit_task_for_user(ALICE, JobId(1), RESULT),
        CALLS.submit_task_with(permit, JobId(1), RESULT),
        CALLS.verify_and_pay(JobId(1), is_valid=True),
        CALLS.batch_verify_and_pay([JobId(1)], [True]),
        CALLS.dispute_task(JobId(1)),
        CALLS.release_expired_task(JobId(1)),
        CALLS.release_expired_tasks([JobId(1)]),
        CALLS.settle_bucket(Bucket(1)),
        CALLS.schedule_bucket(Bucket(1)),
        CALLS.fund_time_budget(Wei(1)),
        CALLS.withdraw_time_budget(Wei(1)),
        CALLS.set_time_price(ceiling=Wei(1), tip=Wei(1), premium_cap=Wei(1)),
        CALLS.deposit_credit(ALICE, Wei(1), value=Wei(1)),
        CALLS.withdraw(),
        CALLS.withdraw(Wei(1), ALICE),
        CALLS.initialize(PoolSetup(ALICE, "chat", "", TERMS)),
        CALLS.activate_pool(),
        CALLS.deactivate_pool(),
        CALLS.set_model_registry(ALICE),
        CALLS.set_zkp_verifier(ALICE),
        CALLS.set_terms(TERMS),
        CALLS.withdraw_funds(),
        CALLS.withdraw_funds(Wei(1)),
    ]
    assert {call.data[:4] for call in built} == writing("TaskPool")


def test_factory_calls__every_function_that_writes__can_be_built() -> None:
    calls = TaskPoolFactoryCalls(POOL)
    built = [
        calls.create_pool("chat"),
        calls.create_pool_for(ALICE, "chat"),
        calls.create_pool_to_order(CONFIG, PoolSetup(ALICE, "chat", "", TERMS)),
        calls.pool_status_changed(active=True),
    ]
    assert {call.data[:4] for call in built} == writing("TaskPoolFactory")


def test_add_ai_tasks__seeds_example__encodes_the_seeds_arrays() -> None:
    call = CALLS.add_ai_tasks([JOB, OTHER], value=Wei(3 * 10**17))
    kinds = ["uint256[]", "uint256[]", "string[]", "string[]", "uint256[]"]
    assert call.data[:4].hex() == "39d6bb88"
    assert decode(kinds, call.data[4:]) == (
        (10**17, 2 * 10**17),
        (1, 2),
        ("llm-chat-v1", "classifier-v1"),
        ("What is AI?", "Classify this"),
        (NOW + 3600, NOW + 7200),
    )
    assert (call.to, call.value) == (POOL, 3 * 10**17)


def test_submit_task_for_user__seeds_example__encodes_the_seeds_arguments() -> None:
    call = CALLS.submit_task_for_user(ALICE, JobId(7), RESULT)
    kinds = ["address", "uint256", "string", "bytes", "uint256", "uint256", "string"]
    assert call.data[:4].hex() == "9fd6f62b"
    assert call.data[4:] == encode(
        kinds, [ALICE, 7, "0x1234", b"\x01\x02", 123, 456, "A field of study."]
    )


# What is refused before anything is sent


@pytest.mark.parametrize(
    ("job", "field"),
    [
        (replace(JOB, reward=Wei(0)), "jobs[0].reward"),
        (replace(JOB, reward=Wei(-1)), "jobs[0].reward"),
        (replace(JOB, reward=Wei(2**96)), "jobs[0].reward"),
        (replace(JOB, deadline=NOW), "jobs[0].deadline"),
        (replace(JOB, deadline=Timestamp(NOW - 1)), "jobs[0].deadline"),
        (replace(JOB, deadline=Timestamp(NOW * 1000)), "jobs[0].deadline"),
        (replace(JOB, deadline=Timestamp(NOW + 1_461 * 86_400 + 1)), "jobs[0].deadline"),
        (replace(JOB, model_id="é" * 129), "length of jobs[0].model_id"),
        (replace(JOB, input_data="x" * 24_001), "length of jobs[0].input_data"),
        (replace(JOB, request_id=-1), "jobs[0].request_id"),
    ],
)
def test_check_jobs__wrong_one__names_field_and_value(job: NewJob, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_jobs([job], NOW)
    assert caught.value.field == field


def test_check_jobs__at_the_bounds__passes() -> None:
    check_jobs([replace(JOB, deadline=Timestamp(NOW + 1), reward=Wei(1))], NOW)
    check_jobs([replace(JOB, deadline=Timestamp(NOW + 1_461 * 86_400))], NOW)
    check_jobs([replace(JOB, model_id="x" * 256, input_data="é" * 12_000)], NOW)
    with pytest.raises(InvalidInput, match="number of jobs"):
        check_jobs([])


def test_add_ai_tasks__milliseconds__are_refused_without_a_clock() -> None:
    """As the seed's own examples have them."""
    with pytest.raises(InvalidInput, match="in seconds, not in milliseconds"):
        CALLS.add_ai_tasks([replace(JOB, deadline=Timestamp(1_700_000_000_000 + 3600))])


@pytest.mark.parametrize(
    ("value", "asset", "by_owner", "is_right"),
    [
        (3 * 10**17, ZERO_ADDRESS, False, True),
        (3 * 10**17 - 1, ZERO_ADDRESS, False, False),
        (3 * 10**17 + 1, ZERO_ADDRESS, True, False),
        (0, ZERO_ADDRESS, False, False),
        (0, ZERO_ADDRESS, True, True),
        (0, POOL, False, True),
        (1, POOL, False, False),
    ],
)
def test_check_value__sum_of_rewards__to_the_wei(
    value: int, asset: Any, by_owner: bool, is_right: bool
) -> None:
    config = replace(CONFIG, asset=asset)
    if is_right:
        check_value([JOB, OTHER], config, Wei(value), by_owner=by_owner)
        return
    with pytest.raises(InvalidInput, match="value is"):
        check_value([JOB, OTHER], config, Wei(value), by_owner=by_owner)


@pytest.mark.parametrize(
    "build",
    [
        lambda: CALLS.cancel_task(JobId(0)),
        lambda: CALLS.claim_task_for_user(ALICE, JobId(-1)),
        lambda: CALLS.submit_task_for_user(ALICE, JobId(0), RESULT),
        lambda: CALLS.submit_task_for_user(ALICE, JobId(1), replace(RESULT, data="x" * 23_999)),
        lambda: CALLS.submit_task_for_user(ALICE, JobId(1), replace(RESULT, hash="x" * 257)),
        lambda: CALLS.submit_task_for_user(ALICE, JobId(1), replace(RESULT, public_input=-1)),
        lambda: CALLS.verify_and_pay(JobId(0), is_valid=True),
        lambda: CALLS.batch_verify_and_pay([JobId(1)], []),
        lambda: CALLS.batch_verify_and_pay([], []),
        lambda: CALLS.batch_verify_and_pay([JobId(0)], [True]),
        lambda: CALLS.release_expired_tasks([JobId(1), JobId(0)]),
        lambda: CALLS.fund_time_budget(Wei(0)),
        lambda: CALLS.deposit_credit(ALICE, Wei(0)),
        lambda: CALLS.withdraw(Wei(1)),
        lambda: CALLS.set_terms(replace(TERMS, forfeit_bps=Bps(10_001))),
        lambda: CALLS.set_terms(replace(TERMS, claim_window=Seconds(366 * 86_400 + 1))),
        lambda: CALLS.set_terms(replace(TERMS, max_attempts=256)),
        lambda: CALLS.set_terms(replace(TERMS, caller_share_bps=Bps(1_001))),
        lambda: CALLS.set_terms(replace(TERMS, hook_gas=Gas(10_000_001))),
        lambda: TaskPoolFactoryCalls(POOL).create_pool(""),
        lambda: TaskPoolFactoryCalls(POOL).create_pool("x" * 65),
        lambda: TaskPoolFactoryCalls(POOL).create_pool("chat", "x" * 1025),
        lambda: check_config(PoolConfig(owner=ZERO_ADDRESS)),
        lambda: check_config(replace(CONFIG, max_claims=8)),
    ],
)
def test_calls__what_a_contract_would_refuse__is_refused_unsent(build: Any) -> None:
    with pytest.raises(InvalidInput):
        build()


def test_limits__in_python__are_those_of_the_contracts() -> None:
    source = (Path(__file__).parents[2] / "contracts/libraries/PoolLimits.sol").read_text("utf-8")
    found = dict(re.findall(r"^uint256 constant (\w+) = ([\w ().]+);", source, re.MULTILINE))
    for name in ("MAX_NAME", "MAX_BYTES", "MAX_CALLER_SHARE", "MAX_HOOK_GAS", "BPS"):
        assert int(found[name].replace("_", "")) == getattr(pool_validation, name), name
    for name in ("MAX_HORIZON", "MAX_WINDOW"):
        days = found[name].removesuffix(" days")
        assert int(days) * 86_400 == getattr(pool_validation, name), name
    assert found["MAX_OWED"] == "type(uint96).max"


# Signatures and hashes


def test_sign_claim__typed_data__is_what_the_pool_hashes() -> None:
    account = Account.create()
    permit = sign_claim(account, DOMAIN, JobId(7), nonce=3, expiry=NOW)
    kind = b"Claim(address user,uint256 taskId,uint256 nonce,uint256 expiry)"
    fields = ["bytes32", "address", "uint256", "uint256", "uint256"]
    struct = keccak(encode(fields, [keccak(kind), account.address, 7, 3, NOW]))
    assert signer_of(struct, permit.signature) == account.address == permit.user
    assert permit.expiry == NOW


def test_sign_submission__typed_data__is_what_the_pool_hashes() -> None:
    account = Account.create()
    permit = sign_submission(account, DOMAIN, JobId(7), RESULT, nonce=3, expiry=NOW)
    kind = (
        b"Submission(address user,uint256 taskId,string resultHash,bytes zkpProof,"
        b"uint256 zkpPublicInput,uint256 zkpPublicResult,string resultData,uint256 nonce,"
        b"uint256 expiry)"
    )
    fields = ["bytes32", "address", "uint256", "bytes32", "bytes32", *["uint256"] * 2, "bytes32"]
    values = [
        *(keccak(kind), account.address, 7, keccak(text=RESULT.hash), keccak(RESULT.proof)),
        *(123, 456, keccak(text=RESULT.data), 3, NOW),
    ]
    struct = keccak(encode([*fields, "uint256", "uint256"], values))
    assert signer_of(struct, permit.signature) == account.address


@pytest.mark.parametrize(
    "named", [replace(DOMAIN, pool=ALICE), replace(DOMAIN, chain_id=1)], ids=["pool", "chain"]
)
def test_signing_domain__of_another_pool_or_chain__is_never_signed_for(
    named: SigningDomain,
) -> None:
    assert DOMAIN.expect(31337, POOL) == DOMAIN
    with pytest.raises(UntrustedPool, match="would have you sign for"):
        named.expect(31337, POOL)


def test_recover_signer__no_signature__is_nobody() -> None:
    message = DOMAIN.message("Note", [{"name": "text", "type": "string"}], {"text": "hello"})
    assert recover_signer(message, b"") is None
    assert recover_signer(message, bytes(65)) is None


def test_hashes__of_job_and_result__are_those_of_the_contract() -> None:
    job = PostedJob(1, "llm-chat-v1", "What is AI?")
    inner = [keccak(b"llm-chat-v1"), keccak(b"What is AI?")]
    assert job.hash == hexed(keccak(encode(["uint256", "bytes32", "bytes32"], [1, *inner])))
    texts = keccak(
        encode(["bytes32", "bytes32"], [keccak(b"0x1234"), keccak(b"A field of study.")])
    )
    signals = [RESULT.public_input, RESULT.public_result]
    whole = encode(["bytes32", "uint256", "uint256"], [texts, *signals])
    assert RESULT.texts == texts
    assert RESULT.commitment == hexed(keccak(whole))


def test_task_state__around_the_boundary__is_overdue_from_the_second_after() -> None:
    job = JobInfo(
        *(JobId(1), JobStatus.CLAIMED, Priority.NORMAL, ALICE, POOL, Wei(1), NOW, NOW),
        *(Timestamp(0), 0, 1, "0x", "0x"),
    )
    assert not JobState(job, NOW).is_overdue
    assert JobState(job, Timestamp(NOW + 1)).is_overdue
    assert JobState(job, Timestamp(NOW - 5)).seconds_left == 5
    ended = replace(job, status=JobStatus.SETTLED)
    assert not JobState(ended, Timestamp(NOW + 1)).is_overdue
    assert JobState(ended, Timestamp(NOW - 5)).seconds_left == 0


def test_job_status__each__has_ended_or_not() -> None:
    ended = [status.name for status in JobStatus if status.has_ended]
    assert ended == ["SETTLED", "REFUNDED", "EXPIRED", "CANCELLED"]
    assert DataMode.LOGGED == 1


def signer_of(struct: bytes, signature: bytes) -> str:
    kind = keccak(
        b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    domain = [kind, keccak(b"Taskwork Pool"), keccak(b"1"), 31337, POOL]
    separator = keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], domain))
    digest = keccak(b"\x19\x01" + separator + struct)
    return str(Account._recover_hash(digest, signature=signature))


def hexed(data: bytes) -> str:
    return f"0x{data.hex()}"


def writing(contract: str) -> set[bytes]:
    """The selectors of all functions that change something."""
    return {
        keccak(text=signature)[:4]
        for signature, function in load_abi(contract).functions.items()
        if function["stateMutability"] in {"nonpayable", "payable"}  # type: ignore[typeddict-item]
    }
