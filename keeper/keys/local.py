"""Keys in this process: from the environment, or from an encrypted file (Web3 secret storage)."""

from __future__ import annotations

import getpass
import json
import os
import resource
import stat
import sys
from pathlib import Path
from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3.types import TxParams

from keeper.errors import KeyUnusable
from taskwork.chain.transactions import SignedTx
from taskwork.chain.types import Address

_MOST_READ = 64 * 1024  # bytes; a keystore has less than one thousand
_TOO_OPEN = stat.S_IRWXO | stat.S_IWGRP


class LocalSigner:
    """Signs with a key in memory, and shows nothing of it."""

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    def __repr__(self) -> str:
        return f"LocalSigner({self.address})"

    @property
    def address(self) -> Address:
        """Whose transactions these are."""
        return Address(self._account.address)

    async def sign(self, tx: TxParams) -> SignedTx:
        """Sign a transaction that has all its fields."""
        signed = self._account.sign_transaction(cast("dict[str, Any]", tx))
        return SignedTx(bytes(signed.raw_transaction), f"0x{signed.hash.hex()}")


def forbid_core_dumps() -> None:
    """A crash shall not write this process's memory, hence the key, to a disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def key_from_hex(text: str) -> LocalAccount:
    """The account of a private key."""
    try:
        account: LocalAccount = Account.from_key(text.strip())
    except ValueError:
        raise KeyUnusable("KEEPER_PRIVATE_KEY is no private key: 32 bytes in hex") from None
    return account


def key_from_keystore(file: Path, password: str) -> LocalAccount:
    """The account in an encrypted file; takes as long as its key derivation asks for."""
    content = read_private(file)
    try:
        key = Account.decrypt(json.loads(content), password)
    except (ValueError, KeyError, TypeError, NotImplementedError):
        raise KeyUnusable(
            f"the keystore {file} does not open: check the file and its password"
        ) from None
    account: LocalAccount = Account.from_key(key)
    return account


def ask_password(file: Path) -> str:
    """Ask on the terminal; where there is none, say what to give instead."""
    if not sys.stdin.isatty():
        raise KeyUnusable("the keystore needs --password-file or KEEPER_PASSWORD")
    return getpass.getpass(f"Password of {file}: ")


def read_private(file: Path) -> str:
    """Read a file that only its owner, or a group that the operator chose, may read."""
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if mode & _TOO_OPEN:
                allowed = stat.filemode(mode)
                raise KeyUnusable(f"{file} is open to others ({allowed}): chmod 600 {file}")
            return opened.read(_MOST_READ).decode("utf-8")
    except OSError as error:
        raise KeyUnusable(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise KeyUnusable(f"{file} is no text") from None
