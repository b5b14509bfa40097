"""Asks snarkjs many questions in one process; see calculator.cjs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from taskwork.devnet.processes import find_program
from taskwork.zk.artifacts import Artifacts
from taskwork.zk.circuits import Inputs, to_json
from taskwork.zk.proofs import Proof

SCRIPT = Path(__file__).with_suffix(".cjs")


def witnesses(artifacts: Artifacts, many: Iterable[Inputs]) -> list[list[int] | str]:
    """Return each witness, or why there is none."""
    wasm = str(artifacts.wasm)
    answers = ask({"wasm": wasm, "inputs": to_json(inputs)} for inputs in many)
    return [
        [int(one) for one in answer["witness"]] if "witness" in answer else answer["error"]
        for answer in answers
    ]


def verdicts(artifacts: Artifacts, many: Iterable[tuple[Proof, Sequence[int]]]) -> list[bool]:
    """Return what snarkjs says of each proof."""
    key = json.loads(artifacts.verification_key.read_text())
    return [
        answer["valid"]
        for answer in ask(
            {"key": key, "signals": [str(one) for one in signals], "proof": to_snarkjs(proof)}
            for proof, signals in many
        )
    ]


def to_snarkjs(proof: Proof) -> dict[str, Any]:
    b = proof.b
    return {
        "pi_a": [str(proof.a.x), str(proof.a.y), "1"],
        "pi_b": [[str(one) for one in b.x], [str(one) for one in b.y], ["1", "0"]],
        "pi_c": [str(proof.c.x), str(proof.c.y), "1"],
        "protocol": "groth16",
        "curve": "bn128",
    }


def ask(questions: Iterable[Any]) -> list[Any]:
    text = "".join(f"{json.dumps(question)}\n" for question in questions)
    done = subprocess.run(
        [find_program("node"), str(SCRIPT)], input=text, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
