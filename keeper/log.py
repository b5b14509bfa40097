"""Logs on standard error: for people on a terminal, JSON elsewhere; secrets taken out of both."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from taskwork.units import UNITS, short

_AMOUNTS = frozenset({"cost", "expected_profit", "payout", "profit", "reimbursed"})
_PRICES = frozenset({"base_fee", "max_fee", "tip"})
_SHORTEST_SECRET = 6  # shorter parts of a URL, such as "ws" or "v3", are none


class Redactor:
    """Replaces known secrets in whatever is about to be shown."""

    def __init__(self, secrets: Sequence[str]) -> None:
        parts = {part for secret in secrets for part in _parts(secret)}
        self._secrets = sorted(parts, key=len, reverse=True)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """As a structlog processor."""
        return {name: self.hide(value) for name, value in event.items()}

    def hide(self, value: Any) -> Any:
        """The value without its secrets; numbers pass as they are."""
        if value is None or isinstance(value, bool | int | float):
            return value
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, "<hidden>")
        return text


def set_up_logs(form: str, level: str, redactor: Redactor) -> None:
    """Configure structlog for this process."""
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    last: list[Processor] = (
        [structlog.processors.JSONRenderer()]
        if as_json
        else [
            with_units,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), sort_keys=False),
        ]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redactor,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def with_units(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """For people: amounts in ether, prices in gwei. Programs get wei."""
    for field in _AMOUNTS & event.keys():
        event[field] = short(event[field])
    for field in _PRICES & event.keys():
        event[field] = f"{Decimal(event[field]) / UNITS['gwei']:f} gwei"
    return event


def _parts(secret: str) -> list[str]:
    """A secret, and for a URL also those parts of it that may be shown alone."""
    if "://" not in secret:
        return [secret, secret.removeprefix("0x")] if secret else []
    url = urlsplit(secret)
    parts = [secret, url.path.strip("/"), url.query, url.password or ""]
    return [part for part in parts if len(part) >= _SHORTEST_SECRET]
