"""What an operator asks first: whether there is work, and whether the keeper can pay for it."""

from __future__ import annotations

from dataclasses import dataclass

from keeper.services.plan import landing_block
from keeper.settings import Settings
from keeper.startup import find_manager
from keeper.watcher import read_head
from taskwork.chain.rpc import connect, node_errors
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.types import Address, BlockNumber, Wei

_FAR = BlockNumber(2**24)  # no task is ever further ahead


@dataclass(frozen=True, slots=True)
class Status:
    """The queue and the executor as they stand at `head`."""

    chain_id: int
    manager: Address
    head: BlockNumber
    next_base_fee: Wei
    due: int  # tasks that can run in the next block
    next_block: BlockNumber | None  # earliest block with queued tasks
    executor: Address | None
    balance: Wei | None
    credit: Wei | None  # reimbursements waiting for `withdrawCredit`


async def read_status(settings: Settings, executor: Address | None) -> Status:
    """Ask the node once."""
    async with connect(settings.rpc.get_secret_value()) as web3:
        chain_id, address = await find_manager(web3, settings)
        manager = TaskManagerClient(web3, address)
        head = await read_head(web3)
        landing, start = landing_block(head.number), BlockNumber(0)
        horizon = BlockNumber(head.number + _FAR)
        return Status(
            chain_id=chain_id,
            manager=address,
            head=head.number,
            next_base_fee=head.next_base_fee,
            due=len(await manager.get_tasks_in_range(start, landing)),
            next_block=await manager.get_next_execution_block_in_range(start, horizon),
            executor=executor,
            balance=await read_balance(manager, executor) if executor else None,
            credit=await manager.credit_of(executor) if executor else None,
        )


async def read_balance(manager: TaskManagerClient, account: Address) -> Wei:
    """Native coin of an account."""
    with node_errors():
        return Wei(await manager.web3.eth.get_balance(account))
