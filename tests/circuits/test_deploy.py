"""Deploying verifiers, and taking in keys that others made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from circuits.build import Ceremony, run
from taskwork.errors import BadKey, ConfigError
from taskwork.zk.artifacts import LOCK, Artifacts, load
from taskwork.zk.deploy import deploy_adapter, deploy_model
from tests.circuits.conftest import ROOT
from tests.support.chain import Chain

pytestmark = pytest.mark.integration

LOCKED = ROOT / LOCK


async def test_deploy__on_a_local_chain__is_done_once(chain: Chain) -> None:
    first = await deploy_model(chain.web3, chain.owner, "preimage", "digits_batch", lock=LOCKED)
    again = await deploy_model(chain.web3, chain.owner, "preimage", "digits_batch", lock=LOCKED)
    assert first == again
    assert first.single.verifier != first.batch.verifier
    assert await deploy_adapter(chain.web3, chain.owner) == await deploy_adapter(
        chain.web3, chain.owner
    )


async def test_deploy__development_keys_elsewhere__are_refused(chain: Chain) -> None:
    await chain.rpc("anvil_setChainId", 1)
    try:
        with pytest.raises(ConfigError, match="chain 1 is not a local one"):
            await deploy_model(chain.web3, chain.owner, "preimage", lock=LOCKED)
    finally:
        await chain.rpc("anvil_setChainId", 31337)


async def test_deploy__key_that_is_not_locked__is_refused(chain: Chain, tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="names no other"):
        await deploy_model(chain.web3, chain.owner, "other", lock=LOCKED)
    lock = json.loads(LOCKED.read_text())
    lock["circuits"]["preimage"]["vk_hash"] = "0x" + "11" * 32
    changed = tmp_path / "changed.lock"
    changed.write_text(json.dumps(lock))
    with pytest.raises(BadKey, match="is not of the locked key"):
        await deploy_model(chain.web3, chain.owner, "preimage", lock=changed)


def build(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "circuits.build", *(str(one) for one in arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_build__key_of_others_without_a_contribution_or_of_another_circuit__is_refused(
    preimage: Artifacts, digits: Artifacts, tmp_path: Path
) -> None:
    bare, lock = tmp_path / "bare.zkey", tmp_path / "production.lock"
    phase1 = Ceremony().phase1
    run("groth16", "setup", preimage.r1cs, phase1, bare)
    for zkey in (bare, digits.zkey):
        done = build("preimage", "--phase1", phase1, "--zkey", zkey, "--lock", lock)
        assert done.returncode == 1, done.stderr
        assert "Error: " in done.stderr
        assert not lock.exists()
    assert load("preimage", ROOT) == preimage


def test_build__half_of_the_options__is_a_usage_error() -> None:
    done = build("preimage", "--zkey", LOCKED)
    assert done.returncode == 2
    assert "--phase1, --zkey and --lock" in done.stderr
