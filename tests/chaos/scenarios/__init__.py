"""All scenarios; importing this enters them in `SCENARIOS`."""

from tests.chaos.scenarios import chains, endpoints, processes

__all__ = ["chains", "endpoints", "processes"]
