"""Compiles the circuits, makes their keys and verifiers, and locks them by hash.

    python -m circuits.build [--check] [--all | NAME ...]
    python -m circuits.build NAME --phase1 FILE --zkey FILE --lock FILE

Without names: the small circuits, which take seconds; --all takes minutes. What is there and as
locked is not made again. --check makes everything anew in a folder of its own and compares.

The keys are for development: the phase 1 is a test file and the one contribution is public, so
that the same sources give the same keys everywhere, and anybody can forge proofs. The second form
takes in a key that others made; see docs/ceremony.md.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from taskwork.errors import BadKey, ProverFailed, TaskworkError
from taskwork.zk.artifacts import (
    DEVELOPMENT,
    LOCK,
    PRODUCTION,
    Artifacts,
    load,
    read_lock,
    sha256,
)
from taskwork.zk.circuits import CIRCUITS
from taskwork.zk.generator import DEV_GRADE, contract_name, generate
from taskwork.zk.prove import Snarkjs

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build/circuits"
GENERATED = ROOT / "contracts/verifiers/generated"
COMPILER = ROOT / "node_modules/circom2/cli.js"
PHASE1 = ROOT / "node_modules/powers-of-tau/test/plonk_circuit/powersOfTau15_final.ptau"

# A contribution that everybody can make again: 2^10 hashes of a public number.
BEACON = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
BEACON_ROUNDS = 10

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)

SNARKJS = Snarkjs(cli=ROOT / "node_modules/snarkjs/cli.js", timeout_s=3600)


@dataclass(frozen=True)
class Ceremony:
    """Where a set-up's randomness is from."""

    phase1: Path = PHASE1
    beacon: str = BEACON
    rounds: int = BEACON_ROUNDS


def build(name: str, folder: Path, ceremony: Ceremony) -> Artifacts:
    """Compile one circuit, make its keys, and check them."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = Artifacts(CIRCUITS[name], folder)
    say(f"{name}: compiling")
    compile_circuit(artifacts)
    say(f"{name}: making the keys (phase 2 of the set-up)")
    set_up(artifacts, ceremony)
    say(f"{name}: verifying the keys")
    verify_keys(artifacts, ceremony)
    return artifacts


def compile_circuit(artifacts: Artifacts) -> None:
    name = artifacts.circuit.name
    with TemporaryDirectory(dir=artifacts.folder) as made:
        # circom runs in a sandbox that sees what is below the present folder
        output = Path(made).relative_to(ROOT)
        command = [
            "node",
            str(COMPILER),
            f"circuits/{name}.circom",
            "--r1cs",
            "--wasm",
            "--sym",
            "--O2",
        ]
        done = subprocess.run(
            [*command, "-o", str(output)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode != 0 or "Everything went okay" not in done.stdout:
            raise ProverFailed(f"circom refused {name}: {done.stdout[-2000:]}{done.stderr[-500:]}")
        shutil.move(Path(made, f"{name}.r1cs"), artifacts.r1cs)
        shutil.move(Path(made, f"{name}.sym"), artifacts.symbols)
        shutil.move(Path(made, f"{name}_js/{name}.wasm"), artifacts.wasm)


def set_up(artifacts: Artifacts, ceremony: Ceremony) -> None:
    """Make the proving key: nobody's contribution, then the beacon's."""
    first = artifacts.zkey.with_suffix(".0000.zkey")
    run("groth16", "setup", artifacts.r1cs, ceremony.phase1, first)
    run("zkey", "beacon", first, artifacts.zkey, ceremony.beacon, str(ceremony.rounds), "-n=beacon")
    first.unlink()
    run("zkey", "export", "verificationkey", artifacts.zkey, artifacts.verification_key)


def verify_keys(artifacts: Artifacts, ceremony: Ceremony) -> None:
    """Check that the key is of this circuit and this phase 1, and keep the transcript."""
    said = run("zkey", "verify", artifacts.r1cs, ceremony.phase1, artifacts.zkey)
    if "ZKey Ok!" not in said:
        raise BadKey(f"{artifacts.zkey.name} does not verify: {said[-500:]}")
    artifacts.transcript.write_text(plain(said))
    artifacts.key()  # refuses a key without a contribution


def take_in(name: str, phase1: Path, zkey: Path, lock: Path) -> None:
    """Verify a key that others made, and write its verifier and its lock file."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as folder:
        artifacts = Artifacts(CIRCUITS[name], Path(folder))
        say(f"{name}: compiling")
        compile_circuit(artifacts)
        say(f"{name}: verifying the key")
        shutil.copyfile(zkey, artifacts.zkey)
        run("zkey", "export", "verificationkey", artifacts.zkey, artifacts.verification_key)
        verify_keys(artifacts, Ceremony(phase1=phase1))
        shutil.copytree(folder, BUILD / name, dirs_exist_ok=True)
    taken = Artifacts(CIRCUITS[name], BUILD / name)
    write_verifier(taken, f"Keys of the set-up whose phase 1 has the SHA-256 {sha256(phase1)}.")
    write_lock(lock, PRODUCTION, name, lock_entry(taken) | {"phase1": sha256(phase1)})
    say(f"{name}: the key is of this circuit and phase 1; locked in {lock}")


def write_lock(lock: Path, grade: str, name: str, entry: dict[str, str]) -> None:
    circuits = {**read_lock(lock), name: entry}
    text = {"grade": grade, "circuits": dict(sorted(circuits.items()))}
    lock.write_text(json.dumps(text, indent=2) + "\n")


def lock_entry(artifacts: Artifacts) -> dict[str, str]:
    hashes = {kind: sha256(path) for kind, path in artifacts.files().items()}
    return hashes | {
        "vk_hash": f"0x{artifacts.key().hash.hex()}",
        "verifier": sha256(verifier_path(artifacts.circuit.name)),
    }


def write_verifier(artifacts: Artifacts, grade: str = DEV_GRADE) -> None:
    name = artifacts.circuit.name
    GENERATED.mkdir(exist_ok=True)
    verifier_path(name).write_text(generate(name, artifacts.key(), grade))


def verifier_path(name: str) -> Path:
    return GENERATED / f"{contract_name(name)}.sol"


def make(name: str) -> None:
    """Bring one circuit's artifacts, verifier and lock entry up to date."""
    began = time.monotonic()
    artifacts = made_before(name) or build(name, BUILD / name, Ceremony())
    write_verifier(artifacts)
    write_lock(ROOT / LOCK, DEVELOPMENT, name, lock_entry(artifacts))
    say(f"{name}: done in {time.monotonic() - began:.0f} s")


def check(name: str) -> list[str]:
    """Make a circuit anew and return what differs from the lock file and the committed verifier."""
    locked = read_lock(ROOT / LOCK).get(name, {})
    BUILD.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as folder:
        artifacts = build(name, Path(folder), Ceremony())
        found = lock_entry(artifacts)
        source = generate(name, artifacts.key())
    if source != verifier_path(name).read_text():
        found["verifier"] = "another text"
    return [f"{name}: {kind} differs" for kind in found if found[kind] != locked.get(kind)]


def made_before(name: str) -> Artifacts | None:
    """Return the artifacts when they are here and as locked."""
    try:
        return load(name, ROOT)
    except BadKey:
        return None


def run(*arguments: object) -> str:
    return SNARKJS.run(*(str(one) for one in arguments))


def plain(text: str) -> str:
    """Return the output without colours, which differ from terminal to terminal."""
    return "\n".join(line.split("snarkJS\x1b[0m: ")[-1] for line in text.splitlines()) + "\n"


def say(text: str) -> None:
    click.echo(text, err=True)


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("names", nargs=-1, type=click.Choice(sorted(CIRCUITS)))
@click.option("--all", "everything", is_flag=True, help="The large circuits, too: minutes.")
@click.option("--check", "compare", is_flag=True, help="Make anew and compare with the lock.")
@click.option("--phase1", type=FILE, help="The phase 1 of a key that others made.")
@click.option("--zkey", type=FILE, help="The key that others made.")
@click.option("--lock", type=click.Path(path_type=Path), help="The lock file to write for it.")
def main(
    names: tuple[str, ...],
    *,
    everything: bool,
    compare: bool,
    phase1: Path | None,
    zkey: Path | None,
    lock: Path | None,
) -> None:
    """Parse the command line."""
    try:
        if phase1 and zkey and lock and len(names) == 1:
            take_in(names[0], phase1, zkey, lock)
        elif phase1 or zkey or lock:
            raise click.UsageError("a key of others: one NAME, and --phase1, --zkey and --lock")
        else:
            wanted = names or tuple(n for n, one in CIRCUITS.items() if everything or one.is_small)
            bring(wanted, compare=compare)
    except TaskworkError as error:
        raise click.ClickException(str(error)) from error


def bring(names: tuple[str, ...], *, compare: bool) -> None:
    """Make what is not there, or compare what there is."""
    differences: list[str] = []
    for name in names:
        if compare:
            differences += check(name)
        else:
            make(name)
    for line in differences:
        say(line)
    if differences:
        sys.exit(1)


if __name__ == "__main__":
    main()
