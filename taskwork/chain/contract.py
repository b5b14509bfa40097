"""What every typed client shares: reads are awaited, writes are built as `Call`s and then sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, ClassVar

from eth_typing import HexStr
from web3.types import BlockIdentifier, FilterParams, LogReceipt, TxReceipt

from taskwork.chain.abi import load_abi
from taskwork.chain.events import Event, EventT, event_kinds, read_log
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.transactions import (
    NO_GAS,
    Call,
    Fees,
    Signer,
    send,
    simulate,
    simulate_many,
)
from taskwork.chain.types import NO_VALUE, ZERO_ADDRESS, Address, BlockNumber, Gas, Wei, as_address

FIRST_BLOCK = BlockNumber(0)
LOG_SPAN = 2_000  # blocks per eth_getLogs: what public nodes allow


class ContractCalls:
    """Builds calls of one contract; sends nothing."""

    CONTRACT: ClassVar[str]

    def __init__(self, address: Address) -> None:
        self._address = address
        self._abi = load_abi(self.CONTRACT)

    def _call(
        self, signature: str, *args: object, value: Wei = NO_VALUE, spare: Gas = NO_GAS
    ) -> Call:
        return Call(self._address, self._abi.encode_call(signature, args), value, spare)


class ContractClient:
    """One contract on one chain."""

    CONTRACT: ClassVar[str]
    EVENTS: ClassVar[type[Event]] = Event  # whose direct subclasses are the contract's events

    def __init__(self, web3: Web3, address: str) -> None:
        self.web3 = web3
        self.address = as_address(address)
        self._abi = load_abi(self.CONTRACT)
        self._kinds = event_kinds(self.EVENTS)

    # Writing

    async def send(
        self,
        account: Signer,
        call: Call,
        *,
        gas: Gas | None = None,
        fees: Fees | None = None,
        timeout_s: float = 120.0,
    ) -> TxReceipt:
        """Send one of `calls` and wait until it is mined; see `transactions.send`."""
        return await send(self.web3, account, call, gas=gas, fees=fees, timeout_s=timeout_s)

    async def simulate(
        self,
        call: Call,
        *,
        sender: Address,
        gas: Gas | None = None,
        block: BlockIdentifier = "latest",
    ) -> tuple[Any, ...]:
        """Run one of `calls` without sending it; returns what it would return."""
        data = await simulate(self.web3, call, sender=sender, gas=gas, block=block)
        return self._abi.decode_returned(call.data[:4], data)

    # Events

    async def events(
        self, start: BlockNumber, end: BlockNumber, *, span: int = LOG_SPAN
    ) -> AsyncIterator[Event]:
        """All events of blocks `start` to `end`, both included, `span` blocks a request."""
        for first in range(start, end + 1, span):
            last = BlockNumber(min(first + span - 1, end))
            for event in self.read_events(await self._logs(BlockNumber(first), last, [])):
                yield event

    async def latest_event(
        self, kind: type[EventT], *indexed: int | None, start: BlockNumber = FIRST_BLOCK
    ) -> EventT | None:
        """The last event of a kind with these indexed arguments; None for any of them.

        Looked for from the head backwards to block `start`.
        """
        values = (None if value is None else HexStr(f"0x{value:064x}") for value in indexed)
        topics = [self._topic(kind), *values]
        with node_errors():
            last = int(await self.web3.eth.block_number)
        while last >= start:
            first = max(start, last - LOG_SPAN + 1)
            found = await self._logs(BlockNumber(first), BlockNumber(last), topics)
            if found:
                (event,) = self.read_events(found[-1:])
                return event if isinstance(event, kind) else None
            last = first - 1
        return None

    def events_in(self, receipt: TxReceipt, kind: type[EventT]) -> list[EventT]:
        """A transaction's events of one kind; `Event` itself for all."""
        return [e for e in self.read_events(receipt["logs"]) if isinstance(e, kind)]

    def read_events(self, logs: Iterable[LogReceipt]) -> Iterable[Event]:
        """This contract's events among logs."""
        own = (log for log in logs if log["address"] == self.address)
        events = (read_log(log, self._abi, self._kinds) for log in own)
        return (event for event in events if event is not None)

    async def _logs(
        self, first: BlockNumber, last: BlockNumber, topics: list[HexStr | None]
    ) -> list[LogReceipt]:
        wanted: FilterParams = {"address": self.address, "fromBlock": first, "toBlock": last}
        if topics:
            wanted["topics"] = [*topics]
        with node_errors():
            return await self.web3.eth.get_logs(wanted)

    def _topic(self, kind: type[Event]) -> HexStr:
        names = ((topic, str(element["name"])) for topic, element in self._abi.events.items())  # type: ignore[typeddict-item]
        return next(HexStr(f"0x{topic.hex()}") for topic, name in names if name == kind.__name__)

    async def _read(
        self,
        signature: str,
        *args: object,
        sender: Address = ZERO_ADDRESS,
        block: BlockIdentifier = "latest",
    ) -> tuple[Any, ...]:
        call = Call(self.address, self._abi.encode_call(signature, args))
        data = await simulate(self.web3, call, sender=sender, block=block)
        return self._abi.decode_result(signature, data)

    async def _read_many(
        self, signature: str, args: Iterable[Sequence[object]], block: BlockIdentifier = "latest"
    ) -> list[tuple[Any, ...]]:
        """The same function for many arguments, all at one block."""
        calls = [Call(self.address, self._abi.encode_call(signature, one)) for one in args]
        answers = await simulate_many(self.web3, calls, block=block)
        return [self._abi.decode_result(signature, data) for data in answers]
