"""Makes proofs: the witness with circom's calculator, the proof with a prover of choice.

snarkjs always works; zksnake (the extra `zk-fast`) is many times faster. Both read the same keys,
and every proof is verified before it is returned.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from taskwork.devnet.processes import find_program
from taskwork.errors import BadSignal, ProverFailed
from taskwork.zk.artifacts import Artifacts
from taskwork.zk.circuits import Inputs, check_inputs, to_json
from taskwork.zk.keys import VerifyingKey
from taskwork.zk.proofs import Proof, read_snarkjs_proof
from taskwork.zk.verify import verify

Progress = Callable[[str], None]

SNARKJS = Path(__file__).parents[2] / "node_modules/snarkjs/cli.js"


@dataclass(frozen=True)
class Proven:
    """A proof and the public signals it is of."""

    proof: Proof
    signals: tuple[int, ...]


class Prover(Protocol):
    """Makes a proof from a proving key and a witness file."""

    @property
    def name(self) -> str: ...

    def prove(self, zkey: Path, witness: Path) -> Proven: ...


@dataclass(frozen=True)
class Snarkjs:
    """snarkjs, in a process of its own."""

    cli: Path = SNARKJS
    timeout_s: float = 600
    name: str = field(default="snarkjs", init=False)

    def prove(self, zkey: Path, witness: Path) -> Proven:
        with TemporaryDirectory(prefix="taskwork-proof-") as folder:
            proof, public = Path(folder, "proof.json"), Path(folder, "public.json")
            self.run("groth16", "prove", str(zkey), str(witness), str(proof), str(public))
            signals = tuple(int(one) for one in json.loads(public.read_text()))
            return Proven(read_snarkjs_proof(json.loads(proof.read_text())), signals)

    def calculate(self, wasm: Path, inputs: Path, witness: Path) -> None:
        """Write the witness of `inputs`."""
        self.run("wtns", "calculate", str(wasm), str(inputs), str(witness))

    def run(self, *arguments: str) -> str:
        """Run snarkjs.

        Raises:
            ProverFailed: snarkjs is missing, took too long, or refused.
            ConfigError: there is no Node.

        """
        if not self.cli.exists():
            raise ProverFailed(f"no {self.cli} here: run `make setup`")
        try:
            done = subprocess.run(
                [find_program("node"), str(self.cli), *arguments],
                capture_output=True, text=True, check=False, timeout=self.timeout_s,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ProverFailed(f"snarkjs took more than {self.timeout_s:g} s") from error
        if done.returncode != 0:
            raise ProverFailed(
                f"snarkjs {' '.join(arguments[:2])} failed: {_reason(done.stdout + done.stderr)}"
            )
        return done.stdout


def prove(
    artifacts: Artifacts,
    inputs: Inputs,
    *,
    prover: Prover | None = None,
    snarkjs: Snarkjs | None = None,
    progress: Progress = lambda _: None,
) -> Proven:
    """Prove what the circuit says of `inputs`. Takes seconds; `progress` is told each step.

    Raises:
        BadSignal: an input is missing, or not what the circuit takes; no witness exists for it.
        ProverFailed: the prover is missing, failed, or made a proof that does not verify.

    """
    tool = snarkjs or Snarkjs()
    chosen = prover or tool
    check_inputs(artifacts.circuit, inputs)
    with TemporaryDirectory(prefix="taskwork-witness-") as folder:
        progress("calculating the witness")
        witness = Path(folder, "witness.wtns")
        write_witness(artifacts, inputs, witness, tool)
        progress(f"proving with {chosen.name}")
        proven = chosen.prove(artifacts.zkey, witness)
    progress("verifying the proof")
    ensure_valid(artifacts.key(), proven, chosen.name)
    return proven


def write_witness(artifacts: Artifacts, inputs: Inputs, witness: Path, tool: Snarkjs) -> None:
    given = witness.with_suffix(".json")
    given.write_text(json.dumps(to_json(inputs)))
    given.chmod(0o600)
    try:
        tool.calculate(artifacts.wasm, given, witness)
    except ProverFailed as error:
        if "Assert Failed" in str(error):
            raise BadSignal(artifacts.circuit.name, "these inputs", str(error)) from error
        raise


def ensure_valid(key: VerifyingKey, proven: Proven, prover: str) -> None:
    if not verify(key, proven.proof, proven.signals):
        raise ProverFailed(f"{prover} made a proof that does not verify: is the key the circuit's?")


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if "rror" in line]
    return lines[0] if lines else output.strip()[-200:]
