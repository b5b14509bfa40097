"""Settings, keys and logs: what the operator gives, and what nobody may see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from keeper.log import Redactor, set_up_logs
from keeper.settings import Settings, read_settings, read_wei
from taskwork.errors import ConfigError

pytestmark = pytest.mark.unit

URL = "https://user:passw0rd@node.example/v3/0123456789abcdef?token=fedcba98"


@pytest.fixture(autouse=True)
def usual_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


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


@pytest.mark.parametrize("part", [URL, "v3/0123456789abcdef", "token=fedcba98", "passw0rd"])
def test_redactor__part_of_the_url__is_hidden(part: str) -> None:
    shown = Redactor([URL]).hide(f"cannot reach {part} now")
    assert shown == "cannot reach <hidden> now"


def test_redactor__private_key__is_hidden_with_and_without_prefix() -> None:
    redactor = Redactor(["0x" + "ab" * 32])
    assert redactor.hide(f"{'ab' * 32} 0x{'ab' * 32}") == "<hidden> <hidden>"


def test_redactor__event__keeps_numbers_and_hides_in_nested_values() -> None:
    event = Redactor(["s3cr3tkey"])(None, "info", {"gas": 5, "ok": True, "all": ["s3cr3tkey"]})
    assert event == {"gas": 5, "ok": True, "all": "['<hidden>']"}


def test_logs__json__hold_wei_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info", Redactor([URL]))
    log = structlog.get_logger()
    try:
        raise ValueError(URL)
    except ValueError:
        log.exception("failed", cost=10**15)
    line = capsys.readouterr().err
    assert json.loads(line)["cost"] == 10**15
    assert "0123456789abcdef" not in line


def test_logs__console__show_units(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("console", "info", Redactor([]))
    structlog.get_logger().info("batch", cost=10**15, profit=-(10**15), max_fee=2 * 10**9)
    shown = capsys.readouterr().err
    assert "0.001 ether" in shown
    assert "-0.001 ether" in shown
    assert "2 gwei" in shown


def test_logs__below_the_level__are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "warning", Redactor([]))
    structlog.get_logger().info("quiet")
    assert capsys.readouterr().err == ""
