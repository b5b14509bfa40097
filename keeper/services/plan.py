"""How big a batch may be, and how long to rest after a failure."""

from __future__ import annotations

from taskwork.chain.types import BlockNumber, Gas, Wei

TX_GAS_CAP = 16_777_216  # EIP-7825: what a transaction may carry
_LEAST_BATCH_GAS = 400_000  # what the manager wants to see before it starts the smallest task
_LONGEST_REST_S = 4.0  # a third of a block: a keeper that sleeps longer runs things late


def batch_gas(wanted: Gas, block_gas_limit: Gas, balance: Wei | None, max_fee: Wei) -> Gas:
    """The gas limit of a batch: no more than is wanted, allowed, fair to others, and payable."""
    payable = TX_GAS_CAP if balance is None or not max_fee else balance // max_fee
    return Gas(min(wanted, TX_GAS_CAP, block_gas_limit // 2, payable))


def is_too_small(gas: Gas, reserve: int) -> bool:
    """Whether no task fits a batch with this gas limit."""
    return gas < _LEAST_BATCH_GAS + reserve


def landing_block(head: BlockNumber) -> BlockNumber:
    """The earliest block in which a transaction sent now can be mined."""
    return BlockNumber(head + 1)


def rest_s(failures_in_row: int) -> float:
    """Seconds to wait before trying again: doubles, up to four."""
    return float(min(_LONGEST_REST_S, 0.5 * 2 ** min(failures_in_row, 10)))
