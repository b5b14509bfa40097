"""Settings: what the operator gives, and from where."""

from __future__ import annotations

from typing import Any

import pytest

from keeper.settings import Settings, read_settings, read_wei
from taskwork.errors import ConfigError

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"KEEPER_{field.upper()}", raising=False)


@pytest.mark.parametrize(
    ("given", "wei"),
    [("5 gwei", 5 * 10**9), ("0.5ether", 5 * 10**17), ("7", 7), ("-3", -3), (9, 9)],
)
def test_read_wei__amount_with_or_without_unit__is_wei(given: object, wei: int) -> None:
    assert read_wei(given) == wei


@pytest.mark.parametrize("text", ["", "gwei", "5 foo", "1.2.3", "0.5"])
def test_read_wei__no_amount__is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        read_wei(text)


def test_read_settings__flag_and_environment__prefers_the_flag(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KEEPER_RPC", "http://environment")
    monkeypatch.setenv("KEEPER_MAX_FEE", "7 gwei")
    settings = read_settings({"rpc": "http://flag", "max_fee": None})
    assert settings.rpc.get_secret_value() == "http://flag"
    assert settings.limits.max_fee == 7 * 10**9


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({}, "--rpc (or KEEPER_RPC)"),
        ({"rpc": "x", "gas_limit": "16777217"}, "--gas-limit (or KEEPER_GAS_LIMIT)"),
        ({"rpc": "x", "max_fee": "5 foo"}, "write '5 foo' in one of wei, gwei, ether"),
    ],
)
def test_read_settings__wrong_value__names_the_flag(flags: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(flags)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
