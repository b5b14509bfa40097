"""A whole keeper at debug level in bad worlds: nothing that it shows or keeps holds a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.keeper.test_cli import finish, start
from tests.keeper.watched import running
from tests.support.chain import Chain
from tests.support.gateway import running_gateway
from tests.support.postgres import PASSWORD, Postgres
from tests.support.web3signer import running_signer

pytestmark = pytest.mark.integration

KEYSTORE_PASSWORD = "keystore-pass-0123456789"
LOGIN = "signer-login-0123456789"
TOKEN = "node-token-0123456789abcdef"
PATIENCE_S = 60


def spellings(key: bytes) -> Iterator[str]:
    yield key.hex()
    yield str(int.from_bytes(key, "big"))
    yield repr(key)[2:-1]


def assert_hidden(shown: str, *secrets: str) -> None:
    assert shown
    for secret in secrets:
        found = re.search(f".{{0,80}}{re.escape(secret)}.{{0,40}}", shown, re.IGNORECASE)
        assert found is None, found


async def test_run__keystore_and_failing_node__shows_and_keeps_no_secret(
    chain: Chain, tmp_path: Path
) -> None:
    keystore, password = tmp_path / "key.json", tmp_path / "password"
    content: Any = Account.encrypt(chain.executor.key, KEYSTORE_PASSWORD, "pbkdf2", 2)
    write_private(keystore, json.dumps(content))
    write_private(password, KEYSTORE_PASSWORD)
    store = tmp_path / "keeper.db"
    files = ("--keystore", str(keystore), "--password-file", str(password), "--store", str(store))

    await chain.schedule_due()
    async with (
        running_gateway(chain.url, f"/v2/{TOKEN}") as (gateway, url),
        running(chain, "--rpc", url.replace("//", f"//user:{LOGIN}@"), *files) as keeper,
    ):
        await keeper.says("keeper_started", "batch_executed")
        assert 'keeper_transactions_mined_total{kind="batch"} 1.0' in await keeper.page("metrics")
        assert await keeper.page("ready") == '{"ready": true, "troubles": []}'
        gateway.is_open = False
        await chain.schedule_due()
        await keeper.says("endpoint_lost", "cycle_failed")
        gateway.is_open = True
        await keeper.says("batch_executed")
        await keeper.end()

    secrets = (KEYSTORE_PASSWORD, LOGIN, TOKEN, *spellings(chain.executor.key))
    assert_hidden(keeper.shown + contents(tmp_path, "keeper.db*"), *secrets)


async def test_run__remote_signer_and_database_fail__shows_no_secret(
    chain: Chain, postgres: Postgres
) -> None:
    store = postgres.create_database()
    me = ("--signer-address", chain.executor.address)
    async with running_gateway(chain.url, "/v2/node") as (_, url):
        with running_signer(chain.executor.key.hex()) as signer:
            secret_url = signer.url().replace("//", f"//user:{LOGIN}@")
            given = {"KEEPER_SIGNER_URL": secret_url, "KEEPER_STORE": store}
            await chain.schedule_due()
            async with running(chain, "--rpc", f"{url}?key={TOKEN}", *me, **given) as keeper:
                await keeper.says("keeper_started", "batch_executed")
                await keeper.page("metrics")
                postgres.drop_connections()
                await chain.schedule_due()
                await keeper.says("lease_lost", "lease_acquired", "batch_executed")
                signer.stop()
                await chain.schedule_due()
                await keeper.says("cycle_failed")
                await keeper.end()
    assert "SignerAway" in keeper.shown
    assert_hidden(keeper.shown, PASSWORD, LOGIN, TOKEN, *spellings(chain.executor.key))


@pytest.mark.parametrize("wrong", ["key", "keystore", "signer", "store", "lease"])
async def test_run__wrong_secret__is_refused_in_one_line_without_it(
    chain: Chain, tmp_path: Path, wrong: str
) -> None:
    keystore = tmp_path / "key.json"
    content: Any = Account.encrypt(chain.executor.key, KEYSTORE_PASSWORD, "pbkdf2", 2)
    write_private(keystore, json.dumps(content))
    place = f"user:{TOKEN}@127.0.0.1:1"
    given = {
        "key": {"KEEPER_PRIVATE_KEY": f"{TOKEN}00"},
        "keystore": {"KEEPER_KEYSTORE": str(keystore), "KEEPER_PASSWORD": TOKEN},
        "signer": {
            "KEEPER_SIGNER_URL": f"http://{place}",
            "KEEPER_SIGNER_ADDRESS": "0x" + "11" * 20,
        },
        "store": {"KEEPER_STORE": f"postgresql://{place}/k"},
        "lease": {
            "KEEPER_PRIVATE_KEY": chain.executor.key.hex(),
            "KEEPER_LEASE": f"mysql://{place}",
        },
    }[wrong]
    process = await start("run", "--rpc", chain.url, "--manager", chain.manager.address, **given)
    code, out, err = await finish(process)
    assert code in {1, 2}
    assert "keeper: " in err.splitlines()[-1]
    assert "Traceback" not in err
    assert_hidden(out + err, TOKEN, *spellings(chain.executor.key))


@pytest.mark.parametrize("shown", ["key=ABcd1234", "abcd1234", "x abCD1234 y"])
def test_assert_hidden__secret_in_any_case__is_found(shown: str) -> None:
    with pytest.raises(AssertionError):
        assert_hidden(shown, "abcd1234")


def write_private(file: Path, text: str) -> None:
    file.touch(0o600)
    file.write_text(text)


def contents(folder: Path, pattern: str) -> str:
    return "".join(file.read_bytes().decode("latin-1") for file in folder.glob(pattern))
