"""What the owner may do, which is little, and what nobody may do twice."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import (
    BOND,
    CLAIM_WINDOW,
    REWARD,
    VERIFY_WINDOW,
    Config,
    NewJob,
    Setup,
    Status,
    Terms,
    columns,
)
from tests.support.definitions import ZERO_ADDRESS

YEAR = 366 * 24 * 3600


def test_initialize__again__reverts(pool, requester, stranger, verifier) -> None:
    setup = Setup(ZERO_ADDRESS, "", "", Terms(str(verifier)))
    for who in (requester, stranger):
        with ape.reverts(pool.TaskPool_AlreadyInitialized):
            pool.initialize(setup, sender=who)


def test_initialize__implementation_by_a_stranger__reverts(
    pool_world, stranger, verifier, refusal
) -> None:
    face = pool_world.implementation
    setup = Setup(ZERO_ADDRESS, "", "", Terms(str(verifier)))
    terms = "(address,uint32,uint32,uint96,uint32,uint32,uint16,uint16,uint8,bool)"
    call = f"initialize((address,string,string,{terms}))"
    assert refusal(face, call, setup, sender=stranger).name == "TaskPool_AlreadyInitialized"


@pytest.mark.parametrize("claims", [0, 8, 255])
def test_initialize__capacity_out_of_range__reverts(make_pool, pool_world, claims) -> None:
    face = pool_world.implementation
    with ape.reverts(face.TaskPool_TermOutOfRange, given=claims, min=1, max=7):
        make_pool(max_claims=claims)


def test_initialize__no_owner__reverts(make_pool, pool_world) -> None:
    with ape.reverts(pool_world.implementation.Unauthorized):
        make_pool(owner=ZERO_ADDRESS)


def test_initialize__everything__can_be_read(
    make_pool, requester, stranger, router, verifier
) -> None:
    pool = make_pool(model_registry=stranger, max_claims=3, open_posting=True, data_mode=1)
    assert pool.owner() == requester
    assert (pool.isActive(), pool.category(), pool.metadata()) == (True, "llm", "about this pool")
    assert (pool.modelRegistry(), pool.zkpVerifier()) == (stranger, verifier)
    assert (pool.taskCounter(), pool.termsVersion()) == (0, 1)
    expected = Config(str(requester), ZERO_ADDRESS, str(router), 600, 3, 1, True)
    assert tuple(pool.config()) == tuple(expected)
    assert tuple(pool.termsAt(1)) == tuple(Terms(str(verifier)))
    assert tuple(pool.termsAt(2)) == tuple(Terms(ZERO_ADDRESS, *[0] * 8, False))


OWNER_CALLS = {
    "activatePool()": [],
    "deactivatePool()": [],
    "setModelRegistry(address)": [ZERO_ADDRESS],
    "setZKPVerifier(address)": [ZERO_ADDRESS],
    "setTerms((address,uint32,uint32,uint96,uint32,uint32,uint16,uint16,uint8,bool))": [
        (ZERO_ADDRESS, 0, 0, 0, 1, 1, 0, 0, 1, False),
    ],
    "withdrawFunds()": [],
    "withdrawFunds(uint256)": [1],
    "withdrawTimeBudget(uint256)": [1],
    "setTimePrice(uint256,uint256,uint256)": [1, 1, 1],
}  # fmt: skip


@pytest.mark.parametrize("call", OWNER_CALLS)
@pytest.mark.parametrize("who", ["stranger", "worker", "verifier", "router"])
def test_owner__calls_by_anyone_else__revert(pool, request, refusal, call, who) -> None:
    sender = request.getfixturevalue(who)
    assert refusal(pool, call, *OWNER_CALLS[call], sender=sender).name == "Unauthorized"


def test_owner__deactivates_and_activates__says_so_and_tells_the_factory(
    pool, pool_world, requester, said
) -> None:
    receipt = pool.deactivatePool(sender=requester)
    assert [(e.name, e.args) for e in said(receipt, pool)] == [
        ("PoolDeactivated", {"pool": pool.address})
    ]
    assert not pool.isActive()
    assert pool_world.factory.getActivePools() == []

    receipt = pool.activatePool(sender=requester)
    assert [e.name for e in said(receipt, pool)] == ["PoolActivated"]
    assert pool_world.factory.getActivePools() == [pool.address]


def test_owner__deactivates_twice__tells_the_factory_once(pool, pool_world, requester) -> None:
    pool.deactivatePool(sender=requester)
    pool.deactivatePool(sender=requester)
    pool.activatePool(sender=requester)
    pool.activatePool(sender=requester)
    assert pool_world.factory.getActivePools() == [pool.address]


def test_owner__names_another_registry__says_so(pool, requester, stranger, said) -> None:
    receipt = pool.setModelRegistry(stranger, sender=requester)
    assert said(receipt, pool)[0].name == "ModelRegistrySet"
    assert said(receipt, pool)[0].args == {"modelRegistry": stranger.address}
    assert pool.modelRegistry() == stranger


def test_owner__changes_the_terms__binds_no_job_posted_before(
    pool, claimed, requester, stranger, verifier, now
) -> None:
    """Lowered windows, raised bonds and another verifier are for jobs to come."""
    until = claimed.info.until
    harsh = Terms(str(stranger), 0, 0, 10 * BOND, 1, 1, 10_000, 1_000, 1, False)
    receipt = pool.setTerms(harsh, sender=requester)
    assert receipt.return_value == 2 == pool.termsVersion()
    assert tuple(pool.termsAt(2)) == tuple(harsh)

    info = claimed.info
    assert (info.termsVersion, info.until) == (1, until)
    assert tuple(pool.termsAt(1)) == tuple(Terms(str(verifier)))


def test_owner__changes_the_terms__submission_keeps_its_window(
    pool, submitted, requester, stranger, verifier
) -> None:
    pool.setTerms(Terms(str(stranger), verify_window=1), sender=requester)
    assert submitted.info.until == submitted.info.submittedAt + VERIFY_WINDOW
    pool.verifyAndPay(submitted.id, True, sender=verifier)
    assert submitted.status == Status.SETTLED


def test_owner__sets_a_verifier__keeps_the_other_terms(pool, requester, stranger, said) -> None:
    receipt = pool.setZKPVerifier(stranger, sender=requester)
    assert tuple(pool.termsAt(2)) == tuple(Terms(str(stranger)))
    (event,) = said(receipt, pool)
    assert (event.name, event["version"]) == ("TermsSet", 2)
    assert event["terms"][4] == CLAIM_WINDOW


@pytest.mark.parametrize(
    ("changes", "given", "least", "most"),
    [
        ({"claim_window": 0}, 0, 1, YEAR),
        ({"claim_window": YEAR + 1}, YEAR + 1, 1, YEAR),
        ({"verify_window": 0}, 0, 1, YEAR),
        ({"verify_window": YEAR + 1}, YEAR + 1, 1, YEAR),
        ({"dispute_window": YEAR + 1}, YEAR + 1, 0, YEAR),
        ({"forfeit_bps": 10_001}, 10_001, 0, 10_000),
        ({"caller_share_bps": 1_001}, 1_001, 0, 1_000),
        ({"max_attempts": 0}, 0, 1, 255),
        ({"hook_gas": 1}, 1, 0, 0),
        ({"is_hook": True}, 0, 1, 10_000_000),
        ({"is_hook": True, "hook_gas": 10_000_001}, 10_000_001, 1, 10_000_000),
    ],
)
def test_terms__out_of_range__revert(
    pool, requester, verifier, changes, given, least, most
) -> None:
    with ape.reverts(pool.TaskPool_TermOutOfRange, given=given, min=least, max=most):
        pool.setTerms(Terms(str(verifier), **changes), sender=requester)


def test_terms__bond_of_the_largest_size__is_kept(pool, requester, verifier) -> None:
    pool.setTerms(Terms(str(verifier), claim_bond=2**96 - 1), sender=requester)
    assert pool.termsAt(2).claimBond == 2**96 - 1


def test_counters__exhausted__refuse(pool, requester, verifier, refusal, now) -> None:
    """The pool's first word ends with last id and live jobs; its third holds the terms' version."""
    word = (2**32 - 1) << 192
    call = "addAITasks(uint256[],uint256[],string[],string[],uint256[])"
    arrays = columns([NewJob(now() + 3600)])
    refused = refusal(pool, call, *arrays, sender=requester, value=REWARD, storage={0: word})
    assert refused.name == "TaskPool_CounterExhausted"
    assert refused.args == {"given": 2**32 - 1, "max": 2**32 - 1}

    call = "setTerms((address,uint32,uint32,uint96,uint32,uint32,uint16,uint16,uint8,bool))"
    terms = Terms(verifier.address)
    last = (2**16 - 1) << 160
    refused = refusal(pool, call, terms, sender=requester, storage={2: last})
    assert refused.args == {"given": 2**16, "max": 2**16 - 1}


def test_parts__by_their_layouts__keep_everything_at_the_same_slots(project) -> None:
    from tools.artifacts import build

    layouts = [
        {entry["label"]: entry["slot"] for entry in artifact.storage["storage"]}
        for artifact in build()
        if artifact.name in ("TaskPool", "TaskPoolReads")
    ]
    assert layouts[0]
    assert layouts[0] == layouts[1]
