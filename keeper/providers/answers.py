"""What a node said, if it is what was asked for.

To be used inside of `Endpoint.ask`: there nonsense counts against the node, and the next one is
asked. Nodes answer anything, and web3 passes on what it cannot read.
"""

from __future__ import annotations

from typing import Any

_OF_A_BLOCK = {
    "number": int,
    "hash": bytes,
    "parentHash": bytes,
    "timestamp": int,
    "gasLimit": int,
}
_OF_A_RECEIPT = {
    "transactionHash": bytes,
    "blockNumber": int,
    "blockHash": bytes,
    "status": int,
    "gasUsed": int,
    "effectiveGasPrice": int,
    "logs": list,
}


def as_number(answer: Any) -> int:
    """A number; raises `TypeError` for anything else."""
    return int(_of_kind(answer, int))


def as_block(answer: Any) -> Any:
    """A block with all that is read of one; raises `TypeError` or `KeyError`."""
    return _with_fields(answer, _OF_A_BLOCK)


def as_receipt(answer: Any) -> Any:
    """A receipt with all that is read of one; raises `TypeError` or `KeyError`."""
    return _with_fields(answer, _OF_A_RECEIPT)


def _with_fields(answer: Any, kinds: dict[str, type]) -> Any:
    for name, kind in kinds.items():
        _of_kind(answer[name], kind)
    return answer


def _of_kind(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected, {type(value).__name__} found")
    return value
