"""Which of the operator's keys it is. None at all means a dry run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from keeper.errors import KeyUnusable
from keeper.keys.local import (
    LocalSigner,
    ask_password,
    forbid_core_dumps,
    key_from_hex,
    key_from_keystore,
    read_private,
)
from keeper.keys.remote import SignerPlace, find_remote_signer
from keeper.protocols import Signer
from keeper.settings import Settings

# Called with every secret that is not among the settings, before it is used.
Hide = Callable[[str], None]


async def load_signer(settings: Settings, hide: Hide) -> Signer | None:
    """The signer, or None when the operator gave no key."""
    given = [settings.private_key, settings.keystore, settings.signer_url]
    if len([key for key in given if key is not None]) > 1:
        raise KeyUnusable("more than one key given: KEEPER_PRIVATE_KEY, keystore or signer URL")
    if settings.private_key is not None:
        forbid_core_dumps()
        return LocalSigner(key_from_hex(settings.private_key.get_secret_value()))
    if settings.keystore is not None:
        forbid_core_dumps()
        return _from_keystore(settings.keystore, settings, hide)
    if settings.signer_url is not None:
        return await _remote(settings, settings.signer_url.get_secret_value())
    return None


def _from_keystore(file: Path, settings: Settings, hide: Hide) -> Signer:
    password = _password(file, settings)
    hide(password)
    account = key_from_keystore(file, password)
    hide(account.key.hex())
    return LocalSigner(account)


def _password(file: Path, settings: Settings) -> str:
    if settings.password is not None:
        return settings.password.get_secret_value()
    if settings.password_file is not None:
        return read_private(settings.password_file).rstrip("\r\n")
    return ask_password(file)


async def _remote(settings: Settings, url: str) -> Signer:
    if settings.signer_address is None:
        raise KeyUnusable("a remote signer needs --signer-address: who shall sign")
    place = SignerPlace(
        url, settings.signer_timeout_s, settings.signer_ca, settings.signer_certificate
    )
    return await find_remote_signer(place, settings.signer_address)
