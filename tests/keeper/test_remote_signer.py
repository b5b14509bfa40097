"""The remote signer, against a process that speaks web3signer's API: honest, lying and broken."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from keeper.errors import KeyUnusable, SignerAway, SignerLied, SignerRefused
from keeper.keys import load_signer
from keeper.keys.remote import SignerPlace, find_remote_signer
from keeper.settings import Settings
from taskwork.chain.transactions import Call, Fees, broadcast, wait_mined
from taskwork.chain.types import Address, Wei
from taskwork.devnet.processes import free_port
from tests.keeper.test_keys import ACCOUNT, ME, transaction
from tests.support.certificates import create_authority
from tests.support.chain import GWEI, Chain
from tests.support.web3signer import USES_TLS, Web3Signer, running_signer

pytestmark = pytest.mark.integration

TOKEN = "token-0123456789"


@pytest.fixture(scope="module")
def signer() -> Iterator[Web3Signer]:
    with running_signer(ACCOUNT.key.hex()) as running:
        yield running


def place(url: str, **options: Any) -> SignerPlace:
    return SignerPlace(url, options.pop("timeout_s", 20.0), **options)


@pytest.mark.parametrize("slash", ["", "/"])
async def test_remote_signer__honest__signs_as_the_key_itself(
    signer: Web3Signer, slash: str
) -> None:
    remote = await find_remote_signer(place(signer.url() + slash), ME)
    signed = await remote.sign(transaction())
    assert remote.address == ME
    assert signed.raw == ACCOUNT.sign_transaction(dict(transaction())).raw_transaction


async def test_remote_signer__on_a_chain__its_transaction_is_mined(
    signer: Web3Signer, chain: Chain
) -> None:
    await chain.rpc("anvil_setBalance", ME, hex(10**18))
    settings = Settings(rpc="x", signer_url=signer.url(), signer_address=ME)
    remote = await load_signer(settings, lambda _: None)
    assert remote is not None
    tx = Call(Address(chain.owner.address), b"", Wei(5)).as_tx(remote.address)
    tx.update({"gas": 21_000, "chainId": 31337})
    tx.update({"nonce": await chain.web3.eth.get_transaction_count(ME)})
    fees = Fees(Wei(3 * GWEI), Wei(1))
    tx.update({"maxFeePerGas": fees.max_fee, "maxPriorityFeePerGas": fees.tip})  # type: ignore[typeddict-item]
    signed = await remote.sign(tx)
    await broadcast(chain.web3, signed)
    receipt = await wait_mined(chain.web3, signed.tx_hash, timeout_s=30)
    assert receipt["from"] == ME


@pytest.mark.parametrize("manner", ["other_key", "other_data", "twin", "zero", "short", "empty"])
async def test_remote_signer__lies__is_refused(signer: Web3Signer, manner: str) -> None:
    remote = await find_remote_signer(place(signer.url(manner)), ME)
    with pytest.raises(SignerLied, match="nothing was sent"):
        await remote.sign(transaction())


@pytest.mark.parametrize(("manner", "status"), [("forbidden", 403), ("forgetful", 404)])
async def test_remote_signer__refuses__says_with_which_status(
    signer: Web3Signer, manner: str, status: int
) -> None:
    remote = await find_remote_signer(place(signer.url(manner)), ME)
    with pytest.raises(SignerRefused) as caught:
        await remote.sign(transaction())
    assert caught.value.status == status


async def test_remote_signer__redirects__is_not_followed(signer: Web3Signer) -> None:
    remote = await find_remote_signer(place(signer.url("moved")), ME)
    with pytest.raises(SignerRefused, match="307"):
        await remote.sign(transaction())


@pytest.mark.parametrize(("manner", "said"), [("broken", "status 503"), ("endless", "without end")])
async def test_remote_signer__broken__is_away(signer: Web3Signer, manner: str, said: str) -> None:
    remote = await find_remote_signer(place(signer.url(manner)), ME)
    with pytest.raises(SignerAway, match=said):
        await remote.sign(transaction())


async def test_remote_signer__hangs__is_away_after_the_time_given(signer: Web3Signer) -> None:
    remote = await find_remote_signer(place(signer.url("hanging"), timeout_s=1.0), ME)
    with pytest.raises(SignerAway, match="TimeoutError"):
        await remote.sign(transaction())


@pytest.mark.parametrize("manner", ["stranger", "honest"])
async def test_find_remote_signer__key_not_there__is_refused(
    signer: Web3Signer, manner: str
) -> None:
    wanted = ME if manner == "stranger" else Address(Account.create().address)
    with pytest.raises(KeyUnusable, match=f"no key of {wanted}"):
        await find_remote_signer(place(signer.url(manner)), wanted)


async def test_find_remote_signer__list_is_no_json__is_away(signer: Web3Signer) -> None:
    with pytest.raises(SignerAway, match="no JSON"):
        await find_remote_signer(place(signer.url("unlisted")), ME)


@pytest.mark.parametrize(
    "url",
    [f"http://user:{TOKEN}@127.0.0.1:{{port}}/{TOKEN}", f"https://127.0.0.1:{{port}}/{TOKEN}"],
)
async def test_find_remote_signer__nobody_there__is_away_and_the_url_is_not_shown(
    url: str,
) -> None:
    with pytest.raises(SignerAway) as caught:
        await find_remote_signer(place(url.format(port=free_port())), ME)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "http://[", f"ftp://{TOKEN}"])
async def test_find_remote_signer__no_url__is_a_wrong_setting(url: str) -> None:
    with pytest.raises(KeyUnusable, match="no URL") as caught:
        await find_remote_signer(place(url), ME)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web3Signer, Path]]:
    """A signer behind TLS that wants to know who asks, and the folder of certificates."""
    folder = tmp_path_factory.mktemp("tls")
    authority = create_authority(folder / "ca.pem")
    certificate = authority.issue(folder / "server.pem")
    authority.issue(folder / "client.pem")
    create_authority(folder / "stranger.pem").issue(folder / "impostor.pem")
    environment = {USES_TLS: f"{certificate}:{authority.file}"}
    with running_signer(ACCOUNT.key.hex(), environment) as running:
        yield running, folder


async def test_remote_signer__tls_and_client_certificate__signs(
    sealed: tuple[Web3Signer, Path],
) -> None:
    signer, folder = sealed
    known = {"ca": folder / "ca.pem", "certificate": folder / "client.pem"}
    remote = await find_remote_signer(place(signer.url(), **known), ME)
    signed = await remote.sign(transaction())
    assert Account.recover_transaction(signed.raw) == ME


@pytest.mark.parametrize(
    ("ca", "certificate"),
    [("ca.pem", None), ("ca.pem", "impostor.pem"), ("stranger.pem", "client.pem"), (None, None)],
)
async def test_remote_signer__certificate_of_either_side_wrong__is_away(
    sealed: tuple[Web3Signer, Path], ca: str | None, certificate: str | None
) -> None:
    signer, folder = sealed
    files = {"ca": ca, "certificate": certificate}
    known = {name: folder / file for name, file in files.items() if file is not None}
    with pytest.raises(SignerAway):
        await find_remote_signer(place(signer.url(), **known), ME)


async def test_remote_signer__no_certificate_there__is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="certificates cannot be read"):
        await find_remote_signer(place("https://localhost:1", ca=tmp_path / "none.pem"), ME)


async def test_signer_place__shown__hides_the_url() -> None:
    assert TOKEN not in repr(place(f"http://{TOKEN}"))
