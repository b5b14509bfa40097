"""The list of invariants and the checks of the state machine are one to one."""

from __future__ import annotations

import re

import pytest

from tests.stateful.compiled import ROOT
from tests.stateful_pool.machine import PoolMachine

pytestmark = pytest.mark.unit


def test_pool_invariants__list_and_checks__are_one_to_one():
    listed = re.findall(r"^\| P(\d+) \|", (ROOT / "docs/invariants.md").read_text(), re.MULTILINE)
    checked = [re.match(r"p(\d+)_", name) for name in dir(PoolMachine)]
    numbers = sorted(int(found[1]) for found in checked if found)
    assert numbers == [int(number) for number in listed] == list(range(1, len(listed) + 1))
