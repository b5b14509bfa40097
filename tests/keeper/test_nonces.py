"""Nonces, what is out for them, and what nodes say about it: branch by branch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keeper.errors import NoncesDisagree
from keeper.services.flights import next_step, replacement_kind
from keeper.services.nonces import MAX_GAP, choose_nonce, credible_count, missing_nonces
from keeper.services.refusals import Refusal, read_refusal
from keeper.types import Flight, SendState, SignedAttempt, Step, TxKind
from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import ZERO_ADDRESS, BlockNumber, Gas, Wei

pytestmark = pytest.mark.unit

SENT = SignedAttempt(
    tx_hash="0x01",
    executor=ZERO_ADDRESS,
    nonce=7,
    kind=TxKind.BATCH,
    raw=b"",
    call=Call(ZERO_ADDRESS, b""),
    gas=Gas(1_000),
    fees=Fees(Wei(30), Wei(3)),
    sent_at=BlockNumber(10),
    state=SendState.SENT,
    is_private=False,
    expected_profit=Wei(0),
)


def flight(*attempts: SignedAttempt) -> Flight:
    return Flight(7, attempts)


@pytest.mark.parametrize(
    ("counts", "final", "count"),
    [
        ([5], 0, 5),  # a first start believes the only endpoint
        ([5, 7], 0, 5),  # one against one: the one that makes us wait
        ([5, 7, 7], 0, 7),  # most are right
        ([3, 7], 5, 7),  # whoever forgot what is final is wrong
        ([7, 10**6], 5, 7),
        ([10**6, 10**6, 7], 0, 10**6),
    ],
)
def test_credible_count__endpoints_differ__is_what_most_say_or_the_lowest(
    counts: list[int], final: int, count: int
) -> None:
    assert credible_count(counts, final) == count


@pytest.mark.parametrize(("counts", "final"), [([0, 10**6], 0), ([3, 4], 5)])
def test_credible_count__no_telling_who_lies__sends_nothing(counts: list[int], final: int) -> None:
    with pytest.raises(NoncesDisagree, match="remove the endpoint that is wrong") as caught:
        credible_count(counts, final)
    assert (caught.value.counts, caught.value.ledger) == (tuple(counts), final)


@pytest.mark.parametrize(
    ("mined", "pending", "ledger", "nonce"),
    [
        (5, [5], 0, 5),
        (5, [7], 0, 7),  # somebody else uses the key: after theirs
        (5, [5], 8, 8),  # ours that no endpoint has seen yet
        (5, [10**6, 6], 0, 6),
        (5, [3], 0, 5),
    ],
)
def test_choose_nonce__mined_pending_and_ledger__is_past_them_all(
    mined: int, pending: list[int], ledger: int, nonce: int
) -> None:
    assert choose_nonce(mined, pending, ledger) == nonce


@pytest.mark.parametrize(
    ("mined", "known", "wanted", "missing"),
    [
        (5, [7], 7, [5, 6]),
        (5, [5, 7], 7, [6]),
        (7, [7], 7, []),
        (5, [6 + MAX_GAP], 6 + MAX_GAP, None),
    ],
)
def test_missing_nonces__gap__is_what_nobody_knows(
    mined: int, known: list[int], wanted: int, missing: list[int] | None
) -> None:
    assert missing_nonces(mined, known, wanted) == missing


@pytest.mark.parametrize(
    ("change", "head", "step"),
    [
        ({}, 10, Step.WAIT),
        ({}, 12, Step.WAIT),
        ({}, 13, Step.URGE),
        ({"state": SendState.SIGNED}, 10, Step.RESEND),
        ({"state": SendState.SIGNED}, 99, Step.RESEND),
        ({"is_private": True}, 11, Step.WAIT),
        ({"is_private": True}, 12, Step.PUBLISH),
        ({"is_private": True, "state": SendState.SIGNED}, 11, Step.RESEND),
        ({"is_private": True, "state": SendState.SIGNED}, 12, Step.PUBLISH),
    ],
)
def test_next_step__time_and_state__say_what_to_do(
    change: dict[str, object], head: int, step: Step
) -> None:
    out = flight(replace(SENT, **change))
    assert next_step(out, BlockNumber(head), patience=3, private_blocks=2) is step


def test_next_step__replaced_lately__waits_for_the_replacement() -> None:
    out = flight(SENT, replace(SENT, sent_at=BlockNumber(13)))
    assert next_step(out, BlockNumber(15), patience=3, private_blocks=2) is Step.WAIT


@pytest.mark.parametrize(
    ("kind", "profit", "replaced_by"),
    [
        (TxKind.BATCH, 5, TxKind.BATCH),
        (TxKind.BATCH, 4, TxKind.CANCEL),
        (TxKind.CANCEL, 10**9, TxKind.CANCEL),
        (TxKind.FILL, 10**9, TxKind.FILL),
    ],
)
def test_replacement_kind__batch_or_empty__repeats_only_what_pays(
    kind: TxKind, profit: int, replaced_by: TxKind
) -> None:
    out = flight(replace(SENT, kind=kind))
    assert replacement_kind(out, Wei(profit), Wei(5)) is replaced_by


@pytest.mark.parametrize(
    ("states", "is_out"),
    [
        ([SendState.REFUSED], False),
        ([SendState.REFUSED, SendState.SIGNED], True),
        ([SendState.SENT, SendState.REFUSED], True),
    ],
)
def test_flight__any_attempt_not_refused__is_out(states: list[SendState], is_out: bool) -> None:
    assert flight(*(replace(SENT, state=state) for state in states)).is_out is is_out


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("already known", Refusal.KNOWN),
        ("transaction already imported", Refusal.KNOWN),
        ("nonce too low: next nonce 5, tx nonce 3", Refusal.NONCE_USED),
        ("replacement transaction underpriced", Refusal.UNDERPRICED),
        ("insufficient funds for gas * price + value", Refusal.OTHER),
    ],
)
def test_read_refusal__each_node_in_its_words__is_understood(said: str, meant: Refusal) -> None:
    assert read_refusal(said) is meant
