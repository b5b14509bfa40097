"""A key that another process holds: web3signer's eth1 signing API.

The keeper encodes the transaction, has its bytes signed, and sends only what recovers to the
address that the operator named. So a signer, or whoever answers in its place, can refuse; it
cannot make the keeper send another transaction or another's.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from pathlib import Path

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    InvalidURL,
    NonHttpUrlClientError,
    TCPConnector,
)
from web3.types import TxParams

from keeper.errors import KeyUnusable, SignerAway, SignerRefused
from keeper.keys.encoding import address_of, encode_signed, encode_unsigned
from taskwork.chain.transactions import SignedTx
from taskwork.chain.types import Address

_PUBLIC_KEYS = "/api/v1/eth1/publicKeys"
_SIGN = "/api/v1/eth1/sign/"
_LONGEST_ANSWER = 1 << 20  # bytes; a public key takes 135
_SERVER_ERROR = 500
_OK = 200


@dataclass(frozen=True, slots=True)
class SignerPlace:
    """Where the signer is and how to be sure of it."""

    url: str  # may hold a password or a token: never shown
    timeout_s: float
    ca: Path | None = None  # of the signer's certificate; None for the system's
    certificate: Path | None = None  # our own, with its key in the same file

    def __repr__(self) -> str:
        return "SignerPlace(...)"


class RemoteSigner:
    """Asks a web3signer for each signature, and believes none that it has not checked."""

    def __init__(self, line: _Line, address: Address, public_key: str) -> None:
        self._line = line
        self._address = address
        self._public_key = public_key

    def __repr__(self) -> str:
        return f"RemoteSigner({self._address})"

    @property
    def address(self) -> Address:
        """Whose transactions these are."""
        return self._address

    async def sign(self, tx: TxParams) -> SignedTx:
        """Have a transaction signed. Raises `SignerAway`, `SignerRefused` or `SignerLied`."""
        body = {"data": f"0x{encode_unsigned(tx).hex()}"}
        answer = await self._line.ask("POST", _SIGN + self._public_key, body)
        return encode_signed(tx, _as_bytes(answer), self._address)


async def find_remote_signer(place: SignerPlace, address: Address) -> RemoteSigner:
    """The signer of `address`; refuses one that does not have its key."""
    line = _Line(place)
    for public_key in _as_names(await line.ask("GET", _PUBLIC_KEYS)):
        if address_of(public_key) == address:
            return RemoteSigner(line, address, public_key)
    raise KeyUnusable(f"the signer has no key of {address}: load it there, or correct the address")


class _Line:
    """To the signer: one request to a connection, as requests are rare."""

    def __init__(self, place: SignerPlace) -> None:
        self._url = place.url.rstrip("/")
        self._timeout = ClientTimeout(total=place.timeout_s)
        self._tls = _tls(place)

    async def ask(self, method: str, path: str, body: object = None) -> str:
        try:
            async with (
                ClientSession(connector=TCPConnector(ssl=self._tls), timeout=self._timeout) as http,
                # A redirect would hand the request to somebody else.
                http.request(method, self._url + path, json=body, allow_redirects=False) as answer,
            ):
                return _checked(answer.status, await _read(answer))
        except (InvalidURL, NonHttpUrlClientError):
            raise KeyUnusable("KEEPER_SIGNER_URL is no URL of a signer") from None
        except (TimeoutError, ClientError, OSError) as error:
            # The error's own text may hold the URL, hence perhaps a password.
            raise SignerAway(type(error).__name__) from None


def _tls(place: SignerPlace) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=place.ca)
        if place.certificate is not None:
            context.load_cert_chain(place.certificate)
    except OSError as error:  # ssl.SSLError is one
        raise KeyUnusable(f"the signer's certificates cannot be read: {error.strerror}") from None
    return context


async def _read(answer: ClientResponse) -> bytes:
    content = b""
    async for part in answer.content.iter_chunked(_LONGEST_ANSWER):
        content += part
        if len(content) > _LONGEST_ANSWER:
            raise SignerAway("it answers without end")
    return content


def _checked(status: int, content: bytes) -> str:
    if status >= _SERVER_ERROR:
        raise SignerAway(f"status {status}")
    if status != _OK:
        raise SignerRefused(status)
    return content.decode("utf-8", "replace").strip()


def _as_bytes(answer: str) -> bytes:
    try:
        return bytes.fromhex(answer.strip('"').removeprefix("0x"))
    except ValueError:
        return b""


def _as_names(answer: str) -> list[str]:
    try:
        listed = json.loads(answer)
    except (ValueError, RecursionError):
        raise SignerAway("its list of keys is no JSON") from None
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
