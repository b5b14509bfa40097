"""`ape run pool-status`; a module that others import can have no dash in its name."""

from scripts._pool_status import cli

__all__ = ["cli"]
