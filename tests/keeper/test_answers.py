"""What nodes answer, and what of it is believed."""

from __future__ import annotations

from typing import Any

import pytest
from hexbytes import HexBytes

from keeper.providers.answers import as_block, as_number, as_receipt
from keeper.providers.manager import most_told

pytestmark = pytest.mark.unit

HASH = HexBytes("0x" + "11" * 32)
BLOCK = {"number": 7, "hash": HASH, "parentHash": HASH, "timestamp": 9, "gasLimit": 30_000_000}
RECEIPT = {
    "transactionHash": HASH,
    "blockNumber": 7,
    "blockHash": HASH,
    "status": 1,
    "gasUsed": 21_000,
    "effectiveGasPrice": 10**9,
    "logs": [],
}


def test_as_number__number__is_it() -> None:
    assert as_number(5) == 5


@pytest.mark.parametrize("answer", [None, "0x5", {"not": "this"}, 5.0, b"\x05"])
def test_as_number__anything_else__is_refused(answer: Any) -> None:
    with pytest.raises(TypeError, match="int expected"):
        as_number(answer)


def test_as_block__whole__is_it() -> None:
    assert as_block(BLOCK) is BLOCK


@pytest.mark.parametrize("field", BLOCK)
def test_as_block__field_missing_or_nothing__is_refused(field: str) -> None:
    with pytest.raises(KeyError, match=field):
        as_block({name: value for name, value in BLOCK.items() if name != field})
    with pytest.raises(TypeError, match="NoneType found"):
        as_block({**BLOCK, field: None})


def test_as_block__no_block_at_all__is_refused() -> None:
    with pytest.raises(TypeError):
        as_block(None)


@pytest.mark.parametrize("field", RECEIPT)
def test_as_receipt__field_of_another_kind__is_refused(field: str) -> None:
    assert as_receipt(RECEIPT) is RECEIPT
    with pytest.raises(TypeError, match="str found"):
        as_receipt({**RECEIPT, field: "0x"})


def test_most_told__one_of_three_lies__is_what_the_others_say() -> None:
    lie = {**RECEIPT, "status": 0}
    assert most_told([lie, RECEIPT, dict(RECEIPT)]) == RECEIPT


def test_most_told__one_against_one__is_what_the_best_endpoint_says() -> None:
    lie = {**RECEIPT, "status": 0}
    assert most_told([RECEIPT, lie]) is RECEIPT
    assert most_told([lie, RECEIPT]) is lie
