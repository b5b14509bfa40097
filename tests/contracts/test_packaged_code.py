"""What taskwork/abi packages is what ape compiles, tests and deploys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PACKAGED = sorted((Path(__file__).parents[2] / "taskwork/abi").glob("*.json"))


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: path.stem)
def test_packaged_code__of_each_contract__equals_apes(project, path):
    packaged = json.loads(path.read_text(encoding="utf-8"))
    compiled = project.get_contract(path.stem).contract_type
    assert packaged["bytecode"] == compiled.deployment_bytecode.bytecode
