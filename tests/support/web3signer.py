"""A signer that speaks web3signer's eth1 API, as a process of its own, with a real key inside.

`python -m tests.support.web3signer`: the key comes from SIGNER_KEY, the port is printed. The first
part of a request's path says how the signer behaves: `/honest`, `/hanging`, `/other_key`, ...
"""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aiohttp import web
from eth_account import Account
from eth_keys.datatypes import PrivateKey

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NOBODYS = PrivateKey(b"\x07" * 32)
STATUS = {"broken": 503, "forbidden": 403, "forgetful": 404, "moved": 307}
USES_TLS = "SIGNER_TLS"  # a file with certificate and key, and the CA of those who may ask


async def public_keys(request: web.Request) -> web.StreamResponse:
    key = key_of(request.app)
    if (manner := request.match_info["manner"]) == "stranger":
        key = NOBODYS
    if manner == "unlisted":
        return web.Response(text="<html>")
    return web.json_response([f"0x{NOBODYS.public_key.to_bytes().hex()[:-2]}", named(key)])


async def sign(request: web.Request) -> web.StreamResponse:
    manner, key = request.match_info["manner"], key_of(request.app)
    data = bytes.fromhex((await request.json())["data"].removeprefix("0x"))
    if request.match_info["identifier"] != named(key):
        return web.Response(status=404)
    if manner in STATUS:
        return web.Response(status=STATUS[manner], headers={"Location": "/honest"})
    if manner == "hanging":
        await asyncio.sleep(600)
    if manner == "endless":
        return await without_end(request)
    return web.Response(text=f"0x{signature(manner, key, data).hex()}"[: cut(manner)])


def signature(manner: str, key: PrivateKey, data: bytes) -> bytes:
    if manner == "other_key":
        key = NOBODYS
    made = key.sign_msg(data + b"\x00" if manner == "other_data" else data)
    v, s = made.v, made.s
    if manner == "twin":  # as valid as the other, by the curve
        v, s = 1 - v, ORDER - s
    if manner == "zero":
        s = 0
    return made.r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v + 27])


def cut(manner: str) -> int:
    """How many characters of the signature are told."""
    return {"short": 40, "empty": 0}.get(manner, 132)


async def without_end(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(200):
        await response.write(b"0" * 65536)
    return response


def named(key: PrivateKey) -> str:
    return f"0x{key.public_key.to_bytes().hex()}"


def key_of(app: web.Application) -> PrivateKey:
    return app[KEY]


KEY: web.AppKey[PrivateKey] = web.AppKey("key", PrivateKey)


async def serve() -> None:
    app = web.Application()
    app[KEY] = PrivateKey(bytes(Account.from_key(os.environ["SIGNER_KEY"]).key))
    app.router.add_get("/{manner}/api/v1/eth1/publicKeys", public_keys)
    app.router.add_post("/{manner}/api/v1/eth1/sign/{identifier}", sign)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls())
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def tls() -> ssl.SSLContext | None:
    if USES_TLS not in os.environ:
        return None
    certificate, ca = os.environ[USES_TLS].split(":")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
    context.load_cert_chain(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@dataclass(frozen=True)
class Web3Signer:
    """A signer that runs."""

    process: subprocess.Popen[str]
    port: int
    scheme: str = "http"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def url(self, manner: str = "honest") -> str:
        return f"{self.scheme}://localhost:{self.port}/{manner}"


@contextmanager
def running_signer(
    key: str, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Web3Signer]:
    """A signer with this key, as long as the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.web3signer"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "SIGNER_KEY": key, **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield Web3Signer(process, port, "https" if USES_TLS in environment else "http")
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(serve())
