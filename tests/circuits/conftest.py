"""The circuits' artifacts, and proofs to try things on."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from taskwork.zk.artifacts import Artifacts, load
from taskwork.zk.fast import Zksnake
from taskwork.zk.prove import Proven, prove

with warnings.catch_warnings():
    # web3 imports a part of websockets that is deprecated; every other warning is an error.
    warnings.filterwarnings("ignore", "websockets.legacy is deprecated", DeprecationWarning)
    from tests.support.chain import chain, node

__all__ = ["chain", "node"]

ROOT = Path(__file__).parents[2]

Maker = Callable[..., Proven]


@pytest.fixture(scope="session")
def made() -> None:
    """The small circuits are compiled and have their keys, as locked."""
    subprocess.run([sys.executable, "-m", "circuits.build"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def preimage(made: None) -> Artifacts:
    return load("preimage", ROOT)


@pytest.fixture(scope="session")
def digits(made: None) -> Artifacts:
    return load("digits_public", ROOT)


@pytest.fixture(scope="session")
def fast() -> Zksnake:
    return Zksnake()


@pytest.fixture(scope="session")
def proven(preimage: Artifacts, fast: Zksnake) -> Proven:
    """One honest proof."""
    return prove(preimage, {"preimage": [11, 22], "binding": 33}, prover=fast)
