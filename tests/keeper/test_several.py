"""Two keepers with one key: one works, the other waits, and takes over when the first is killed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.keeper.watched import Watched, running
from tests.support.chain import Chain
from tests.support.postgres import Postgres

pytestmark = pytest.mark.integration


async def troubles(keeper: Watched) -> list[str]:
    return list(json.loads(await keeper.page("ready"))["troubles"])


@pytest.mark.parametrize("kind", ["file", "postgres"])
async def test_two_keepers__leader_killed__the_other_goes_on(
    chain: Chain, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    given = {"KEEPER_PRIVATE_KEY": chain.executor.key.hex(), "KEEPER_RPC": chain.url}
    stores = [str(tmp_path / "keeper.db")] * 2
    if kind == "postgres":  # a store for each, and the lease in common
        stores = [str(tmp_path / "first.db"), str(tmp_path / "second.db")]
        postgres: Postgres = request.getfixturevalue("postgres")
        given["KEEPER_LEASE"] = postgres.create_database()
    before = await chain.web3.eth.get_transaction_count(chain.executor.address)
    async with running(chain, KEEPER_STORE=stores[0], **given) as leader:
        await leader.says("keeper_started")
        async with running(chain, KEEPER_STORE=stores[1], **given) as follower:
            await follower.says("lease_awaited")
            assert "another keeper has the lease, or may have it" in await troubles(follower)
            await chain.schedule_due()
            await leader.says("batch_executed")
            assert await troubles(leader) == []

            leader.kill()
            await chain.schedule_due()
            await follower.says("lease_acquired", "keeper_started", "batch_executed")
            assert await troubles(follower) == []
            await follower.end()
    after = await chain.web3.eth.get_transaction_count(chain.executor.address)
    assert after - before == 2
