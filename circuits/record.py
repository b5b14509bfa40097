"""Records proofs that take minutes to make: `python -m circuits.record`.

Thirty-two proofs of one claim each and one of eight claims, of digits_public and digits_batch, with
the keys in .build/circuits (`make circuits`), for verifiers at fixed addresses.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from circuits.calculator import witnesses
from taskwork.chain.pool_types import JobContext, JobId, Result
from taskwork.chain.proof_types import CircuitKey, ModelKeys, ProvenClaim
from taskwork.chain.types import as_address
from taskwork.zk.artifacts import Artifacts, load, sha256
from taskwork.zk.binding import (
    binding,
    commitment_text,
    evaluation,
    job_hash,
    model_id,
)
from taskwork.zk.circuits import BATCH
from taskwork.zk.digits import unseen_pictures
from taskwork.zk.fast import Zksnake
from taskwork.zk.proofs import Proof, read_proof

ROOT = Path(__file__).parents[1]
RECORDED = Path(__file__).with_name("recorded.json")
CLAIMS = 32

SINGLE, BATCHED = as_address("0x" + "51" * 20), as_address("0x" + "ba" * 20)
POOL, WORKER = as_address("0x" + "a1" * 20), as_address("0x" + "b1" * 20)


@dataclass(frozen=True)
class Recorded:
    """Claims, a proof of each under the single key, and one proof of the first eight."""

    keys: ModelKeys
    claims: list[ProvenClaim]
    proofs: list[Proof]
    committed: int
    evaluated: Proof


def main() -> None:
    single, batch = load("digits_public", ROOT), load("digits_batch", ROOT)
    keys = ModelKeys(key_of(single, SINGLE), key_of(batch, BATCHED))
    fast, salts = Zksnake(), [secrets.randbelow(2**128) for _ in range(CLAIMS)]
    pictures = [list(one) for one in unseen_pictures().pictures[:CLAIMS]]
    known = witnesses(single, (inputs_of(p, s, 0) for p, s in zip(pictures, salts, strict=True)))
    claims = [claim_of(keys, index, one) for index, one in enumerate(known)]

    bindings = [binding(single.key().hash, one.job) for one in claims]
    asked = zip(pictures, salts, bindings, strict=True)
    proofs = [
        fast.prove_values(single.zkey, numbers(one)).proof
        for one in witnesses(single, (inputs_of(*parts) for parts in asked))
    ]
    committed, evaluated = prove_together(fast, batch, claims[:BATCH], pictures, salts)
    text = {
        "keys": asdict(keys),
        "claims": [asdict(one) for one in claims],
        "proofs": [one.to_bytes().hex() for one in proofs],
        "committed": str(committed),
        "evaluated": evaluated.to_bytes().hex(),
    }
    RECORDED.write_text(json.dumps(text, indent=1) + "\n")


def prove_together(
    fast: Zksnake,
    batch: Artifacts,
    claims: list[ProvenClaim],
    pictures: list[list[int]],
    salts: list[int],
) -> tuple[int, Proof]:
    """Prove claims at the point that follows from the circuit's commitment to them."""
    key_hash = batch.key().hash
    inputs: dict[str, Any] = {
        "pixel": pictures[:BATCH],
        "salt": salts[:BATCH],
        "binding": [binding(key_hash, one.job) for one in claims],
    }
    (first,) = witnesses(batch, [{**inputs, "point": 0}])
    committed = numbers(first)[1]
    point, value = evaluation(key_hash, claims, committed)
    (last,) = witnesses(batch, [{**inputs, "point": point}])
    assert numbers(last)[1:4] == [committed, value, point]
    return committed, fast.prove_values(batch.zkey, numbers(last)).proof


def inputs_of(picture: list[int], salt: int, bound: int) -> dict[str, Any]:
    return {"pixel": picture, "salt": salt, "binding": bound}


def key_of(artifacts: Artifacts, at: str) -> CircuitKey:
    transcript = f"0x{sha256(artifacts.transcript)}"
    return CircuitKey(as_address(at), f"0x{artifacts.key().hash.hex()}", transcript)


def claim_of(keys: ModelKeys, index: int, witness: list[int] | str) -> ProvenClaim:
    _, digit, commitment, *_ = numbers(witness)
    job = JobContext(
        chain_id=31337,
        pool=POOL,
        task_id=JobId(index + 1),
        worker=WORKER,
        job_hash=job_hash(index, model_id(keys), commitment_text(commitment)),
        result_hash=Result(str(digit), public_input=commitment, public_result=digit).commitment,
    )
    return ProvenClaim(job, index, commitment, digit)


def numbers(witness: list[int] | str) -> list[int]:
    assert not isinstance(witness, str), witness
    return witness


def read() -> Recorded:
    """Return what was recorded."""
    given = json.loads(RECORDED.read_text())
    keys = ModelKeys(*(CircuitKey(**given["keys"][name]) for name in ("single", "batch")))
    claims = [ProvenClaim(**{**one, "job": JobContext(**one["job"])}) for one in given["claims"]]
    return Recorded(
        keys=keys,
        claims=claims,
        proofs=[read_proof(bytes.fromhex(one)) for one in given["proofs"]],
        committed=int(given["committed"]),
        evaluated=read_proof(bytes.fromhex(given["evaluated"])),
    )


if __name__ == "__main__":
    main()
