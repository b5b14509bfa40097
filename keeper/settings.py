"""The keeper's settings: flags, else the environment (`KEEPER_...`), else these defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from keeper.services.plan import TX_GAS_CAP
from keeper.types import Limits
from taskwork.chain.types import Wei
from taskwork.errors import ConfigError
from taskwork.units import parse_wei


def read_wei(value: object) -> object:
    """Read an amount such as `5 gwei` or `0.01 ether`; a plain number is wei."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        return parse_wei(value)


SignedAmount = Annotated[int, BeforeValidator(read_wei)]
Amount = Annotated[SignedAmount, Field(ge=0)]


class Settings(BaseSettings):
    """What the operator decides."""

    model_config = SettingsConfigDict(env_prefix="KEEPER_", frozen=True, extra="forbid")

    # Chain
    rpc: SecretStr = Field(description="The node's http(s) or ws(s) URL.")
    manager: str | None = Field(None, description="TaskManager; else from deployments/.")
    chain_id: int | None = Field(None, description="Refuse any other chain.")

    # Batches
    gas_reserve: int = Field(50_000, ge=0, description="Gas a batch leaves unused.")
    gas_limit: int = Field(TX_GAS_CAP, ge=100_000, le=TX_GAS_CAP, description="Gas of a batch.")
    min_profit: SignedAmount = Field(0, description="Skip batches that earn less.")
    max_fee: Amount = Field(200 * 10**9, description="Most to pay per gas, in any case.")
    min_tip: Amount = Field(0, description="Least to tip per gas.")

    tip_share: int = Field(50, ge=0, le=100, description="Percent of the surplus that may be tips.")

    # Time
    bump_blocks: int = Field(3, ge=1, description="Blocks until a transaction is replaced.")
    poll_interval_s: float = Field(1.0, gt=0, description="Seconds between looks at the head.")
    block_timeout_s: float = Field(60.0, gt=0, description="Seconds a block may take.")
    stop_timeout_s: float = Field(120.0, gt=0, description="Seconds to wait when stopping.")

    # Key: none means a dry run
    private_key: SecretStr | None = Field(None, description="Hex; environment only.")
    keystore: Path | None = Field(None, description="Encrypted key file.")
    password: SecretStr | None = Field(None, description="The keystore's; environment only.")
    password_file: Path | None = Field(None, description="File with the keystore's password.")

    # Logs
    log_format: Literal["auto", "console", "json"] = Field("auto", description="Auto: by terminal.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least.")

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
        hidden = (self.rpc, self.private_key, self.password)
        return tuple(secret.get_secret_value() for secret in hidden if secret is not None)


def read_settings(flags: dict[str, Any]) -> Settings:
    """Read the settings; flags that are None were not given."""
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        raise ConfigError("; ".join(_complaint(entry) for entry in error.errors())) from None


def _complaint(entry: Any) -> str:
    field = str(entry["loc"][0]) if entry["loc"] else "settings"
    flag = f"--{field.replace('_', '-')}"
    return f"{flag} (or KEEPER_{field.upper()}): {entry['msg'].lower()}"
