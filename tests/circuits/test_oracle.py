"""Three judges of the same proofs: the contract on a chain, py-ecc, and snarkjs.

`TASKWORK_PROOFS=200` judges 200 honest proofs and 200 wrong ones; by default it is a few.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from circuits.calculator import verdicts, witnesses
from taskwork.chain.abi import load_abi
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.rpc import Web3
from taskwork.chain.transactions import Call, simulate_many
from taskwork.chain.types import Address
from taskwork.zk.artifacts import Artifacts
from taskwork.zk.curve import R, decode
from taskwork.zk.fast import Zksnake
from taskwork.zk.prove import Proven
from taskwork.zk.verify import verify, verify_by_precompile
from tests.circuits.mutations import MUTATIONS, negated_twice, not_canonical, off_curve
from tests.support.chain import Chain

pytestmark = pytest.mark.integration

COUNT = int(os.environ.get("TASKWORK_PROOFS", "16"))
VERIFY = "verify(uint256[8],uint256[3])"
VERIFY_BATCH = "verifyBatch(uint256[8][],uint256[3][])"


@pytest.fixture(scope="module")
def honest(preimage: Artifacts, fast: Zksnake) -> list[Proven]:
    draw = random.Random(1)
    asked = [
        {"preimage": [draw.randrange(R), draw.randrange(R)], "binding": draw.randrange(R)}
        for _ in range(COUNT)
    ]
    found = witnesses(preimage, asked)
    return [fast.prove_values(preimage.zkey, one) for one in found if not isinstance(one, str)]


@pytest.fixture(scope="module")
def wrong(honest: list[Proven]) -> list[Proven]:
    draw = random.Random(2)
    return [MUTATIONS[i % len(MUTATIONS)](draw, one) for i, one in enumerate(honest)]


async def on_chain(chain: Chain, many: Iterable[Proven]) -> list[bool]:
    at = await deploy_missing(chain.web3, chain.owner, "PreimageVerifier")
    return await asyncio.gather(*(ask(chain.web3, at, one) for one in many))


async def ask(web3: Web3, at: Address, proven: Proven) -> bool:
    abi = load_abi("PreimageVerifier")
    args = [decode(proven.proof.to_bytes()), list(proven.signals)]
    (answer,) = await simulate_many(web3, [Call(at, abi.encode_call(VERIFY, args))])
    return bool(abi.decode_result(VERIFY, answer)[0])


async def ask_all(web3: Web3, at: Address, many: list[Proven]) -> bool:
    abi = load_abi("PreimageVerifier")
    proofs = [decode(one.proof.to_bytes()) for one in many]
    args = [proofs, [list(one.signals) for one in many]]
    (answer,) = await simulate_many(web3, [Call(at, abi.encode_call(VERIFY_BATCH, args))])
    return bool(abi.decode_result(VERIFY_BATCH, answer)[0])


async def test_judges__honest_and_wrong_proofs__agree(
    chain: Chain, preimage: Artifacts, honest: list[Proven], wrong: list[Proven]
) -> None:
    key, all_of_them = preimage.key(), [*honest, *wrong]
    expected = [True] * len(honest) + [False] * len(wrong)

    assert len(honest) == COUNT
    assert await on_chain(chain, all_of_them) == expected
    assert [verify(key, one.proof, one.signals) for one in all_of_them] == expected
    assert [verify_by_precompile(key, one.proof, one.signals) for one in all_of_them] == expected
    assert verdicts(preimage, [(one.proof, one.signals) for one in all_of_them]) == expected


async def test_contract__other_encodings_and_points_that_are_none__are_not_proven(
    chain: Chain, proven: Proven
) -> None:
    """snarkjs' own contract takes some of these for valid: pitfall 3."""
    bad = [*not_canonical(proven), *off_curve(proven)]
    assert await on_chain(chain, bad) == [False] * len(bad)


async def test_contract__signal_not_below_the_order__is_not_proven(
    chain: Chain, proven: Proven
) -> None:
    for place in range(3):
        signals = list(proven.signals)
        signals[place] += R
        changed = Proven(proven.proof, tuple(signals))
        assert await on_chain(chain, [changed]) == [False]
        at = await deploy_missing(chain.web3, chain.owner, "PreimageVerifier")
        assert not await ask_all(chain.web3, at, [changed, proven])
        assert not await ask_all(chain.web3, at, [proven, changed])


async def test_contract__another_proof_of_the_same_statement__is_proven(
    chain: Chain, proven: Proven
) -> None:
    assert await on_chain(chain, [negated_twice(proven)]) == [True]


async def test_batch__of_honest_proofs__is_proven(chain: Chain, honest: list[Proven]) -> None:
    at = await deploy_missing(chain.web3, chain.owner, "PreimageVerifier")
    for count in (1, 2, len(honest)):
        assert await ask_all(chain.web3, at, honest[:count])
    assert await ask_all(chain.web3, at, [honest[0], negated_twice(honest[0])])


async def test_batch__with_one_bad_proof_in_any_place__is_not_proven(
    chain: Chain, honest: list[Proven], wrong: list[Proven], proven: Proven
) -> None:
    at = await deploy_missing(chain.web3, chain.owner, "PreimageVerifier")
    for bad in (*wrong[:8], *not_canonical(proven), *off_curve(proven)):
        for place in (0, 1, 3):
            batch = honest[:3]
            batch.insert(place, bad)
            assert not await ask_all(chain.web3, at, batch)


async def test_batch__claims_swapped__are_not_proven(chain: Chain, honest: list[Proven]) -> None:
    at = await deploy_missing(chain.web3, chain.owner, "PreimageVerifier")
    first, second = honest[:2]
    swapped = [Proven(first.proof, second.signals), Proven(second.proof, first.signals)]
    assert not await ask_all(chain.web3, at, swapped)


async def test_batch__two_bad_proofs_that_cancel_in_a_plain_sum__are_not_proven(
    chain: Chain, honest: list[Proven]
) -> None:
    """What one has too much the other has too little: pitfall 8."""
    at = await deploy_missing(chain.web3, chain.owner, "PreimageVerifier")
    first, second = honest[:2]
    exchanged = [
        Proven(replace(first.proof, c=second.proof.c), first.signals),
        Proven(replace(second.proof, c=first.proof.c), second.signals),
    ]
    assert not await ask_all(chain.web3, at, exchanged)
