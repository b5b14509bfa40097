"""Encrypted inputs and results: what opens, what does not and why, and an independent HPKE."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from eth_account import Account
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from taskwork.chain.pool_types import JobId
from taskwork.chain.types import Address, as_address
from taskwork.errors import (
    InvalidInput,
    MisdirectedEnvelope,
    NotAnEnvelope,
    PrivacyError,
    TamperedEnvelope,
    TruncatedEnvelope,
    UnknownEnvelope,
    UntrustedKey,
    WrongAddressee,
)
from taskwork.privacy.boxes import (
    ContentKey,
    content_hash,
    encrypt_input,
    open_input,
    open_key,
    open_result,
    seal_key,
    seal_result,
)
from taskwork.privacy.context import ClaimContext, InputContext
from taskwork.privacy.envelope import is_encrypted, read_envelope
from taskwork.privacy.keys import Announcement, PrivateKey, PublicKey

pytestmark = pytest.mark.unit

POOL = as_address("0x" + "a1" * 20)
REQUESTER = as_address("0x" + "b2" * 20)
WORKER = as_address("0x" + "c3" * 20)
HERE = InputContext(31337, POOL, REQUESTER)
JOB = ClaimContext(31337, POOL, JobId(7), WORKER)
WORKERS_KEY, REQUESTERS_KEY = PrivateKey(bytes(range(32))), PrivateKey(bytes(range(32, 64)))
NOW = datetime(2026, 11, 20, tzinfo=UTC)

addresses = st.binary(min_size=20, max_size=20).map(lambda raw: as_address(f"0x{raw.hex()}"))
chain_ids = st.integers(1, 2**64 - 1)
keys = st.binary(min_size=32, max_size=32).map(PrivateKey)
jobs = st.builds(
    ClaimContext, chain_ids, addresses, st.integers(1, 2**256 - 1).map(JobId), addresses
)


# Round trips


@given(st.binary(max_size=5_000), st.builds(InputContext, chain_ids, addresses, addresses))
def test_input__encrypted__opens_with_its_key(plain: bytes, context: InputContext) -> None:
    posted = encrypt_input(plain, context)
    assert open_input(posted.text, posted.key, context) == plain
    assert is_encrypted(posted.text)
    assert plain not in posted.text.encode() or len(plain) < 8


@given(st.binary(max_size=100), jobs, keys)
def test_content_key__sealed__opens_for_its_worker(
    plain: bytes, job: ClaimContext, own: PrivateKey
) -> None:
    posted = encrypt_input(plain, HERE)
    assert open_key(seal_key(posted, own.public, job), own, job, posted.text) == posted.key


@given(st.binary(max_size=5_000), jobs, keys)
def test_result__sealed__opens_for_its_requester(
    plain: bytes, job: ClaimContext, own: PrivateKey
) -> None:
    assert open_result(seal_result(plain, own.public, job), own, job) == plain


def test_encrypt__same_input_twice__has_nothing_in_common() -> None:
    one, other = encrypt_input(b"What is AI?", HERE), encrypt_input(b"What is AI?", HERE)
    assert one.key != other.key
    assert one.content_hash != other.content_hash
    assert read_envelope(one.text).body != read_envelope(other.text).body
    first, second = (seal_result(b"42", REQUESTERS_KEY.public, JOB) for _ in range(2))
    assert read_envelope(first).body[:32] != read_envelope(second).body[:32]


def test_content_hash__text__is_what_a_pool_keeps() -> None:
    posted = encrypt_input(b"What is AI?", HERE)
    assert posted.content_hash == content_hash(posted.text) == keccak(posted.text.encode())


# Every way in which one does not open


def sealed_key() -> tuple[str, bytes]:
    posted = encrypt_input(b"What is AI?", HERE)
    return posted.text, seal_key(posted, WORKERS_KEY.public, JOB)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(JOB, chain_id=1),
        replace(JOB, pool=REQUESTER),
        replace(JOB, job=JobId(8)),
        replace(JOB, worker=POOL),
    ],
)
def test_job_envelope__for_another_chain_pool_job_or_worker__is_misdirected(
    elsewhere: ClaimContext,
) -> None:
    text, sealed = sealed_key()
    with pytest.raises(MisdirectedEnvelope) as caught:
        open_key(sealed, WORKERS_KEY, elsewhere, text)
    assert caught.value.context == elsewhere
    with pytest.raises(MisdirectedEnvelope):
        open_result(seal_result(b"42", REQUESTERS_KEY.public, JOB), REQUESTERS_KEY, elsewhere)


@pytest.mark.parametrize(
    "elsewhere",
    [replace(HERE, chain_id=1), replace(HERE, pool=WORKER), replace(HERE, requester=WORKER)],
)
def test_input__posted_elsewhere__is_misdirected(elsewhere: InputContext) -> None:
    posted = encrypt_input(b"What is AI?", HERE)
    with pytest.raises(MisdirectedEnvelope):
        open_input(posted.text, posted.key, elsewhere)


def test_content_key__of_another_input__is_misdirected() -> None:
    _, sealed = sealed_key()
    other = encrypt_input(b"What is AI?", HERE)
    with pytest.raises(MisdirectedEnvelope, match="not for this input"):
        open_key(sealed, WORKERS_KEY, JOB, other.text)


def test_envelope__misdirected_with_its_tag_forged__is_tampered() -> None:
    """The header only diagnoses: who forges it meets the cipher."""
    result = read_envelope(seal_result(b"42", REQUESTERS_KEY.public, JOB))
    elsewhere = replace(JOB, job=JobId(8))
    forged = replace(result, tag=elsewhere.digest()[:8]).to_text()
    with pytest.raises(TamperedEnvelope):
        open_result(forged, REQUESTERS_KEY, elsewhere)


def test_envelope__sealed_to_another_key__is_wrong_addressee() -> None:
    text, sealed = sealed_key()
    with pytest.raises(WrongAddressee) as caught:
        open_key(sealed, REQUESTERS_KEY, JOB, text)
    assert caught.value.own == REQUESTERS_KEY.public.raw
    assert caught.value.addressee == WORKERS_KEY.public.raw


def test_envelope__readdressed__is_tampered() -> None:
    text, sealed = sealed_key()
    forged = replace(read_envelope(sealed), addressee=REQUESTERS_KEY.public.raw)
    with pytest.raises(TamperedEnvelope):
        open_key(forged.to_bytes(), REQUESTERS_KEY, JOB, text)


def test_input__another_content_key__is_wrong_addressee() -> None:
    posted = encrypt_input(b"What is AI?", HERE)
    with pytest.raises(WrongAddressee):
        open_input(posted.text, ContentKey(bytes(32)), HERE)


def test_envelope__cut_anywhere__says_so() -> None:
    text, sealed = sealed_key()
    for length in range(3, len(sealed)):
        with pytest.raises(TruncatedEnvelope) as caught:
            open_key(sealed[:length], WORKERS_KEY, JOB, text)
        assert caught.value.found == length
    with pytest.raises(NotAnEnvelope):
        read_envelope(sealed + b"\x00")


def test_input__shorter_than_a_nonce__is_truncated() -> None:
    posted = encrypt_input(b"", HERE)
    short = replace(read_envelope(posted.text), body=bytes(11))
    with pytest.raises(TruncatedEnvelope):
        open_input(short.to_text(), posted.key, HERE)


def test_envelope__any_bit_flipped__never_opens() -> None:
    """And the error is one of ours, whichever bit."""
    text, sealed = sealed_key()
    for bit in range(8 * len(sealed)):
        spoilt = bytearray(sealed)
        spoilt[bit // 8] ^= 1 << bit % 8
        with pytest.raises(PrivacyError):
            open_key(bytes(spoilt), WORKERS_KEY, JOB, text)


@pytest.mark.parametrize("place", [-1, -17, 48])
def test_body__changed__is_tampered(place: int) -> None:
    text, sealed = sealed_key()
    spoilt = bytearray(sealed)
    spoilt[place] ^= 1
    with pytest.raises(TamperedEnvelope, match="key does not authenticate"):
        open_key(bytes(spoilt), WORKERS_KEY, JOB, text)
    posted = encrypt_input(b"What is AI? A question.", HERE)
    body = bytearray(read_envelope(posted.text).body)
    body[place % len(body)] ^= 1
    changed = read_envelope(posted.text).fill(bytes(body)).to_text()
    with pytest.raises(TamperedEnvelope, match="input does not authenticate"):
        open_input(changed, posted.key, HERE)


def test_envelope__of_another_kind__is_not_the_one_wanted() -> None:
    text, sealed = sealed_key()
    with pytest.raises(NotAnEnvelope, match="holds the key, not the result"):
        open_result(read_envelope(sealed).to_text(), WORKERS_KEY, JOB)
    with pytest.raises(NotAnEnvelope, match="holds the input, not the key"):
        open_key(read_envelope(text).to_bytes(), WORKERS_KEY, JOB, text)


@pytest.mark.parametrize(("place", "field", "value"), [(2, "version", 2), (3, "kind", 9)])
def test_envelope__of_a_later_release__says_what_is_unknown(
    place: int, field: str, value: int
) -> None:
    _, sealed = sealed_key()
    later = bytearray(sealed)
    later[place] = value
    with pytest.raises(UnknownEnvelope) as caught:
        read_envelope(bytes(later))
    assert (caught.value.field, caught.value.value) == (field, value)


@pytest.mark.parametrize(
    "data", ["What is AI?", "twenc:~", "twenc:AAAA", "twenc:é", b"XY", b"\x00"]
)
def test_read_envelope__something_else__is_no_envelope(data: str | bytes) -> None:
    with pytest.raises(NotAnEnvelope):
        read_envelope(data)


@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200), st.text("AZaz_-").map("twenc:{}".format)
    )
)
def test_read_envelope__anything__is_read_or_refused_by_name(data: str | bytes) -> None:
    try:
        envelope = read_envelope(data)
    except PrivacyError:
        return
    assert data in {envelope.to_bytes(), envelope.to_text()}


def test_text__other_spelling_of_the_same_bytes__is_refused() -> None:
    """One envelope has one text, hence one hash on chain."""
    text = next(
        text
        for size in range(3)
        if len(text := encrypt_input(bytes(size), HERE).text.removeprefix("twenc:")) % 4
    )
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    stray = alphabet[alphabet.index(text[-1]) ^ 1]
    with pytest.raises(NotAnEnvelope, match="stray bits"):
        read_envelope(f"twenc:{text[:-1]}{stray}")


# Keys


def test_public_key__of_low_order__is_refused() -> None:
    with pytest.raises(InvalidInput, match="low order"):
        seal_result(b"42", PublicKey(bytes(32)), JOB)


@pytest.mark.parametrize("kind", [PublicKey, PrivateKey, ContentKey])
def test_key__of_31_bytes__is_refused(kind: type) -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        kind(bytes(31))


def test_private_key__printed__shows_no_secret() -> None:
    secret = WORKERS_KEY.to_bytes().hex()
    assert secret not in repr(WORKERS_KEY) + str(WORKERS_KEY)
    assert WORKERS_KEY.public.raw.hex() in repr(WORKERS_KEY)
    assert PrivateKey(WORKERS_KEY.to_bytes()).public == WORKERS_KEY.public
    assert PrivateKey.generate().public != PrivateKey.generate().public
    posted = encrypt_input(b"", HERE)
    assert posted.key.secret.hex() not in repr(posted)


def announce(**changes: object) -> tuple[Address, Announcement]:
    account = Account.create()
    made = Announcement.sign(
        account, WORKERS_KEY.public, chain_id=31337, expires=NOW + timedelta(hours=1)
    )
    return Address(account.address), replace(made, **changes)  # type: ignore[arg-type]


def test_announcement__signed_by_the_account__is_trusted_until_it_expires() -> None:
    account, announced = announce()
    assert announced.check(account, chain_id=31337, now=announced.expires) == WORKERS_KEY.public
    with pytest.raises(UntrustedKey, match="expired"):
        announced.check(account, chain_id=31337, now=announced.expires + timedelta(seconds=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"public_key": REQUESTERS_KEY.public},
        {"expires": NOW + timedelta(hours=2)},
        {"account": WORKER},
        {"signature": bytes(65)},
        {"signature": b""},
    ],
)
def test_announcement__changed__is_not_trusted(changes: dict[str, object]) -> None:
    account, announced = announce(**changes)
    with pytest.raises(UntrustedKey, match="not signed"):
        announced.check(account, chain_id=31337, now=NOW)


def test_announcement__without_a_time_zone__is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(InvalidInput, match="time zone"):
        Announcement.sign(Account.create(), WORKERS_KEY.public, chain_id=1, expires=naive)


def test_announcement__of_somebody_else_or_another_chain__is_not_trusted() -> None:
    account, announced = announce()
    for whose, chain_id in ((WORKER, 31337), (account, 1)):
        with pytest.raises(UntrustedKey, match="not signed"):
            announced.check(whose, chain_id=chain_id, now=NOW)


# Known answers: RFC 9180 written down once more, checked with its own vector (A.2.1), then used to
# open what the library sealed

SUITE_ID = b"HPKE" + bytes.fromhex("002000010003")
KEM_ID = b"KEM" + bytes.fromhex("0020")

KNOWN_INPUT = (
    "twenc:VFcBAUNkWnQHa7zabfoI0qiUcv8vQcgHp2PzsT6SUmhRc62IlQZYrW_SpkoAAAAnAAECAwQFBgcICQoL3p"
    "NpdAl-1mD2ygDas-CxYbemqG2CFHBj5r27"
)
KNOWN_KEY = (
    "VFcBAltiksO3ahA2j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8AAABwPyMfwrVm9MX4hhicZZueRsJ7"
    "Cz3P4nBpLvFzCEQDpHl6tGy0ttsPAI+pHSeMeme5DHEKs9A8glajOeNirZll05VMktEHotuC+U55bgF0kajSLgPh"
    "I0Nlzlc1d+rdlWmqgYkDIdkwBvyhcsxHRMB+kA=="
)
KNOWN_RESULT = (
    "twenc:VFcBA1tiksO3ahA2NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlQAAABBbR0OswO7GIeSksXUtn"
    "qvDqW6iacDZGaI3SnYqQdUjiTriEsYLrPis9j0TE8-rEof3rZ5t3hr26NOyaAzCqplGZ8"
)


def test_independent_hpke__vector_of_the_rfc__agrees() -> None:
    plain = open_independently(
        secret=bytes.fromhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"),
        sealed=bytes.fromhex(
            "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db"
            "21993c62ce81883d2dd1b51a28"
        ),
        info=bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"),
        aad=b"Count-0",
    )
    assert plain == b"Beauty is truth, truth beauty"


@given(st.binary(max_size=500), jobs, keys)
def test_result__sealed__opens_by_the_rfc(plain: bytes, job: ClaimContext, own: PrivateKey) -> None:
    raw = read_envelope(seal_result(plain, own.public, job)).to_bytes()
    header = raw[:44] + bytes(4)  # the length is not authenticated, since the cipher's tag is
    assert raw[:4] == b"TW\x01\x03"
    assert open_independently(own.to_bytes(), raw[48:], header + job.digest(), b"") == plain


def test_envelope__known_one__opens() -> None:
    """Made once and kept: a change of format needs a new version."""
    assert open_input(KNOWN_INPUT, ContentKey(bytes(range(32))), HERE) == b"What is AI?"
    sealed = base64.b64decode(KNOWN_KEY)
    assert open_key(sealed, WORKERS_KEY, JOB, KNOWN_INPUT) == ContentKey(bytes(range(32)))
    assert open_result(KNOWN_RESULT, REQUESTERS_KEY, JOB) == b"A field of study."


def open_independently(secret: bytes, sealed: bytes, info: bytes, aad: bytes) -> bytes:
    own, enc = X25519PrivateKey.from_private_bytes(secret), sealed[:32]
    shared = own.exchange(X25519PublicKey.from_public_bytes(enc))
    context = enc + own.public_key().public_bytes_raw()
    prk = labeled_extract(KEM_ID, b"", b"eae_prk", shared)
    shared_secret = labeled_expand(KEM_ID, prk, b"shared_secret", context, 32)
    schedule = b"\x00" + labeled_extract(SUITE_ID, b"", b"psk_id_hash", b"")
    schedule += labeled_extract(SUITE_ID, b"", b"info_hash", info)
    prk = labeled_extract(SUITE_ID, shared_secret, b"secret", b"")
    key = labeled_expand(SUITE_ID, prk, b"key", schedule, 32)
    nonce = labeled_expand(SUITE_ID, prk, b"base_nonce", schedule, 12)
    return ChaCha20Poly1305(key).decrypt(nonce, sealed[32:], aad)


def labeled_extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    labeled = b"HPKE-v1" + suite + label + material
    return hmac.digest(salt or bytes(32), labeled, hashlib.sha256)


def labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labeled + b"\x01", hashlib.sha256)[:length]
