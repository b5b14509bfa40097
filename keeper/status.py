"""What an operator asks first: whether there is work, and whether the keeper can pay for it."""

from __future__ import annotations

from dataclasses import dataclass

from keeper.errors import WrongStore
from keeper.providers.heads import read_head
from keeper.providers.manager import ManagerReader
from keeper.providers.pool import open_endpoints
from keeper.services.plan import landing_block
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.startup import find_manager
from keeper.store import books, index, journal
from keeper.store.database import MEMORY, Store
from keeper.types import EntryState, LedgerEntry
from taskwork.chain.types import Address, BlockNumber, Wei

_FAR = BlockNumber(2**24)  # no task is ever further ahead


@dataclass(frozen=True, slots=True)
class Status:
    """The queue, the executor and the store as they stand at `head`."""

    chain_id: int
    manager: Address
    head: BlockNumber
    next_base_fee: Wei
    due: int  # tasks that can run in the next block
    next_block: BlockNumber | None  # earliest block with queued tasks
    executor: Address | None
    balance: Wei | None
    credit: Wei | None  # reimbursements waiting for `withdrawCredit`
    store: Remembered | None  # None where no keeper has run yet


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the store says."""

    indexed: BlockNumber | None
    tasks: dict[str, int]  # by status
    open_nonces: list[int]
    profit_confirmed: Wei
    profit_pending: Wei


async def read_status(settings: Settings, executor: Address | None) -> Status:
    """Ask the node once, and the store."""
    async with open_endpoints(settings.endpoints, settings.reading, Signals()) as endpoints:
        about = await find_manager(endpoints, settings)
        reader = ManagerReader(endpoints, about.manager)
        head = await endpoints.ask(read_head)
        landing, horizon = landing_block(head.number), BlockNumber(head.number + _FAR)
        return Status(
            chain_id=about.chain_id,
            manager=about.manager,
            head=head.number,
            next_base_fee=head.next_base_fee,
            due=len(await reader.read(lambda m: m.get_tasks_in_range(BlockNumber(0), landing))),
            next_block=await reader.read(
                lambda m: m.get_next_execution_block_in_range(BlockNumber(0), horizon)
            ),
            executor=executor,
            balance=await reader.balance(executor) if executor else None,
            credit=await reader.read(lambda m: m.credit_of(executor)) if executor else None,
            store=await read_store(settings, executor),
        )


async def read_store(settings: Settings, executor: Address | None) -> Remembered | None:
    """What the store says, if there is one."""
    place = settings.store.get_secret_value()
    if place == MEMORY:
        return None
    try:
        store = await Store.open(place)
    except WrongStore:
        return None
    try:
        cursor = await store.read(index.cursor)
        counts = await store.read(index.count_by_status)
        entries = await store.read(books.listed)
        flights = await store.read(
            lambda db: journal.open_flights(db, executor) if executor else []
        )
        return Remembered(
            indexed=cursor.head.number if cursor else None,
            tasks={status.name.lower(): count for status, count in counts.items()},
            open_nonces=[flight.nonce for flight in flights],
            profit_confirmed=_profit(entries, EntryState.CONFIRMED),
            profit_pending=_profit(entries, EntryState.PENDING),
        )
    finally:
        await store.close()


def _profit(entries: list[LedgerEntry], state: EntryState) -> Wei:
    return Wei(sum(entry.profit for entry in entries if entry.state is state))
