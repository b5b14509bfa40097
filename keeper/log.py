"""Logs on standard error: for people on a terminal, JSON elsewhere; secrets taken out of both."""

from __future__ import annotations

import logging
import re
import string
import sys
import threading
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, TextIO, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from taskwork.units import UNITS, short

_AMOUNTS = frozenset({"cost", "expected_profit", "payout", "profit", "reimbursed"})
_PRICES = frozenset({"base_fee", "max_fee", "tip"})
_SHORTEST_SECRET = 6  # shorter parts of a URL, such as "ws" or "v3", are none
_SHORTEST_TOKEN = 16  # and of its path alone, such as "mainnet"
_KEY_DIGITS = 64
_HIDDEN = "<hidden>"
_CONSTANTS = frozenset({"event", "level", "timestamp"})
_FOR_PROGRAMS: tuple[Processor, ...] = (structlog.processors.JSONRenderer(),)


class Redactor:
    """Replaces known secrets in whatever is about to be shown, in any spelling they are met in."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for secret in secrets:
            self.learn(secret)

    def __repr__(self) -> str:
        return "Redactor(...)"

    def learn(self, secret: str) -> None:
        """Hide this from now on, too."""
        self._known |= {spelling.lower() for spelling in spellings(secret) if spelling}
        longest_first = sorted(self._known, key=len, reverse=True)
        if longest_first:
            self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """As a structlog processor. The names of events are constants."""
        return {
            name: value if name in _CONSTANTS else self.hide(value) for name, value in event.items()
        }

    def hide(self, value: Any) -> Any:
        """The value without its secrets."""
        match value:
            case None | bool() | float():
                return value
            case int():
                return _HIDDEN if str(value) in self._known else value
            case list() | tuple():
                return [self.hide(part) for part in value]
            case dict():
                return {self.hide_text(name): self.hide(part) for name, part in value.items()}
            case _:
                return self.hide_text(value)

    def hide_text(self, value: object) -> str:
        """What would be shown of the value, without its secrets."""
        return self._pattern.sub(_HIDDEN, str(value)) if self._pattern else str(value)


def set_up_logs(form: str, level: str, redactor: Redactor) -> None:
    """Configure the logs of this process: ours, the libraries' warnings, and its crash."""
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redactor,
            *(_FOR_PROGRAMS if as_json else _for_people()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Lossy(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_FromLibraries()], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    _tell_crashes()


class _FromLibraries(logging.Handler):
    """What libraries log goes the same way, and through the same redaction."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno,
            "library_said",
            logger=record.name,
            said=record.getMessage(),
            exc_info=record.exc_info,
        )


def _tell_crashes() -> None:
    def crashed(kind: Any, error: Any, trace: Any) -> None:
        structlog.get_logger().critical("crashed", exc_info=(kind, error, trace))

    sys.excepthook = crashed
    sys.unraisablehook = lambda it: crashed(it.exc_type, it.exc_value, it.exc_traceback)
    threading.excepthook = lambda it: crashed(it.exc_type, it.exc_value, it.exc_traceback)


class _Lossy:
    """A stream that loses what it cannot write: a full disk must not end a keeper by its log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, if there is room."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Flush, if there is room."""
        with suppress(OSError):
            self._stream.flush()


def _for_people() -> list[Processor]:
    colors = sys.stderr.isatty()
    return [with_units, structlog.dev.ConsoleRenderer(colors=colors, sort_keys=False)]


def with_units(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """For people: amounts in ether, prices in gwei. Programs get wei."""
    for field in _AMOUNTS & event.keys():
        event[field] = short(event[field])
    for field in _PRICES & event.keys():
        event[field] = f"{Decimal(event[field]) / UNITS['gwei']:f} gwei"
    return event


def spellings(secret: str) -> set[str]:
    """A secret as it may be met: itself, a key as bytes or a number, a URL's private parts."""
    if "://" in secret:
        return _of_url(secret)
    digits = secret.strip().removeprefix("0x")
    if len(digits) != _KEY_DIGITS or not set(digits) <= set(string.hexdigits):
        return {secret}
    key = bytes.fromhex(digits)
    return {secret, digits, str(int.from_bytes(key)), repr(key)[2:-1], b64encode(key).decode()}


def _of_url(secret: str) -> set[str]:
    try:
        url = urlsplit(secret)
    except ValueError:
        return {secret}
    login = f"{unquote(url.username or '')}:{unquote(url.password or '')}"
    parts = {url.path.strip("/"), url.query, url.password or "", unquote(url.password or "")}
    parts |= {value for _, value in parse_qsl(url.query)}
    parts |= {piece for piece in url.path.split("/") if len(piece) >= _SHORTEST_TOKEN}
    if url.password:
        parts |= {login, b64encode(login.encode()).decode()}
    return {secret} | {part for part in parts if len(part) >= _SHORTEST_SECRET}
