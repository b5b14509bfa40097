"""Keys in this process: what opens, what is refused, and that nothing of them is ever shown."""

from __future__ import annotations

import json
import os
import pty
import resource
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from eth_account import Account
from eth_keys.datatypes import PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from web3.types import TxParams

from keeper.errors import KeyUnusable, SignerLied
from keeper.keys import load_signer
from keeper.keys.encoding import address_of, encode_signed, encode_unsigned
from keeper.keys.local import LocalSigner, key_from_hex, read_private
from keeper.settings import Settings
from taskwork.chain.types import Address
from tests.support.web3signer import signature

SECRET = "geheim-0123456789"
ACCOUNT = Account.from_key("0x" + "5e" * 32)
ME = Address(ACCOUNT.address)


def transaction(**changed: Any) -> TxParams:
    usual = {
        "from": ME,
        "to": Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
        "data": b"\x00\x01\x02",
        "value": 0,
        "gas": 21_000,
        "nonce": 0,
        "chainId": 31337,
        "maxFeePerGas": 3 * 10**9,
        "maxPriorityFeePerGas": 0,
    }
    return cast("TxParams", usual | changed)


def signed_by(key: bytes, data: bytes, manner: str = "honest") -> bytes:
    return signature(manner, PrivateKey(key), data)


@pytest.fixture
def create_keystore(tmp_path: Path) -> Callable[..., Path]:
    def create(password: str = SECRET, mode: int = 0o600, kdf: str = "pbkdf2") -> Path:
        file = tmp_path / "key.json"
        content = Account.encrypt(ACCOUNT.key, password, kdf=kdf, iterations=2)  # type: ignore[arg-type]
        file.write_text(json.dumps(content))
        file.chmod(mode)
        (tmp_path / "password").write_text(f"{password}\n")
        (tmp_path / "password").chmod(0o600)
        return file

    return create


async def load(**given_settings: Any) -> Any:
    return await load_signer(Settings(rpc="x", **given_settings), lambda _: None)


@pytest.mark.unit
async def test_load_signer__no_key__is_a_dry_run() -> None:
    assert await load() is None


@pytest.mark.unit
@pytest.mark.parametrize("prefix", ["0x", "", " "])
async def test_load_signer__private_key__signs_with_it(prefix: str) -> None:
    signer = await load(private_key=f"{prefix}{'5e' * 32}\n")
    assert signer.address == ME


@pytest.mark.unit
async def test_load_signer__key_in_this_process__leaves_no_core_file() -> None:
    await load(private_key="5e" * 32)
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


@pytest.mark.unit
@pytest.mark.parametrize("kdf", ["pbkdf2", "scrypt"])
async def test_load_signer__keystore_and_password_file__signs_with_it(
    create_keystore: Callable[..., Path], kdf: str
) -> None:
    file = create_keystore(kdf=kdf)
    signer = await load(keystore=file, password_file=file.with_name("password"))
    assert signer.address == ME


@pytest.mark.unit
async def test_load_signer__keystore__has_key_and_password_hidden(
    create_keystore: Callable[..., Path],
) -> None:
    file, hidden = create_keystore(), list[str]()
    settings = Settings(rpc="x", keystore=file, password_file=file.with_name("password"))
    await load_signer(settings, hidden.append)
    assert hidden == [SECRET, ACCOUNT.key.hex()]


@pytest.mark.unit
async def test_load_signer__wrong_password__says_so_without_it(
    create_keystore: Callable[..., Path],
) -> None:
    wrong = SECRET[::-1]
    with pytest.raises(KeyUnusable, match="does not open") as caught:
        await load(keystore=create_keystore(), password=wrong)
    assert wrong not in "".join(traceback.format_exception(caught.value))


@pytest.mark.unit
@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620, 0o644, 0o601])
async def test_load_signer__keystore_open_to_others__is_refused(
    create_keystore: Callable[..., Path], mode: int
) -> None:
    with pytest.raises(KeyUnusable, match="chmod 600"):
        await load(keystore=create_keystore(mode=mode), password=SECRET)


@pytest.mark.unit
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440, 0o640])
async def test_load_signer__keystore_closed_to_others__opens(
    create_keystore: Callable[..., Path], mode: int
) -> None:
    signer = await load(keystore=create_keystore(mode=mode), password=SECRET)
    assert signer.address == ME


@pytest.mark.unit
async def test_load_signer__password_file_open_to_others__is_refused(
    create_keystore: Callable[..., Path],
) -> None:
    file = create_keystore()
    file.with_name("password").chmod(0o644)
    with pytest.raises(KeyUnusable, match="password is open to others"):
        await load(keystore=file, password_file=file.with_name("password"))


@pytest.mark.unit
@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "{", '{"crypto": {"kdf": "argon"}}'])
async def test_load_signer__no_keystore__says_so(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key.json"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(KeyUnusable, match="does not open"):
        await load(keystore=file, password=SECRET)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"private_key": "0x12"}, "no private key"),
        ({"private_key": "00" * 32}, "no private key"),
        ({"private_key": "ff" * 32}, "no private key"),
        ({"private_key": "zz" * 32}, "no private key"),
        ({"private_key": "0x12", "keystore": Path("k")}, "more than one key"),
        ({"private_key": "0x12", "signer_url": "http://s"}, "more than one key"),
        ({"keystore": Path("nowhere.json"), "password": "p"}, "cannot be read"),
        ({"signer_url": "http://s"}, "needs --signer-address"),
    ],
)
async def test_load_signer__unusable_key__says_what_to_do(
    settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(KeyUnusable, match=said):
        await load(**settings)


@pytest.mark.unit
async def test_load_signer__keystore_without_password_nor_terminal__asks_for_one(
    create_keystore: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "empty").open("w+") as no_terminal:
        monkeypatch.setattr(sys, "stdin", no_terminal)
        with pytest.raises(KeyUnusable, match="KEEPER_PASSWORD"):
            await load(keystore=create_keystore())


@pytest.mark.integration
def test_load_signer__keystore_on_a_terminal__prompts_and_does_not_echo(
    create_keystore: Callable[..., Path],
) -> None:
    master, slave = pty.openpty()
    script = "import asyncio, sys; from keeper.keys import load_signer; "
    script += "from keeper.settings import Settings; from pathlib import Path; "
    script += "s = Settings(rpc='x', keystore=Path(sys.argv[1])); "
    script += "print(asyncio.run(load_signer(s, lambda _: None)).address, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(create_keystore())],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as process:
        os.close(slave)
        shown = read_until(master, b"Password")
        os.write(master, f"{SECRET}\n".encode())
        shown += read_until(master, ME.encode())
        assert process.wait(30) == 0
    os.close(master)
    assert SECRET.encode() not in shown


def read_until(terminal: int, expected: bytes) -> bytes:
    shown = b""
    while expected not in shown:
        shown += os.read(terminal, 1024)
    return shown


@pytest.mark.unit
def test_read_private__larger_than_any_key__reads_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "huge"
    file.write_bytes(b"a" * 10**6)
    file.chmod(0o600)
    assert len(read_private(file)) == 64 * 1024


@pytest.mark.unit
def test_read_private__no_text__says_so(tmp_path: Path) -> None:
    file = tmp_path / "binary"
    file.write_bytes(b"\xff\xfe")
    file.chmod(0o600)
    with pytest.raises(KeyUnusable, match="no text"):
        read_private(file)


@pytest.mark.unit
@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda s: f"{s!r}"])
def test_local_signer__shown__is_its_address(show: Callable[[object], str]) -> None:
    assert show(LocalSigner(key_from_hex("5e" * 32))) == f"LocalSigner({ME})"


@pytest.mark.unit
async def test_local_signer__transaction__is_signed_by_its_address() -> None:
    signed = await LocalSigner(key_from_hex("5e" * 32)).sign(transaction())
    assert Account.recover_transaction(signed.raw) == ME


@pytest.mark.unit
@given(
    data=st.binary(max_size=200),
    numbers=st.tuples(*[st.integers(0, 2**64 - 1)] * 4),
    value=st.integers(0, 2**256 - 1),
)
def test_encode_signed__any_transaction__is_what_eth_account_makes(
    data: bytes, numbers: tuple[int, int, int, int], value: int
) -> None:
    nonce, gas, fee, chain = numbers
    tx = transaction(data=data, value=value, nonce=nonce, gas=gas, maxFeePerGas=fee, chainId=chain)
    expected = ACCOUNT.sign_transaction(cast("dict[str, Any]", tx))
    signed = encode_signed(tx, signed_by(ACCOUNT.key, encode_unsigned(tx)), ME)
    assert signed.raw == expected.raw_transaction
    assert signed.tx_hash == f"0x{expected.hash.hex()}"


@pytest.mark.unit
@pytest.mark.parametrize("manner", ["other_key", "other_data", "twin", "zero"])
def test_encode_signed__signature_of_something_else__is_refused(manner: str) -> None:
    tx = transaction()
    with pytest.raises(SignerLied):
        encode_signed(tx, signed_by(ACCOUNT.key, encode_unsigned(tx), manner), ME)


@pytest.mark.unit
@pytest.mark.parametrize("wrong", [b"", b"\x01" * 64, b"\x01" * 66, b"\xff" * 64 + b"\x1b"])
def test_encode_signed__no_signature__is_refused(wrong: bytes) -> None:
    with pytest.raises(SignerLied):
        encode_signed(transaction(), wrong, ME)


@pytest.mark.unit
@given(v=st.integers(0, 255).filter(lambda v: v not in {0, 1, 27, 28}))
def test_encode_signed__parity_that_is_none__is_refused(v: int) -> None:
    tx = transaction()
    made = signed_by(ACCOUNT.key, encode_unsigned(tx))
    with pytest.raises(SignerLied, match="no signature"):
        encode_signed(tx, made[:64] + bytes([v]), ME)


@pytest.mark.unit
def test_address_of__public_key__is_its_account() -> None:
    public = PrivateKey(ACCOUNT.key).public_key.to_bytes().hex()
    assert address_of(public) == address_of(f"0x{public}") == ME


@pytest.mark.unit
@pytest.mark.parametrize("wrong", ["", "0x", "xyz", "00" * 63, "00" * 65, "ff" * 48])
def test_address_of__no_public_key__is_none(wrong: str) -> None:
    assert address_of(wrong) is None
