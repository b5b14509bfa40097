"""docs/sdk.md, run as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from taskwork.chain.pool_types import JobId, JobStatus, NewJob, Timestamp
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.types import Wei
from tests.support.chain import ETHER, Chain, rich_account
from tests.support.pools import make_pools

pytestmark = pytest.mark.integration

PAGE = Path(__file__).parents[2] / "docs/sdk.md"


def program() -> dict[str, Any]:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile("\n".join(blocks), PAGE.name, "exec"), names)
    return names


async def test_sdk_page__its_program__does_what_the_page_says(chain: Chain) -> None:
    page, pools = program(), await make_pools(chain)
    requester, judge, helper = chain.owner, pools.judge, pools.worker.account

    address, job = await page["post"](chain.url, requester, judge, pools.factory.address)
    state = await page["work"](chain.url, address, helper)
    assert state.status is JobStatus.SUBMITTED
    answer, paid = await page["judge_it"](chain.url, address, judge, job)
    assert (answer, paid) == ("An answer to What is AI?", ETHER // 10)

    said = await page["refusals"](chain.url, address, helper, job)
    assert said == ["TaskNotFound", "task_id", "TaskPool_WrongStatus"]

    pool = TaskPoolClient(chain.web3, address)
    deadline = Timestamp(await pool.now() + 3600)
    (second,) = await pool.post(requester, [NewJob(Wei(1), deadline, "Again")])
    carrier = await rich_account(chain.web3)
    await page["work_on_behalf"](chain.url, address, helper, carrier, second)
    job_now = await pool.get_job(second)
    assert (job_now.worker, job_now.status) == (helper.address, JobStatus.SUBMITTED)


async def test_sdk_page__secret__is_read_by_two(chain: Chain) -> None:
    requester, helper = await rich_account(chain.web3), await rich_account(chain.web3)
    pool = chain.manager.address
    read = program()["secret"](31337, pool, JobId(1), requester, helper, b"the gold")
    assert read == b"Read: the gold"
