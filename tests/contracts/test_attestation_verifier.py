"""Attestations: which proofs are taken, and why every other one is not."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import ape
import pytest
from eth_account import Account
from eth_utils import keccak, to_checksum_address

from tests.support.abi import Interface
from tests.support.rpc import Rpc, RpcError, calldata, hexed

if TYPE_CHECKING:
    from ape.contracts import ContractInstance

CHAIN_ID = 31337
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SIGNATURE = 65
POOL = to_checksum_address("0x" + "b0" * 20)
OTHER = to_checksum_address("0x" + "0d" * 20)
CONTEXT = "(uint256,address,uint256,address,bytes32,bytes32)"
VERIFY = f"verify({CONTEXT},bytes,uint256,uint256)"
STATEMENT = f"statementOf({CONTEXT},uint256,uint256)"
ATTESTATION = [
    {"name": "pool", "type": "address"},
    {"name": "taskId", "type": "uint256"},
    {"name": "worker", "type": "address"},
    {"name": "jobHash", "type": "bytes32"},
    {"name": "resultHash", "type": "bytes32"},
    {"name": "publicInput", "type": "uint256"},
    {"name": "publicResult", "type": "uint256"},
]


@dataclass(frozen=True)
class Statement:
    """What is attested of a job on this chain; the fields are the interface's, in its order."""

    pool: str = POOL
    task_id: int = 7
    worker: str = to_checksum_address("0x" + "ab" * 20)
    job_hash: bytes = keccak(text="What is AI?")
    result_hash: bytes = keccak(text="A field of study")
    public_input: int = 123
    public_result: int = 456

    def arguments(self) -> tuple[tuple[Any, ...], int, int]:
        *context, public_input, public_result = astuple(self)
        return (CHAIN_ID, *context), public_input, public_result

    def signable(self, verifier: str, chain_id: int) -> dict[str, Any]:
        """The same, as wallets are asked to sign it."""
        names = [field["name"] for field in ATTESTATION]
        return {
            "domain_data": {
                "name": "Taskwork Attestation",
                "version": "1",
                "chainId": chain_id,
                "verifyingContract": verifier,
            },
            "message_types": {"Attestation": ATTESTATION},
            "message_data": dict(zip(names, astuple(self), strict=True)),
        }


OTHER_STATEMENTS = {
    "pool": OTHER,
    "task_id": 8,
    "worker": OTHER,
    "job_hash": keccak(text="What is it not?"),
    "result_hash": keccak(text="An answer of somebody else"),
    "public_input": 124,
    "public_result": 457,
}


class Signers:
    """Five accounts with keys, in rising order of their addresses."""

    def __init__(self, accounts: Any) -> None:
        chosen = sorted((accounts[i] for i in range(5)), key=lambda one: int(one.address, 16))
        self.addresses = [one.address for one in chosen]
        self._keys = [one.private_key for one in chosen]

    def sign(
        self, statement: Statement, verifier: str, *who: int, chain_id: int = CHAIN_ID
    ) -> bytes:
        """The signatures of some of them, one after the other."""
        signable = statement.signable(verifier, chain_id)
        return b"".join(
            bytes(Account.sign_typed_data(self._keys[one], **signable).signature) for one in who
        )


@pytest.fixture
def signers(accounts: Any) -> Signers:
    return Signers(accounts)


@pytest.fixture
def verifier(project: Any, deployer: Any, signers: Signers) -> ContractInstance:
    """Three of five."""
    return deployer.deploy(project.AttestationVerifier, signers.addresses, 3)


@pytest.fixture
def verify(rpc: Rpc, verifier: ContractInstance) -> Any:
    """Ask the verifier; its refusal is the error's name and values."""
    interface = Interface([entry.model_dump() for entry in verifier.contract_type.abi])

    def ask(statement: Statement, proof: bytes, chain_id: int = CHAIN_ID) -> Any:
        (_, *context), public_input, public_result = statement.arguments()
        arguments = ((chain_id, *context), proof, public_input, public_result)
        try:
            (proven,) = rpc.read(verifier.address, VERIFY, *arguments, returns="bool")
        except RpcError as error:
            named = interface.decode_error(error.data)
            return named.name, tuple(named.args.values())
        return proven

    return ask


@pytest.fixture
def sign(signers: Signers, verifier: ContractInstance) -> Any:
    def make(statement: Statement, *who: int, chain_id: int = CHAIN_ID) -> bytes:
        return signers.sign(statement, verifier.address, *who, chain_id=chain_id)

    return make


def malleated(signature: bytes) -> bytes:
    """The other signature of the same message by the same key."""
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    return r + (CURVE_ORDER - s).to_bytes(32, "big") + bytes([55 - v])


# What is proven


@pytest.mark.parametrize("who", [(0, 1, 2), (0, 2, 4), (2, 3, 4)])
def test_attestations__of_any_three_in_order__prove_the_result(verify, sign, who):
    assert verify(Statement(), sign(Statement(), *who)) is True


def test_statement__is__the_typed_data_that_wallets_sign(rpc, verifier, signers):
    statement = Statement()
    context, public_input, public_result = statement.arguments()
    (digest,) = rpc.read(
        verifier.address, STATEMENT, context, public_input, public_result, returns="bytes32"
    )
    signature = signers.sign(statement, verifier.address, 0)
    assert Account._recover_hash(digest, signature=signature) == signers.addresses[0]


def test_signers__of_a_verifier__are_told(verifier, signers):
    assert verifier.signers() == signers.addresses
    assert verifier.THRESHOLD() == 3
    assert verifier.isSigner(signers.addresses[4])
    assert not verifier.isSigner(OTHER)


def test_verify__any_threshold__costs_at_most_7000_gas_a_signature(project, deployer, signers, rpc):
    verifier = deployer.deploy(project.AttestationVerifier, signers.addresses, 5)
    statement = Statement()
    proof = signers.sign(statement, verifier.address, *range(5))
    context, public_input, public_result = statement.arguments()
    data = calldata(VERIFY, context, proof, public_input, public_result)
    tx = {"to": verifier.address, "data": hexed(data)}
    gas = int(rpc("eth_estimateGas", tx), 16)
    assert gas < 21_000 + 16 * len(data) + 5 * 7_000 + 3_000


# What is not


@pytest.mark.parametrize("field", OTHER_STATEMENTS)
def test_attestations__of_another_statement__prove_nothing(verify, sign, signers, field):
    """Of another pool, job, worker, input or result: nobody known signed this one."""
    proof = sign(Statement(), 0, 1, 2)
    claimed = replace(Statement(), **{field: OTHER_STATEMENTS[field]})
    error, (position, recovered) = verify(claimed, proof)
    assert (error, position) == ("AttestationVerifier_NotASigner", 0)
    assert recovered not in signers.addresses


def test_attestations__of_another_chain__prove_nothing(verify, sign):
    error, (position, _) = verify(Statement(), sign(Statement(), 0, 1, 2, chain_id=1))
    assert (error, position) == ("AttestationVerifier_NotASigner", 0)


def test_attestations__of_a_job_said_to_be_on_another_chain__prove_nothing(verify, sign):
    refusal = ("AttestationVerifier_WrongChain", (1, CHAIN_ID))
    assert verify(Statement(), sign(Statement(), 0, 1, 2, chain_id=1), chain_id=1) == refusal


def test_attestations__for_another_verifier_of_the_same_signers__prove_nothing(verify, signers):
    error, (position, _) = verify(Statement(), signers.sign(Statement(), OTHER, 0, 1, 2))
    assert (error, position) == ("AttestationVerifier_NotASigner", 0)


def test_attestations__one_of_a_stranger__prove_nothing(verify, sign, verifier, accounts):
    stranger = accounts[6]
    signable = Statement().signable(verifier.address, CHAIN_ID)
    forged = bytes(Account.sign_typed_data(stranger.private_key, **signable).signature)
    proof = sign(Statement(), 0, 1) + forged
    refusal = ("AttestationVerifier_NotASigner", (2, stranger.address))
    assert verify(Statement(), proof) == refusal


def test_attestations__one_signer_twice__prove_nothing(verify, sign, signers):
    twice = signers.addresses[1]
    refusal = ("AttestationVerifier_SignaturesNotRising", (twice, twice))
    assert verify(Statement(), sign(Statement(), 0, 1, 1)) == refusal


def test_attestations__out_of_order__prove_nothing(verify, sign, signers):
    proof = sign(Statement(), 0, 2, 1)
    refusal = ("AttestationVerifier_SignaturesNotRising", tuple(signers.addresses[2:0:-1]))
    assert verify(Statement(), proof) == refusal


@pytest.mark.parametrize("position", [0, 1, 2])
def test_attestations__one_malleated__prove_nothing(verify, sign, position):
    proof = sign(Statement(), 0, 1, 2)
    at = position * SIGNATURE
    mirrored = malleated(proof[at : at + SIGNATURE])
    refusal = ("AttestationVerifier_MalformedSignature", (position,))
    assert verify(Statement(), proof[:at] + mirrored + proof[at + SIGNATURE :]) == refusal


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_attestations__v_of_another_kind__prove_nothing(verify, sign, v):
    proof = sign(Statement(), 0, 1, 2)
    refusal = ("AttestationVerifier_MalformedSignature", (0,))
    assert verify(Statement(), proof[:64] + bytes([v]) + proof[65:]) == refusal


def test_attestations__of_zeros__prove_nothing(verify):
    refusal = ("AttestationVerifier_MalformedSignature", (0,))
    assert verify(Statement(), bytes(3 * SIGNATURE)) == refusal


@pytest.mark.parametrize("length", [0, 1, 64, 130, 194, 196, 260, 100_000])
def test_attestations__of_another_length__prove_nothing(verify, sign, length):
    proof = (sign(Statement(), *range(5)) + bytes(length))[:length]
    refusal = ("AttestationVerifier_ProofLength", (length, 195))
    assert verify(Statement(), proof) == refusal


def test_attestations__any_byte_changed__prove_nothing(verify, sign):
    proof = bytearray(sign(Statement(), 0, 1, 2))
    for at in range(len(proof)):
        proof[at] ^= 1
        assert verify(Statement(), bytes(proof)) is not True, f"byte {at} has no meaning"
        proof[at] ^= 1


# Making one


def test_verifier__without_signers__is_not_made(project, deployer):
    with ape.reverts(project.AttestationVerifier.AttestationVerifier_SignersOutOfRange, signers=0):
        deployer.deploy(project.AttestationVerifier, [], 1)


def test_verifier__of_33_signers__is_not_made(project, deployer):
    many = [to_checksum_address(f"0x{one:040x}") for one in range(1, 34)]
    error = project.AttestationVerifier.AttestationVerifier_SignersOutOfRange
    with ape.reverts(error, signers=33, max=32):
        deployer.deploy(project.AttestationVerifier, many, 1)
    assert len(deployer.deploy(project.AttestationVerifier, many[:32], 32).signers()) == 32


@pytest.mark.parametrize("threshold", [0, 6])
def test_verifier__threshold_of_none_or_of_too_many__is_not_made(
    project, deployer, signers, threshold
):
    error = project.AttestationVerifier.AttestationVerifier_ThresholdOutOfRange
    with ape.reverts(error, threshold=threshold, signers=5):
        deployer.deploy(project.AttestationVerifier, signers.addresses, threshold)


@pytest.mark.parametrize("order", [[1, 0], [0, 0], [0, 2, 1]])
def test_verifier__signers_not_rising__is_not_made(project, deployer, signers, order):
    chosen = [signers.addresses[one] for one in order]
    previous, signer = next((a, b) for a, b in pairwise(chosen) if int(b, 16) <= int(a, 16))
    error = project.AttestationVerifier.AttestationVerifier_SignersNotRising
    with ape.reverts(error, previous=previous, signer=signer):
        deployer.deploy(project.AttestationVerifier, chosen, 1)


def test_verifier__zero_address_as_signer__is_not_made(project, deployer, signers):
    zero = to_checksum_address("0x" + "00" * 20)
    error = project.AttestationVerifier.AttestationVerifier_SignersNotRising
    with ape.reverts(error, previous=zero, signer=zero):
        deployer.deploy(project.AttestationVerifier, [zero, signers.addresses[0]], 1)
