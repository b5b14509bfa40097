"""Turns settings into flags, and errors into one line and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from keeper.log import Redactor, set_up_logs
from keeper.settings import ENVIRONMENT_ONLY, Settings, read_settings
from taskwork.errors import ConfigError, InvalidInput, TaskworkError

Command = Callable[..., None]

CONFIG = "config"
ALL = (CONFIG, *(name for name in Settings.model_fields if name not in ENVIRONMENT_ONLY))
CHAIN = (CONFIG, "rpc", "manager", "chain_id", "request_timeout_s", "store")
KEY = ("keystore", "password_file", "signer_url", "signer_address")
LOGS = ("log_format", "log_level")


def with_settings(*names: str) -> Callable[[Command], Command]:
    """Give a command one flag per setting; it gets the settings and what hides their secrets."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def wrapped(**given: Any) -> None:
            flags = {name: given.pop(name) for name in names}
            redactor = Redactor([])
            try:
                settings = read_settings(flags)
                for secret in settings.secrets:
                    redactor.learn(secret)
                set_up_logs(settings.log_format, settings.log_level, redactor)
                command(settings, redactor, **given)
            except TaskworkError as error:
                click.echo(f"keeper: {redactor.hide(error)}", err=True)
                sys.exit(exit_code(error))

        flagged: Command = wrapped
        for name in reversed(names):
            flagged = _flag(name)(flagged)
        return flagged

    return decorate


def exit_code(error: TaskworkError) -> int:
    """2 where only the operator can help; 1 where starting again may: service managers ask."""
    return 2 if isinstance(error, ConfigError | InvalidInput) else 1


def as_json(command: Command) -> Command:
    """Give a command the flag --json."""
    return click.option("--json", "as_json", is_flag=True, help="For programs.")(command)


def show(found: dict[str, Any], *, as_json: bool) -> None:
    """Print an answer: one line per field for people, JSON for programs."""
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    width = max(len(name) for name in found)
    for name, value in found.items():
        click.echo(f"{name:<{width}}  {_in_words(value)}")


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)


def _flag(name: str) -> Callable[[Command], Command]:
    if name == CONFIG:
        shown = "TOML file with settings, below the environment. [KEEPER_CONFIG]"
        return click.option("--config", CONFIG, default=None, help=shown)
    field = Settings.model_fields[name]
    shown = f"{field.description}{_default(field)} [KEEPER_{name.upper()}]"
    return click.option(f"--{name.replace('_', '-')}", name, default=None, help=shown)


def _default(field: Any) -> str:
    """What it is when it is not given, where that says something."""
    is_plain = isinstance(field.default, int | float | str) and not isinstance(field.default, bool)
    return f" Default {field.default}." if is_plain else ""
