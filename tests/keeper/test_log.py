"""Logs: what they say, and the secrets that they never do, whoever logs them."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import sys
import threading
import warnings
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from keeper.log import Redactor, set_up_logs

pytestmark = pytest.mark.unit

URL = "https://user:passw%40rd@node.example/v3/0123456789abcdef?token=fedcba98"
KEY = "1f" * 31 + "5c"
HIDDEN = "<hidden>"


@pytest.fixture(autouse=True)
def usual_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What was logged, as JSON; and that it holds no secret."""
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)

    def lines() -> list[dict[str, Any]]:
        shown = stderr.getvalue()
        assert KEY not in shown.lower()
        assert "0123456789abcdef" not in shown
        return [json.loads(line) for line in shown.splitlines()]

    set_up_logs("json", "debug", Redactor([URL, KEY]))
    return lines


@pytest.mark.parametrize(
    "part",
    [
        *(URL, "v3/0123456789abcdef", "0123456789abcdef", "token=fedcba98", "fedcba98"),
        *("passw@rd", "passw%40rd", b64encode(b"user:passw@rd").decode()),
    ],
)
def test_redactor__part_of_the_url__is_hidden(part: str) -> None:
    assert Redactor([URL]).hide(f"cannot reach {part} now") == f"cannot reach {HIDDEN} now"


def test_redactor__host_and_common_paths__are_shown() -> None:
    redactor = Redactor(["wss://mainnet.example/ws/v3", "http://[broken"])
    assert redactor.hide("mainnet.example/ws/v3") == "mainnet.example/ws/v3"


@pytest.mark.parametrize("given", [KEY, f"0x{KEY}", KEY.upper(), f" 0x{KEY}\n"])
@pytest.mark.parametrize(
    "spelling",
    [
        *(KEY, f"0x{KEY}", KEY.upper(), bytes.fromhex(KEY), b64encode(bytes.fromhex(KEY)).decode()),
        *(int(KEY, 16), str(int(KEY, 16)), {"d": [KEY]}, (KEY,), {KEY: 1}),
    ],
)
def test_redactor__private_key__is_hidden_in_every_spelling(given: str, spelling: object) -> None:
    shown = str(Redactor([given]).hide(spelling))
    assert HIDDEN in shown
    assert KEY not in shown.lower()


def test_redactor__secrets_that_overlap__hides_the_longest() -> None:
    assert Redactor(["geheim", "geheim-und-lang"]).hide("geheim-und-lang") == HIDDEN


def test_redactor__nothing_to_hide__changes_nothing() -> None:
    assert Redactor().hide("all") == Redactor([""]).hide("all") == "all"


def test_redactor__learns_later__hides_from_then_on() -> None:
    redactor = Redactor()
    redactor.learn("opensesame")
    assert redactor.hide("opensesame") == HIDDEN
    assert "opensesame" not in repr(redactor)


def test_redactor__event__keeps_numbers_names_and_shape() -> None:
    event = {"event": "all_due", "gas": 5, "ok": True, "none": None, "all": ["all", {"a": "all"}]}
    shown = Redactor(["all"])(None, "info", event)
    assert shown == {**event, "all": [HIDDEN, {"a": HIDDEN}]}


def test_logs__exception__hold_wei_and_no_secret(said: Any) -> None:
    log = structlog.get_logger()
    try:
        raise ValueError(URL)
    except ValueError:
        log.exception("failed", cost=10**15, secret=KEY)
    (line,) = said()
    assert line["cost"] == 10**15
    assert "ValueError: <hidden>" in line["exception"]


def test_logs__library_warns__goes_the_same_way(said: Any) -> None:
    logging.getLogger("aiohttp.client").warning("retry %s", URL)
    logging.getLogger("aiohttp.client").debug("too much")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"old {KEY}", stacklevel=1)
    told, warned = said()
    assert (told["event"], told["logger"]) == ("library_said", "aiohttp.client")
    assert told["said"] == "retry <hidden>"
    assert HIDDEN in warned["said"]


def test_logs__crash__says_where_and_no_secret(said: Any) -> None:
    error = ValueError(KEY)
    sys.excepthook(type(error), error, error.__traceback__)
    (line,) = said()
    assert (line["event"], line["level"]) == ("crashed", "critical")
    assert "ValueError: <hidden>" in line["exception"]


def test_logs__thread_crashes__says_so(said: Any) -> None:
    def fail() -> None:
        raise ValueError(KEY)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = said()
    assert (line["event"], HIDDEN in line["exception"]) == ("crashed", True)


async def test_logs__task_whose_failure_nobody_fetched__says_so(said: Any) -> None:
    async def fail() -> None:
        raise ValueError(KEY)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
    assert [line["logger"] for line in said()] == ["asyncio"]


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
