"""The keeper's settings: flags, else the environment (`KEEPER_...`), else a file, else defaults."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from keeper.services.plan import TX_GAS_CAP
from keeper.types import Denied, Limits, Reading
from taskwork.chain.types import Address, Wei, as_address
from taskwork.errors import ConfigError, InvalidInput
from taskwork.units import parse_wei

_PREFIX = "KEEPER_"
ENVIRONMENT_ONLY = ("private_key", "password")  # never on a command line, nor in a file
_FILE = "config"  # --config or KEEPER_CONFIG: not a setting, but where settings are
_DEFAULT_STORE = "~/.local/state/taskwork/keeper.db"


def read_wei(value: object) -> object:
    """Read an amount such as `5 gwei` or `0.01 ether`; a plain number is wei."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        return parse_wei(value)


def read_list(value: object) -> object:
    """Read values separated by commas."""
    if not isinstance(value, str):
        return value
    return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)


def read_address(value: object) -> object:
    """Read an address in any spelling."""
    try:
        return as_address(value) if isinstance(value, str) else value
    except InvalidInput as error:
        raise ValueError(str(error)) from None


SignedAmount = Annotated[int, BeforeValidator(read_wei)]
Amount = Annotated[SignedAmount, Field(ge=0)]
OneAddress = Annotated[Address, BeforeValidator(read_address)]
Addresses = Annotated[tuple[OneAddress, ...], NoDecode, BeforeValidator(read_list)]


class Settings(BaseSettings):
    """What the operator decides."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    # Chain
    rpc: SecretStr = Field(
        description="Endpoints, by commas: http(s) or ws(s) URLs, or paths of IPC sockets."
    )
    private_rpc: SecretStr | None = Field(
        None, description="Endpoint that transactions are sent to first, and nothing else."
    )
    private_blocks: int = Field(
        4, ge=0, description="Blocks until a private transaction is sent to the others too."
    )
    manager: str | None = Field(None, description="TaskManager; else from deployments/.")
    chain_id: int | None = Field(None, description="Refuse any other chain.")
    max_head_lag: int = Field(2, ge=0, description="Blocks an endpoint may be behind the best.")
    confirmations: int = Field(12, ge=0, description="Blocks until the books are final.")
    reorg_depth: int = Field(64, ge=1, description="Blocks that the chain may take back.")

    # Store
    store: SecretStr = Field(
        SecretStr(_DEFAULT_STORE),
        description=f"SQLite file, postgresql:// URL or 'memory'. [default: {_DEFAULT_STORE}]",
    )
    from_block: int | None = Field(
        None, ge=0, description="Where the event index begins; else where the manager was deployed."
    )
    log_span: int = Field(2_000, ge=1, description="Most blocks to ask events of at once.")

    # Batches
    gas_reserve: int = Field(50_000, ge=0, description="Gas a batch leaves unused.")
    gas_limit: int = Field(TX_GAS_CAP, ge=100_000, le=TX_GAS_CAP, description="Gas of a batch.")
    min_profit: SignedAmount = Field(0, description="Skip batches that earn less.")
    max_fee: Amount = Field(200 * 10**9, description="Most to pay per gas, in any case.")
    min_tip: Amount = Field(0, description="Least to tip per gas.")
    tip_share: int = Field(50, ge=0, le=100, description="Percent of the surplus that may be tips.")
    daily_limit: Amount | None = Field(
        None, description="Most to spend on gas in a day (UTC), whatever it brings."
    )
    deny_owners: Addresses = Field((), description="Owners whose tasks are left to others.")
    deny_targets: Addresses = Field((), description="Targets that are left to others.")
    max_wait: int = Field(
        0, ge=0, le=28, description="Blocks a task may be late while its premium still rises."
    )
    rival_risk: int = Field(
        25, ge=0, le=100, description="Percent chance per block that a rival is faster."
    )

    # Alarms
    low_balance: Amount = Field(5 * 10**16, description="Warn when the executor has less.")
    unprofitable_blocks: int = Field(
        25, ge=1, description="Warn when due tasks have not paid for so many blocks."
    )

    # Watching
    metrics_host: str = Field("127.0.0.1", description="Where metrics and health are served.")
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="Port of /metrics, /health and /ready; else not served."
    )
    max_head_age_s: float = Field(
        120.0, gt=0, description="Seconds without a block until the keeper is not ready."
    )

    # Time
    bump_blocks: int = Field(3, ge=1, description="Blocks until a transaction is replaced.")
    poll_interval_s: float = Field(1.0, gt=0, description="Seconds between looks at the head.")
    request_timeout_s: float = Field(10.0, gt=0, description="Seconds an endpoint may take.")
    block_timeout_s: float = Field(60.0, gt=0, description="Seconds a block may take.")
    stop_timeout_s: float = Field(120.0, gt=0, description="Seconds to wait when stopping.")

    # Key: none means a dry run
    private_key: SecretStr | None = Field(None, description="Hex; environment only.")
    keystore: Path | None = Field(None, description="Encrypted key file.")
    password: SecretStr | None = Field(None, description="The keystore's; environment only.")
    password_file: Path | None = Field(None, description="File with the keystore's password.")

    signer_url: SecretStr | None = Field(None, description="A web3signer that has the key.")
    signer_address: OneAddress | None = Field(None, description="Whose key it signs with.")
    signer_timeout_s: float = Field(5.0, gt=0, description="Seconds the signer may take.")
    signer_ca: Path | None = Field(None, description="CA of its certificate; else the system's.")
    signer_certificate: Path | None = Field(
        None, description="The keeper's certificate and its key, for a signer that wants one."
    )
    lease: SecretStr | None = Field(
        None,
        description="File or postgresql:// URL by which keepers with one key take turns; "
        "else beside or in the store.",
    )

    # Logs
    log_format: Literal["auto", "console", "json"] = Field("auto", description="Auto: by terminal.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least.")

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints to read from, most wanted first."""
        return tuple(url.strip() for url in self.rpc.get_secret_value().split(",") if url.strip())

    @property
    def reading(self) -> Reading:
        """How the endpoints are asked."""
        return Reading(self.request_timeout_s, self.poll_interval_s, self.max_head_lag)

    @property
    def denied(self) -> Denied:
        """Whose tasks, and which targets, are left alone."""
        return Denied(frozenset(self.deny_owners), frozenset(self.deny_targets))

    @property
    def limits(self) -> Limits:
        """What the keeper may spend."""
        return Limits(
            max_fee=Wei(self.max_fee),
            min_tip=Wei(self.min_tip),
            min_profit=Wei(self.min_profit),
            tip_share=self.tip_share,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        hidden = (self.private_rpc, self.private_key, self.password, self.signer_url)
        named = tuple(secret.get_secret_value() for secret in hidden if secret is not None)
        places = (place.get_secret_value() for place in (self.store, self.lease) if place)
        return (*self.endpoints, *named, *(place for place in places if "://" in place))


def read_settings(flags: dict[str, Any]) -> Settings:
    """Read the settings; flags that are None were not given."""
    given = {name: value for name, value in flags.items() if value is not None}
    file = given.pop(_FILE, None) or os.environ.get(f"{_PREFIX}{_FILE.upper()}")
    _refuse_unknown_variables()
    try:
        return Settings(**_from_file(file) | given)
    except ValidationError as error:
        raise ConfigError("; ".join(_complaint(entry) for entry in error.errors())) from None


def _from_file(file: str | None) -> dict[str, Any]:
    """What a file says and the environment does not."""
    if file is None:
        return {}
    try:
        found = tomllib.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"--config {file} cannot be read: {error}") from None
    for name in ENVIRONMENT_ONLY:
        if name in found:
            raise ConfigError(f"--config {file}: {name} belongs into the environment")
    return {n: v for n, v in found.items() if f"{_PREFIX}{n.upper()}" not in os.environ}


def _refuse_unknown_variables() -> None:
    known = {f"{_PREFIX}{name.upper()}" for name in (*Settings.model_fields, _FILE)}
    unknown = sorted(n for n in os.environ if n.startswith(_PREFIX) and n not in known)
    if unknown:
        raise ConfigError(f"{', '.join(unknown)}: no such setting; see keeper run --help")


def _complaint(entry: Any) -> str:
    field = str(entry["loc"][0]) if entry["loc"] else "settings"
    flag = f"--{field.replace('_', '-')}"
    return f"{flag} (or {_PREFIX}{field.upper()}): {entry['msg'].lower()}"
