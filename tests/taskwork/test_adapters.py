"""The clients of the adapters, against the adapters: upkeeps and resolvers run as tasks."""

from __future__ import annotations

import pytest

from taskwork.chain.adapters import ResolverAdapterClient, UpkeepAdapterClient
from taskwork.chain.contract_errors import Adapter_MalformedAnswer, Adapter_NoCode
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.events import TaskExecuted
from taskwork.chain.types import Address, Gas, as_address
from taskwork.errors import NotFound
from tests.support.chain import Chain, load_target

pytestmark = pytest.mark.integration

# Answers every call with the words 1, 64, 0: there is something to do, and no data for it.
READY = as_address("0x" + "a1" * 20)
READY_CODE = "0x60015f52604060205260605ff3"
NOBODY = as_address("0x" + "a3" * 20)
YES = (1).to_bytes(32, "big")


async def test_upkeep_adapter__call_in_a_task__is_run(chain: Chain) -> None:
    adapter = UpkeepAdapterClient(
        chain.web3, await deploy_missing(chain.web3, chain.owner, "UpkeepAdapter")
    )
    await chain.rpc("anvil_setCode", READY, READY_CODE)
    call = adapter.calls.run(READY, b"data")
    await chain.schedule_due(call.to, call.data)

    execute = chain.manager.calls.execute_queued_tasks(0)
    receipt = await chain.manager.send(chain.executor, execute, gas=Gas(1_000_000))

    (run,) = chain.manager.events_in(receipt, TaskExecuted)
    assert (run.success, run.return_data) == (True, YES)


async def test_resolver_adapter__simulated__says_what_a_run_would(chain: Chain) -> None:
    adapter = ResolverAdapterClient(
        chain.web3, await deploy_missing(chain.web3, chain.owner, "ResolverAdapter")
    )
    await chain.rpc("anvil_setCode", READY, READY_CODE)
    owner = Address(chain.owner.address)

    assert await adapter.simulate(adapter.calls.run(READY, b"", READY), sender=owner) == (True,)
    with pytest.raises(Adapter_NoCode) as caught:
        await adapter.simulate(adapter.calls.run(READY, b"", NOBODY), sender=owner)
    assert isinstance(caught.value, NotFound)
    assert caught.value.args_by_name == {"target": NOBODY}
    one_word = load_target("Counter").encode_call("count()", ())
    with pytest.raises(Adapter_MalformedAnswer):
        await adapter.simulate(adapter.calls.run(chain.counter, one_word, READY), sender=owner)
