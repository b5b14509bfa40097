"""docs/threat-model.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]


def named() -> set[str]:
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    return set(re.findall(r"`(\w+__\w+)`", text))


def existing() -> set[str]:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"^(?:async )?def test_(\w+__\w+)\(", text, re.MULTILINE))


def test_threat_model__every_test_it_names__exists() -> None:
    assert len(named()) > 60
    assert named() - existing() == set()
