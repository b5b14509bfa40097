"""What judging proofs costs on chain, and making them off it.

Gas is that of a call of `Groth16Verifier`, without the transaction around it, for the recorded
proofs of circuits/recorded.json.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.chain import Chain, running_chain
from benchmarks.figures import Figures
from benchmarks.report import cells_of
from circuits.build import ROOT, SNARKJS
from circuits.record import BATCHED, SINGLE, read
from taskwork.chain.abi import load_abi
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, as_address
from taskwork.zk.artifacts import load
from taskwork.zk.binding import circuit_hash, encode_proof
from taskwork.zk.circuits import BATCH
from taskwork.zk.curve import decode
from taskwork.zk.digits import digit_model, unseen_pictures
from taskwork.zk.fast import Zksnake
from taskwork.zk.prove import Prover, prove

GOALS = {"single": 207_000, "batch of 32, each": 54_000, "8 in one proof, each": 27_000}

_JOB = "(uint256,address,uint256,address,bytes32,bytes32)"
_KEY, _CLAIM = "(address,bytes32,bytes32)", f"({_JOB},uint256,uint256,uint256)"
VERIFY = f"verify({_JOB},bytes,uint256,uint256)"
VERIFY_BATCH = f"verifyBatch({_KEY},bytes32,{_CLAIM}[],uint256[8][])"
VERIFY_EVALUATED = f"verifyEvaluated(bytes32,{_KEY},{_CLAIM}[],uint256,uint256[8])"

PROVING = ("digits_public", "digits_batch", "digits_committed")
SALT = 2**120 + 1


def measure_gas() -> dict[str, int]:
    """Gas of judging one proof, thirty-two, and one of eight claims."""
    recorded = read()
    keys, claims = recorded.keys, recorded.claims
    first = claims[0]
    with running_chain() as chain:
        judge = place(chain)
        proof = encode_proof(recorded.proofs[0], first.request_id, keys)
        one = [first.job, proof, first.public_input, first.public_result]
        points = [decode(proof.to_bytes()) for proof in recorded.proofs]
        many = [keys.single, circuit_hash(keys.batch), claims, points]
        evaluated = decode(recorded.evaluated.to_bytes())
        eight = [circuit_hash(keys.single), keys.batch, claims[:BATCH]]
        return {
            "single": gas_of(chain, judge, VERIFY, one),
            "batch of 32, each": gas_of(chain, judge, VERIFY_BATCH, many) // len(claims),
            "8 in one proof, each": gas_of(
                chain, judge, VERIFY_EVALUATED, [*eight, recorded.committed, evaluated]
            )
            // BATCH,
        }


def place(chain: Chain) -> Address:
    """Put the verifiers where the recorded model has them, and deploy the judge."""
    sender = as_address(chain.rpc("eth_accounts")[0])
    for name, at in (("DigitsPublicVerifier", SINGLE), ("DigitsBatchVerifier", BATCHED)):
        made = chain.create(sender, load_abi(name).bytecode)
        chain.rpc("anvil_setCode", at, chain.rpc("eth_getCode", made, "latest"))
    return chain.create(sender, load_abi("Groth16Verifier").bytecode)


def gas_of(chain: Chain, judge: Address, signature: str, args: Sequence[object]) -> int:
    """Gas of a call that must be answered by true, less the transaction's own."""
    data = load_abi("Groth16Verifier").encode_call(signature, args)
    sender = as_address(chain.rpc("eth_accounts")[0])
    if int.from_bytes(chain.read(Call(judge, data), sender=sender)) != 1:
        raise AssertionError(
            f"{signature}: a recorded proof is not valid; python -m circuits.record"
        )
    request = {"from": sender, "to": judge, "data": f"0x{data.hex()}"}
    traced = chain.rpc("debug_traceCall", request, "latest", {"tracer": "callTracer"})
    zeros = data.count(0)
    return int(traced["gasUsed"], 16) - 21_000 - 4 * zeros - 16 * (len(data) - zeros)


def print_proofs(console: Console, measured: Figures, committed: Figures) -> None:
    """Gas of judging proofs beside the ceilings."""
    table = Table(title="Gas of judging proofs", title_justify="left", box=SIMPLE)
    table.add_column("", no_wrap=True)
    for heading in ("gas", "change", "goal", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for key, goal in GOALS.items():
        table.add_row(key, *cells_of(measured[key], committed.get(key), goal))
    console.print(table)


def measure_proving() -> dict[str, int]:
    """Measure how long proofs take by both provers, and how much memory. Needs `make circuits`."""
    found = {}
    for circuit in PROVING:
        for prover in ("snarkjs", "zksnake"):
            command = [sys.executable, "-m", "benchmarks.proofs", circuit, prover]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            taken = json.loads(done.stdout)
            found[f"{circuit} by {prover}, processor ms"] = taken["ms"]
            found[f"{circuit} by {prover}, memory KiB"] = taken["kib"]
    return found


def inputs_of(circuit: str) -> dict[str, Any]:
    pictures = [list(one) for one in unseen_pictures().pictures[:BATCH]]
    if circuit == "digits_batch":
        salts = [SALT + index for index in range(BATCH)]
        return {"pixel": pictures, "salt": salts, "binding": salts, "point": SALT}
    one = {"pixel": pictures[0], "salt": SALT, "binding": SALT}
    if circuit == "digits_committed":
        return {**one, "modelSalt": SALT, **digit_model().weights()}
    return one


def main(circuit: str, prover: str) -> None:
    """Prove once in this process; print what it took, witness and check of the proof included."""
    artifacts = load(circuit, ROOT)
    chosen: Prover = Zksnake() if prover == "zksnake" else SNARKJS
    prove(artifacts, inputs_of(circuit), prover=chosen, snarkjs=SNARKJS)
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in used)
    most = max(one.ru_maxrss for one in used)
    sys.stdout.write(json.dumps({"ms": round(1000 * seconds), "kib": most}))


if __name__ == "__main__":
    main(*sys.argv[1:])
