"""The circuits there are, and what their inputs must be. The sources are in circuits/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taskwork.errors import BadSignal
from taskwork.zk.curve import R

Shape = tuple[int, ...]
Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Signal:
    """An input: an array of `shape` (none: one number), each number in [low, high)."""

    shape: Shape = ()
    low: int = 0
    high: int = R


@dataclass(frozen=True)
class Circuit:
    """A circuit by name. `publics` are its public signals in order."""

    name: str
    publics: tuple[str, ...]
    inputs: Mapping[str, Signal]
    is_small: bool  # keys are made within seconds


def _pixels(*shape: int) -> Signal:
    return Signal((*shape, 64), high=32)


def _signed(bits: int, *shape: int) -> Signal:
    return Signal(shape, -(1 << (bits - 1)), 1 << (bits - 1))


CLAIM = ("result", "commitment", "binding")
BATCH = 8  # claims in one proof of digits_batch

CIRCUITS = {
    circuit.name: circuit
    for circuit in (
        Circuit("preimage", CLAIM, {"preimage": Signal((2,)), "binding": Signal()}, is_small=True),
        Circuit(
            "digits_public",
            CLAIM,
            {"pixel": _pixels(), "salt": Signal(), "binding": Signal()},
            is_small=True,
        ),
        Circuit(
            "digits_batch",
            ("committed", "value", "point"),
            {
                "pixel": _pixels(BATCH),
                "salt": Signal((BATCH,)),
                "binding": Signal((BATCH,)),
                "point": Signal(),
            },
            is_small=False,
        ),
        Circuit(
            "digits_committed",
            CLAIM,
            {
                "pixel": _pixels(),
                "salt": Signal(),
                "modelSalt": Signal(),
                "weight1": _signed(8, 32, 64),
                "bias1": _signed(20, 32),
                "weight2": _signed(8, 10, 32),
                "bias2": _signed(31, 10),
                "binding": Signal(),
            },
            is_small=False,
        ),
    )
}


def check_inputs(circuit: Circuit, inputs: Inputs) -> None:
    """Refuse inputs that no witness can exist for, by the name of the first bad signal.

    Raises:
        BadSignal: one is missing, unknown, of another shape, or out of its range.

    """
    for name in inputs.keys() - circuit.inputs.keys():
        raise BadSignal(name, inputs[name], f"{circuit.name} has no such input")
    for name, signal in circuit.inputs.items():
        if name not in inputs:
            raise BadSignal(name, None, f"{circuit.name} needs it")
        for place, value in _numbers(name, inputs[name], signal.shape):
            if not signal.low <= value < signal.high:
                raise BadSignal(place, value, f"must be in [{signal.low}, {signal.high})")


def to_json(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs as circom's witness calculator takes them: decimal, below R."""
    return {name: _decimal(value) for name, value in inputs.items()}


def _numbers(name: str, value: Any, shape: Shape) -> Iterator[tuple[str, int]]:
    if not shape:
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadSignal(name, value, "must be an integer")
        yield name, value
        return
    if not isinstance(value, Sequence) or len(value) != shape[0]:
        raise BadSignal(name, value, f"must be a list of {shape[0]}")
    for index, part in enumerate(value):
        yield from _numbers(f"{name}[{index}]", part, shape[1:])


def _decimal(value: Any) -> Any:
    return str(value % R) if isinstance(value, int) else [_decimal(part) for part in value]
