"""Limits of the specification, in its own words; and what a run may cost at most."""

from __future__ import annotations

from tests.stateful.compiled import gas_costs

SMALL_GAS, MEDIUM_GAS, LARGE_GAS = 100_000, 250_000, 750_000
CLASSES = range(3)
MIN_INTERVAL = 100
MAX_DISTANCE = 2**23
SPAN = 2**24
MAX_DATA = 24_000
MAX_COMMITTED_DATA = 1_024
MAX_ANSWER = 256  # bytes of what a target answers
CAPACITY = 64_000  # thousands of gas that a block admits in a class
MIN_KILOGAS = 25
PROBES = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
SEARCH = 128
FIRST_DEFERRAL = 8
ENDLESS = 2**32 - 1  # runs left of a task without end
FOREVER = 2**64 - 1  # executions of its schedule
MAX_BLOCK = 2**40 - 1
MAX_BOND = 2**87 - 1
MAX_TERM = 2**52 - 1
MAX_FAILURE_LIMIT = 15
MAX_DEFERRALS = 15
MAX_STREAK = 15
MIN_EXECUTION_GAS = 30_000
BPS = 10_000

COSTS = gas_costs()


def size_class(gas: int) -> int:
    return 0 if gas <= SMALL_GAS else 1 if gas <= MEDIUM_GAS else 2


def kilogas(gas: int) -> int:
    """What a task counts against a block's capacity."""
    return max(MIN_KILOGAS, -(-gas // 1000))


def for_data(length: int) -> int:
    count = (length + 31) // 32 + 1
    return count * 12 + count * count // 512


def for_envoy(gas: int, length: int) -> int:
    """Gas that an envoy gets so that the target has all of its own."""
    return gas + gas // 63 + COSTS["ENVOY"] + for_data(length)


def most_of_run(gas: int, length: int) -> int:
    """The most that a run is charged, before the price."""
    return for_envoy(gas, length) + 2 * for_data(length) + COSTS["OVERHEAD"]


def to_handle(gas: int, length: int) -> int:
    """Gas without which a task is not started, beside the batch's end."""
    call = for_envoy(gas, length)
    call += call // 63 + 200
    return COSTS["BEFORE_CALL"] + call + COSTS["AFTER_CALL"] + COSTS["SETTLE"]


def with_fee(charge: int, fee_bps: int) -> int:
    return charge + charge * fee_bps // BPS


def reserve(most_gas: int, ceiling: int, premium_cap: int, fee_bps: int) -> int:
    """One run and one deferral at the highest price, with the fee."""
    return with_fee((most_gas + COSTS["SKIP"]) * (ceiling + premium_cap), fee_bps)


def crowd(admitted: int) -> int:
    """Steps of surcharge for a task that is queued behind so many thousands of gas."""
    half = CAPACITY // 2
    return 14 * max(0, admitted - half) // half
