from __future__ import annotations

from pathlib import Path

import pytest

from tools import check_tree
from tools.check_tree import File

pytestmark = pytest.mark.unit


def faults(check, path: str, text: str) -> list[str]:
    return list(check([File(Path(path), text)]))


@pytest.mark.parametrize(
    ("path", "imported", "allowed"),
    [
        ("taskwork/client.py", "web3", True),
        ("taskwork/client.py", "ape", False),
        ("taskwork/client.py", "keeper.loop", False),
        ("keeper/loop.py", "taskwork.client", True),
        ("keeper/loop.py", "ape", False),
        ("keeper/services/choose.py", "dataclasses", True),
        ("keeper/services/choose.py", "web3.types", False),
        ("scripts/deploy.py", "ape", True),
    ],
)
def test_imports__by_package__point_one_way(path, imported, allowed):
    found = faults(check_tree.check_python_imports, path, f"def f():\n    import {imported}\n")
    assert (not found) is allowed


@pytest.mark.parametrize(
    ("path", "imported", "allowed"),
    [
        ("contracts/Core.sol", "./types/Id.sol", True),
        ("contracts/Core.sol", "./periphery/Lens.sol", False),
        ("contracts/types/Id.sol", "../mocks/Double.sol", False),
        ("contracts/periphery/Lens.sol", "../mocks/Double.sol", True),
    ],
)
def test_contract_imports__by_folder__point_one_way(path, imported, allowed):
    found = faults(check_tree.check_contract_imports, path, f'import {{A}} from "{imported}";\n')
    assert (not found) is allowed


@pytest.mark.parametrize(("lines", "allowed"), [(74, True), (75, False)])
def test_solidity_function__at_the_limit__is_a_fault(lines, allowed):
    body = "        x++;\n" * (lines - 2)
    text = f"contract C {{\n    function f() external {{\n{body}    }}\n}}\n"
    assert (not faults(check_tree.check_contract_lengths, "contracts/C.sol", text)) is allowed


@pytest.mark.parametrize(("lines", "allowed"), [(60, True), (61, False)])
def test_python_function__at_the_limit__is_a_fault(lines, allowed):
    text = "def f():\n" + "    pass\n" * (lines - 1)
    assert (not faults(check_tree.check_python_lengths, "keeper/f.py", text)) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("read ~/work/notes and docs/home/page", True),
        ("a/root/of.all", True),
        ("see /" + "root/.config", False),
        ("see /" + "home/ann/x", False),
        ("from py" + "pi.org", False),
    ],
)
def test_words__of_one_machine__are_a_fault(text, allowed):
    assert (not faults(check_tree.check_words, "docs/a.md", text)) is allowed
